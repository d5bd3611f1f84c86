"""Services of Kubernetes: what becomes of a manifest, their order, who sees them, aliases, several clusters."""

from __future__ import annotations

import pytest

from meshc.model.protocol import Protocol
from meshc.model.service import Alias, Resolution, TrafficDistribution
from tests.manifests import said
from tests.model.texts import mesh_of_text

DUAL = "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1']"
EXTERNAL = "type: ExternalName, externalName: a.example.com"


def service(name: str, spec: str = "clusterIP: 10.96.0.1", namespace: str = "shop", more: str = "") -> str:
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}, {more}}}
spec: {{{spec}}}
---
"""


@pytest.mark.parametrize(
    ("spec", "resolution", "addresses", "external"),
    [
        ("clusterIP: 10.96.0.1", Resolution.CLIENT_SIDE_LB, ("10.96.0.1",), False),
        (DUAL, Resolution.CLIENT_SIDE_LB, ("10.96.0.1", "fd00::1"), False),
        ("clusterIP: None", Resolution.PASSTHROUGH, ("0.0.0.0",), False),
        (EXTERNAL, Resolution.ALIAS, ("0.0.0.0",), True),
        ("type: ExternalName", Resolution.CLIENT_SIDE_LB, ("0.0.0.0",), False),
        (f"{EXTERNAL}, clusterIP: None", Resolution.PASSTHROUGH, ("0.0.0.0",), True),
    ],
)
def test_resolution_and_addresses(
    spec: str, resolution: Resolution, addresses: tuple[str, ...], external: bool
) -> None:
    (made,) = mesh_of_text(service("web", spec))[0].services.all
    assert made.hostname == "web.shop.svc.cluster.local"
    assert (made.resolution, made.address, made.mesh_external) == (resolution, addresses[0], external)
    assert made.cluster_addresses == {"Kubernetes": addresses}


def test_ports_and_identities() -> None:
    annotations = (
        "annotations: {alpha.istio.io/canonical-serviceaccounts: 'spiffe://a/b,c', "
        "alpha.istio.io/kubernetes-serviceaccounts: 'x,y'}"
    )
    ports = "clusterIP: 10.96.0.1, ports: [{name: grpc-a, port: 1}, {name: b, port: 53}, {port: 2, protocol: UDP}]"
    mesh, _ = mesh_of_text(service("web", ports, more=annotations))
    (made,) = mesh.services.all
    assert [(p.name, p.number, p.protocol) for p in made.ports] == [
        ("grpc-a", 1, Protocol.GRPC),
        ("b", 53, Protocol.TCP),
        ("", 2, Protocol.UDP),
    ]
    assert mesh.endpoints.accounts(made) == (
        "c",
        "spiffe://a/b",
        "spiffe://cluster.local/ns/shop/sa/x",
        "spiffe://cluster.local/ns/shop/sa/y",
    )


def test_order_is_by_age_then_name_then_namespace() -> None:
    old, new = (f"creationTimestamp: '2026-01-0{day}T00:00:00Z'" for day in (1, 2))
    mesh, _ = mesh_of_text(
        service("a", more=new)
        + service("c", more=old)
        + service("b", more=old)
        + service("b", namespace="data", more=old)
        + service("z")
    )
    assert [(s.name, s.namespace) for s in mesh.services.all] == [
        ("z", "shop"),
        ("b", "data"),
        ("b", "shop"),
        ("c", "shop"),
        ("a", "shop"),
    ]


def test_visibility() -> None:
    def exported(name: str, to: str) -> str:
        return service(name, more=f"annotations: {{networking.istio.io/exportTo: '{to}'}}")

    mesh, sink = mesh_of_text(
        service("a-public")
        + exported("b-private", ".")
        + exported("c-data", "data, web")
        + exported("d-hidden", "~,data")
        + exported("e-all", "data,*")
        + exported("f-own", "shop,.")
    )
    seen = {n: [s.name[0] for s in mesh.services.visible(n)] for n in ("shop", "data", "other")}
    assert seen == {"shop": ["b", "f", "a", "e"], "data": ["c", "a", "e"], "other": ["a", "e"]}
    place = "metadata.annotations[networking.istio.io/exportTo]"
    assert said(sink, "MC0577") == [
        f"MC0577 Service shop/d-hidden {place}: '~' makes data count for nothing",
        f"MC0577 Service shop/e-all {place}: '*' makes data count for nothing",
    ]


def test_aliases_are_followed_and_loops_dropped() -> None:
    def alias(name: str, to: str, namespace: str = "shop") -> str:
        return service(name, f"type: ExternalName, externalName: {to}", namespace)

    real = "web.shop.svc.cluster.local"
    mesh, sink = mesh_of_text(
        service("web")
        + alias("near", real)
        + alias("far", "near.shop.svc.cluster.local", "data")
        + alias("tick", "tock.shop.svc.cluster.local")
        + alias("tock", "tick.shop.svc.cluster.local")
        + alias("out", "www.example.com")
    )
    web = mesh.services.get(real, "shop")
    assert web is not None
    assert [(a.namespace, a.hostname) for a in web.aliases] == [
        ("data", "far.data.svc.cluster.local"),
        ("shop", "near.shop.svc.cluster.local"),
    ]
    assert all(isinstance(a, Alias) for a in web.aliases)
    assert [text.partition(":")[0] for text in said(sink, "MC0566")] == [
        "MC0566 Service shop/tick",
        "MC0566 Service shop/tock",
        "MC0566 Service shop/out",
    ]


def test_traffic_distribution() -> None:
    key = "networking.istio.io/traffic-distribution"
    namespace = f"""
