"""Proxies: which there are, how they are named, and what they say of themselves."""

from __future__ import annotations

import pytest

from meshc.model.mesh import Mesh
from meshc.scope.discovery import UnknownProxyError, find, proxies
from meshc.scope.proxy import IpMode, Proxy, ProxyKind
from tests.model.texts import mesh_of_text

INJECTED = "security.istio.io/tlsMode: istio"


def pod(
    name: str, labels: str = INJECTED, namespace: str = "shop", meta: str = "", spec: str = "", ips: str = ""
) -> str:
    addresses = (ips or f"10.1.0.{len(name)}").split()
    listed = ", ".join(f"{{ip: '{ip}'}}" for ip in addresses)
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{{labels}}}, {meta}}}
spec: {{{spec or "containers: [{name: app}, {name: istio-proxy}, {name: more}]"}}}
status: {{phase: Running, podIP: '{addresses[0]}', podIPs: [{listed}]}}
---
"""


def named(made: tuple[Proxy, ...]) -> list[str]:
    return [f"{p.kind.value} {p.name}.{p.namespace}" for p in made]


def test_sidecars_and_routers_are_discovered() -> None:
    router = "containers: [{name: istio-proxy, args: [proxy, router]}]"
    plain = "containers: [{name: app}]"
    gateway = """
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: shop}
spec: {selector: {edge: "1"}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: all, namespace: shop}
spec: {}
---
"""
    mesh, _ = mesh_of_text(
        gateway
        + pod("a-injected", spec=plain)
        + pod("b-container", "app: b")
        + pod("c-plain", "app: c", spec=plain)
        + pod("d-arguments", "app: d", spec=router)
        + pod("e-template", "app: e", meta="annotations: {inject.istio.io/templates: gateway}")
        + pod("f-selected", "edge: '1'", spec=plain)
        + pod("g-selected-sidecar", f"edge: '1', {INJECTED}", spec=plain)
        + pod("h-ingress", "istio: ingressgateway", spec=plain)
        + pod("i-api", "gateway.networking.k8s.io/gateway-name: gw", spec=plain)
    )
    assert named(proxies(mesh)) == [
        "sidecar a-injected.shop",
        "sidecar b-container.shop",
        "router d-arguments.shop",
        "router e-template.shop",
        "router f-selected.shop",
        "sidecar g-selected-sidecar.shop",
        "router h-ingress.shop",
        "router i-api.shop",
    ]


OWNED = "ownerReferences: [{kind: StatefulSet, name: web, controller: true}]"


def test_names() -> None:
    mesh, _ = mesh_of_text(pod("web-0", meta=OWNED) + pod("web-1", meta=OWNED) + pod("a.b", namespace="default"))
    assert named((find(mesh, "web-1.shop"), find(mesh, "web.shop"), find(mesh, "a.b"))) == [
        "sidecar web-1.shop",
        "sidecar web-0.shop",
        "sidecar a.b.default",
    ]
    assert find(mesh, "web-0.shop", ProxyKind.ROUTER).kind is ProxyKind.ROUTER
    with pytest.raises(UnknownProxyError, match=r"^no proxy wob-0\.shop; did you mean web-0\.shop or "):
        find(mesh, "wob-0.shop")
    with pytest.raises(UnknownProxyError, match=r"^no proxy x; there are a\.b\.default, web-0\.shop, "):
        find(mesh, "x")
    with pytest.raises(UnknownProxyError, match="the input has no pods"):
        find(mesh_of_text("")[0], "web-0.shop")


def test_clusters() -> None:
    machine = pod("machine", "app: m", spec="containers: [{name: app}]")
    mesh, _ = mesh_of_text(pod("web-0"), {"west": pod("web-0") + pod("only") + machine})
    assert [(p.name, p.cluster_id) for p in proxies(mesh)] == [
        ("only", "west"),
        ("web-0", "Kubernetes"),
        ("web-0", "west"),
    ]
    assert find(mesh, "web-0.shop").cluster_id == "Kubernetes"
    assert find(mesh, "web-0.shop", cluster="west").cluster_id == "west"
    assert find(mesh, "only.shop").cluster_id == "west"
    assert find(mesh, "machine.shop").cluster_id == "Kubernetes"
    assert find(mesh, "machine.shop").pod is None


PROXY_CONFIG = """
apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata: {name: settings, namespace: shop}
spec: {environmentVariables: {ISTIO_META_IDLE_TIMEOUT: 30s, ISTIO_META_CLUSTER_ID: other, OTHER: x}}
---
"""


def test_node() -> None:
    annotations = "annotations: {sidecar.istio.io/interceptionMode: TPROXY}"
    labels = f"{INJECTED}, pod-template-hash: h"
    web = pod("web-0", labels, meta=f"{annotations}, {OWNED}", ips="10.1.0.1 fd00::1")
    node = find(mesh_of_text(PROXY_CONFIG + web)[0], "web-0.shop").node()
    assert node["id"] == "sidecar~10.1.0.1~web-0.shop~shop.svc.cluster.local"
    metadata = node["metadata"]
    assert list(metadata) == sorted(metadata)
    assert metadata.pop("PROXY_CONFIG")["proxyMetadata"]["OTHER"] == "x"
    assert metadata == {
        "ANNOTATIONS": {"sidecar.istio.io/interceptionMode": "TPROXY"},
        "APP_CONTAINERS": "app,more",
        "CLUSTER_ID": "Kubernetes",
        "ENVOY_PROMETHEUS_PORT": 15090,
        "ENVOY_STATUS_PORT": 15021,
        "IDLE_TIMEOUT": "30s",
        "INSTANCE_IPS": "10.1.0.1,fd00::1",
        "INTERCEPTION_MODE": "TPROXY",
        "ISTIO_VERSION": "1.30.3",
        "LABELS": {"security.istio.io/tlsMode": "istio"},
        "MESH_ID": "cluster.local",
        "METADATA_DISCOVERY": "false",
        "NAME": "web-0",
        "NAMESPACE": "shop",
        "NODE_NAME": "",
        "SERVICE_ACCOUNT": "default",
        "WORKLOAD_IDENTITY_SOCKET_FILE": "socket",
        "WORKLOAD_NAME": "web",
    }


def test_metadata_replaces_whole_keys() -> None:
    given = {"NETWORK": "n1", "LABELS": {"a": "b"}, "PROXY_CONFIG": {"concurrency": 3}, "STATIC_LABELS": {"s": "t"}}
    proxy = find(mesh_of_text(pod("web-0"))[0], "web-0.shop", metadata=given)
    assert proxy.metadata["PROXY_CONFIG"] == {"concurrency": 3}
    assert (proxy.config.concurrency, proxy.config.status_port, proxy.network) == (3, 0, "n1")
    assert proxy.own_labels == {"s": "t", "security.istio.io/tlsMode": "istio"}
    assert proxy.labels == {
        **proxy.own_labels,
        "topology.istio.io/cluster": "Kubernetes",
        "topology.istio.io/network": "n1",
    }


@pytest.mark.parametrize(
    ("ips", "mode"),
    [("10.1.0.1", IpMode.IPV4), ("fd00::1", IpMode.IPV6), ("fd00::1 10.1.0.1", IpMode.DUAL)],
)
def test_ip_modes(ips: str, mode: IpMode) -> None:
    assert find(mesh_of_text(pod("web-0", ips=ips))[0], "web-0.shop").ip_mode is mode


def machine_mesh(more: str = "") -> Mesh:
    labels = "app: m, topology.istio.io/locality: eu.eu-1"
    return mesh_of_text(more, {"machines": pod("m", labels, spec="containers: [{name: app}]")})[0]


def test_what_istiod_knows_of_a_machine() -> None:
    reported = find(machine_mesh(), "m.shop")
    assert (reported.locality, reported.own_labels["app"]) == ("eu/eu-1", "m")
    entry = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: se, namespace: shop}
spec:
  hosts: [m.example.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 10.1.0.1, labels: {role: lead}, locality: us/us-1}]
"""
    known = find(machine_mesh(entry), "m.shop")
    assert (known.locality, known.labels["role"]) == ("us/us-1", "lead")
    assert "app" not in known.labels
    assert known.metadata["LABELS"]["app"] == "m"
    elsewhere = find(machine_mesh(entry.replace("namespace: shop", "namespace: data")), "m.shop")
    assert elsewhere.own_labels["app"] == "m"