apiVersion: v1
kind: Namespace
metadata: {{name: near, annotations: {{{key}: PreferSameNode}}}}
---
"""

    def annotated(name: str, value: str) -> str:
        return service(name, namespace="near", more=f"annotations: {{{key}: {value}}}")

    mesh, sink = mesh_of_text(
        namespace
        + service("a", "clusterIP: 10.96.0.1, trafficDistribution: PreferClose", "near")
        + annotated("b", "prefersamezone")
        + annotated("c", "Whatever")
        + service("d", namespace="near")
        + service("e")
    )
    assert [s.traffic_distribution for s in mesh.services.all] == [
        TrafficDistribution.SAME_ZONE,
        TrafficDistribution.SAME_ZONE,
        TrafficDistribution.ANY,
        TrafficDistribution.SAME_NODE,
        TrafficDistribution.ANY,
    ]
    assert said(sink, "MC0576") == [
        f"MC0576 Service near/c metadata.annotations[{key}]: 'Whatever' is no preference, so there is none"
    ]


def test_clusters_share_a_service() -> None:
    ports = "clusterIP: {ip}, ports: [{{port: {port}}}]"
    accounts = "annotations: {{alpha.istio.io/canonical-serviceaccounts: {name}}}"
    here = service("web", ports.format(ip="10.96.0.1", port=80), more=accounts.format(name="one"))
    there = service("web", ports.format(ip="10.97.0.1", port=81), more=accounts.format(name="two"))
    mesh, sink = mesh_of_text(here, {"west": there + service("only", "clusterIP: 10.97.0.2")})
    only, web = mesh.services.all
    assert web.cluster_addresses == {"west": ("10.97.0.1",), "Kubernetes": ("10.96.0.1",)}
    assert [p.number for p in web.ports] == [80]
    assert mesh.endpoints.accounts(web) == ("one", "two")
    assert only.cluster_addresses == {"west": ("10.97.0.2",)}
    assert said(sink, "MC0565") == [
        "MC0565 Service shop/web: web.shop.svc.cluster.local has other ports in cluster west; "
        "those of the first cluster count"
    ]


def test_configuration_of_a_further_cluster_does_not_count() -> None:
    entry = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}]}
"""
    mesh, sink = mesh_of_text(service("web"), {"west": entry})
    assert [s.name for s in mesh.services.all] == ["web"]
    assert said(sink, "MC0572") == [
        "MC0572 ServiceEntry shop/api: stands in cluster west, which gives no configuration"
    ]


def test_cluster_local_hosts() -> None:
    config = """
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    serviceSettings:
    - {settings: {clusterLocal: true}, hosts: ["*.bank.svc.cluster.local", audit.shop.svc.cluster.local]}
    - {settings: {clusterLocal: false}, hosts: [fx.bank.svc.cluster.local, "*.kube-system.svc.cluster.local"]}
"""
    services = mesh_of_text(config)[0].services
    local = {
        "a.bank": True,
        "fx.bank": False,
        "audit.shop": True,
        "web.shop": False,
        "dns.kube-system": False,
        "kubernetes.default": True,
        "istiod.istio-system": True,
    }
    assert {name: services.cluster_local(f"{name}.svc.cluster.local") for name in local} == local
