"""What a namespace sees through a Sidecar: services, VirtualServices, rules and the policy for everything else."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.scope.sidecar import SidecarScope, applying_rules, default_scope, selected_rules, sidecar_scope
from tests.manifests import built, entry, manifest, mesh_of, said, service

ROOT = "istio-system"


def scope(mesh: Mesh, namespace: str = "shop", **labels: str) -> SidecarScope:
    return sidecar_scope(mesh, namespace, mesh.sidecars.for_workload(namespace, labels))


def sidecar(name: str, egress: str, namespace: str = "shop", age: int = 0, **more: Any) -> dict[str, Any]:
    return manifest("Sidecar", name, f"egress: {egress}", namespace, age) | more


def rules(name: str, hosts: str, to: str = "", namespace: str = "shop", **more: Any) -> dict[str, Any]:
    destinations = ", ".join(f"{{destination: {{host: {host}}}}}" for host in to.split(",") if host)
    http = f"[{{route: [{destinations}]}}]" if destinations else "[{redirect: {uri: /}}]"
    return manifest("VirtualService", name, f"hosts: [{hosts}]\nhttp: {http}", namespace, **more)


def hosts(scope: SidecarScope) -> list[str]:
    return [s.hostname.removesuffix(".svc.cluster.local") for s in scope.services]


def egress_hosts(scope: SidecarScope, listener: int = 0) -> list[str]:
    return [s.hostname.removesuffix(".svc.cluster.local") for s in scope.egress[listener].services]


def test_everything_visible_without_a_sidecar_in_istiods_order() -> None:
    mesh = mesh_of(service("b"), service("a", "data", age=1), service("own", age=9, export_to="."))
    found = scope(mesh)
    assert hosts(found) == ["own.shop", "b.shop", "a.data"]
    assert hosts(scope(mesh, "data")) == ["b.shop", "a.data"]
    assert found.egress[0].services == found.services and found.sidecar is None and found.egress[0].port is None


def test_one_scope_for_all_proxies_of_a_view() -> None:
    mesh = mesh_of(service("a"), sidecar("root", '[{hosts: ["./*"]}]', ROOT))
    assert scope(mesh, app="a") is scope(mesh, app="b")
    assert scope(mesh) is not scope(mesh, "data")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("./*", ["a.shop", "b.shop"]),
        ("data/*", ["c.data"]),
        ("*/a.shop.svc.cluster.local", ["a.shop"]),
        ("*/*.data.svc.cluster.local", ["c.data"]),
        ("~/*", []),
        ("a.shop.svc.cluster.local", []),
        ("shop/a.shop.svc.cluster.local,*/c.data.svc.cluster.local", ["a.shop", "c.data"]),
        ("data/a.shop.svc.cluster.local", []),
    ],
)
def test_hosts_of_a_listener(entries: str, expected: list[str]) -> None:
    written = ", ".join(f"'{entry}'" for entry in entries.split(","))
    mesh = mesh_of(service("a"), service("b"), service("c", "data"), sidecar("s", f"[{{hosts: [{written}]}}]"))
    assert hosts(scope(mesh)) == expected


def test_service_wildcards_need_a_wildcard_and_virtual_services_do_not() -> None:
    objects = (entry("wide", "*.example.com"), rules("wide", "'*.example.com'"))
    exact = scope(mesh_of(*objects, sidecar("s", "[{hosts: ['./a.example.com']}]")))
    assert (hosts(exact), len(exact.egress[0].virtual_services)) == ([], 1)
    wide = scope(mesh_of(*objects, sidecar("s", "[{hosts: ['./*.com']}]")))
    assert (hosts(wide), len(wide.egress[0].virtual_services)) == (["*.example.com"], 1)


def test_selector_then_namespace_then_root() -> None:
    mesh = mesh_of(
        service("a"),
        service("b", "data"),
        sidecar("wide", "[{hosts: ['*/*']}]"),
        sidecar("root", "[{hosts: ['./*']}]", ROOT),
        manifest("Sidecar", "some", "{workloadSelector: {labels: {app: a}}, egress: [{hosts: ['~/*']}]}", age=9),
        manifest("Sidecar", "root-some", "{workloadSelector: {labels: {app: a}}, egress: [{hosts: ['~/*']}]}", ROOT),
    )
    assert hosts(scope(mesh, app="a")) == []
    assert hosts(scope(mesh, app="b")) == ["a.shop", "b.data"]
    assert hosts(scope(mesh, "data", app="a")) == ["b.data"]


def test_a_port_imports_and_keeps_only_itself() -> None:
    port = "{number: 81, protocol: HTTP, name: http}"
    mesh = mesh_of(
        service("a", ports="80,81"), service("b", ports="80"), sidecar("s", f"[{{port: {port}, hosts: ['*/*']}}]")
    )
    found = scope(mesh)
    assert [(s.name, [p.number for p in s.ports]) for s in found.services] == [("a", [81])]
    listener = found.egress[0]
    assert listener.port is not None and listener.port.protocol is Protocol.HTTP and listener.service_port == 81
    assert found.services[0] is scope(mesh, "shop").services[0]


def test_an_http_proxy_port_imports_everything() -> None:
    port = "{number: 8888, protocol: HTTP_PROXY, name: proxy}"
    mesh = mesh_of(service("a", ports="80,81"), sidecar("s", f"[{{port: {port}, hosts: ['*/*']}}]"))
    found = scope(mesh)
    assert [p.number for p in found.services[0].ports] == [80, 81] and found.egress[0].service_port == 0


def test_ports_of_several_listeners_join() -> None:
    one, two = (f"{{number: {number}, protocol: HTTP, name: http}}" for number in (81, 80))
    mesh = mesh_of(
        service("a", ports="80,81,82"),
        sidecar("s", f"[{{port: {one}, hosts: ['*/*']}}, {{port: {two}, hosts: ['*/*']}}]"),
    )
    assert [p.number for p in scope(mesh).services[0].ports] == [81, 80]


@pytest.mark.parametrize(("export_to", "ports"), [("", [80, 81]), ("*", [80])])
def test_entries_join_only_if_their_exports_are_written_alike(export_to: str, ports: list[int]) -> None:
    mesh = mesh_of(entry("a", "x.example.com"), entry("b", "x.example.com", age=1, ports="81", export_to=export_to))
    for found in (scope(mesh), default_scope(mesh, "shop")):
        assert [p.number for p in found.by_host["x.example.com"].ports] == ports


CLASH = (
    entry("first", "clash.example.com", "data", age=0),
    entry("second", "clash.example.com", "apps", age=1),
    entry("own", "clash.example.com", "shop", age=2),
)


def test_own_namespace_then_the_first() -> None:
    mesh = mesh_of(*CLASH)
    assert [s.namespace for s in scope(mesh).services] == ["shop"]
    assert [s.namespace for s in scope(mesh, "other").services] == ["data"]
    assert [s.namespace for s in default_scope(mesh, "shop").services] == ["data"]


@pytest.mark.parametrize(("unified", "expected"), [(True, ["apps"]), (False, ["data"])])
def test_kubernetes_services_beat_entries(unified: bool, expected: list[str]) -> None:
    mesh = mesh_of(
        entry("squat", "web.apps.svc.cluster.local", "data"),
        service("web", "apps", age=1),
        pilot_unified_sidecar_scope=unified,
    )
    assert [s.namespace for s in scope(mesh).services] == expected
    assert [s.namespace for s in default_scope(mesh, "shop").services] == ["apps"]


def test_aliases_are_imported_like_hosts() -> None:
    def alias(name: str) -> dict[str, Any]:
        spec = {"type": "ExternalName", "externalName": "a.shop.svc.cluster.local"}
        return manifest("Service", name, spec | {"ports": [{"port": 80}]})

    names = "'./a.shop.svc.cluster.local', './one.shop.svc.cluster.local'"
    mesh = mesh_of(service("a"), alias("one"), alias("two"), sidecar("s", f"[{{hosts: [{names}]}}]"))
    found = scope(mesh)
    assert [alias.hostname for alias in found.by_host["a.shop.svc.cluster.local"].aliases] == [
        "one.shop.svc.cluster.local"
    ]
    assert found.by_host["a.shop.svc.cluster.local"] is not mesh.services.by_host("a.shop.svc.cluster.local")[0]


def test_all_services_of_the_chosen_namespace_are_listened_for() -> None:
    mesh = mesh_of(entry("one", "x.example.com"), entry("two", "x.example.com", age=1, ports="81"))
    found = scope(mesh)
    assert egress_hosts(found) == ["x.example.com"] * 2
    assert [p.number for p in found.by_host["x.example.com"].ports] == [80, 81]


def test_destinations_are_imported_for_clusters_only() -> None:
    mesh = mesh_of(
        service("a"),
        service("b", "data", ports="80,81"),
        rules("a", "a", "b.data.svc.cluster.local"),
        sidecar("s", "[{hosts: ['./*']}]"),
    )
    found = scope(mesh)
    assert hosts(found) == ["a.shop", "b.data"] and egress_hosts(found) == ["a.shop"]


DESTINATION = """
hosts: [a]
http:
- match: [{sourceNamespace: other}]
  route: [{destination: {host: hidden.data.svc.cluster.local}}]
- route: [{destination: {host: b.data.svc.cluster.local, port: {number: 81}}}]
  mirror: {host: b.data.svc.cluster.local, port: {number: 82}}
- route: [{destination: {host: b.data.svc.cluster.local, port: {number: 99}}}]
tcp:
- route: [{destination: {host: c.data.svc.cluster.local, port: {number: 99}}}]
"""


def test_destinations_are_reduced_to_the_ports_named() -> None:
    mesh = mesh_of(
        service("a"),
        service("b", "data", ports="80,81,82"),
        service("c", "data"),
        service("hidden", "data"),
        manifest("VirtualService", "a", DESTINATION),
        sidecar("s", "[{hosts: ['./*']}]"),
    )
    found = scope(mesh)
    assert hosts(found) == ["a.shop", "b.data"]
    assert [p.number for p in found.by_host["b.data.svc.cluster.local"].ports] == [81, 82]


def test_a_destination_keeps_the_first_port_of_the_listeners_number() -> None:
    dns = service("dns", "data", ports="53,80")
    dns["spec"]["ports"].insert(0, {"name": "udp", "port": 53, "protocol": "UDP"})
    port = "{number: 53, protocol: TCP, name: tcp}"
    mesh = mesh_of(
        service("a", ports="53"),
        dns,
        rules("a", "a", "dns.data.svc.cluster.local"),
        sidecar("s", f"[{{port: {port}, hosts: ['./*']}}]"),
    )
    found = scope(mesh).by_host["dns.data.svc.cluster.local"]
    assert [(p.number, p.protocol) for p in found.ports] == [(53, Protocol.UDP)]


@pytest.mark.parametrize(("best", "expected"), [(True, "data"), (False, "apps")])
def test_the_namespace_of_a_destination(best: bool, expected: str) -> None:
    mesh = mesh_of(
        service("a"),
        entry("x", "x.example.com", "data"),
        entry("x", "x.example.com", "apps", age=1),
        entry("x", "x.example.com", "aaa", age=2, export_to="."),
        rules("a", "a", "x.example.com"),
        sidecar("s", "[{hosts: ['./*']}]"),
        pilot_sidecar_pick_best_service_namespace=best,
    )
    assert scope(mesh).by_host["x.example.com"].namespace == expected


def test_a_destination_in_the_own_namespace_needs_no_visibility() -> None:
    mesh = mesh_of(service("a"), entry("x", "x.example.com", export_to="~"), rules("a", "a", "x.example.com"))
    assert hosts(scope(mesh)) == ["a.shop", "x.example.com"]


def test_a_service_exported_to_nobody_has_a_cluster_and_no_endpoints() -> None:
    endpoints = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "b", "namespace": "shop", "labels": {"kubernetes.io/service-name": "b"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.1.1"]}],
        "ports": [{"name": "http-80", "port": 8080}],
    }
    mesh = mesh_of(service("a"), service("b", export_to="~"), endpoints, rules("a", "a", "b"))
    hidden = scope(mesh).by_host["b.shop.svc.cluster.local"]
    assert mesh.endpoints.of(hidden) == ()
    assert [e.address for e in mesh.endpoints.in_slices(hidden)] == ["10.1.1.1"]


def test_the_most_specific_virtual_service_owns_a_host() -> None:
    mesh = mesh_of(
        entry("x", "a.b.example.com,b.example.com,*.b.example.com"),
        rules("wide", "'*.example.com'"),
        rules("narrow", "'*.b.example.com'", age=1),
        rules("exact", "b.example.com", age=2),
        rules("late", "'*.b.example.com'", age=3),
    )
    owners = scope(mesh).egress[0].owners
    assert {host: vs.name for host, vs in owners.items()} == {
        "a.b.example.com": "narrow",
        "b.example.com": "exact",
        "*.b.example.com": "narrow",
    }


def test_outbound_policy_of_mesh_and_sidecar() -> None:
    def policy(spec: str, mode: str = "ALLOW_ANY") -> tuple[bool, str]:
        mesh = mesh_of(manifest("Sidecar", "s", spec), config={"outboundTrafficPolicy": {"mode": mode}})
        found = scope(mesh).outbound_policy
        return found.allow_any, found.egress_proxy.host if found.egress_proxy is not None else ""

    assert policy("{}") == (True, "")
    assert policy("{}", "REGISTRY_ONLY") == (False, "")
    assert policy("{outboundTrafficPolicy: {}}") == (False, "")
    assert policy("{outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: p}}}", "REGISTRY_ONLY") == (True, "p")


def test_rules_of_single_workloads_split_the_selection_and_nothing_else() -> None:
    some = "{host: a, workloadSelector: {matchLabels: {app: x}}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}"
    mesh = mesh_of(
        service("a"),
        manifest("DestinationRule", "some", some),
        manifest("DestinationRule", "all", "{host: a, exportTo: ['*']}"),
    )
    found = scope(mesh)

    def selected(**labels: str) -> dict[str, str]:
        chosen = selected_rules(mesh, found, applying_rules(found, labels))
        return {host: rule.name for host, rule in chosen.outbound.items()}

    assert selected(app="x") == {"a.shop.svc.cluster.local": "some"}
    assert selected(app="z") == selected() == {"a.shop.svc.cluster.local": "all"}
    plain = selected_rules(mesh, found, applying_rules(found, {"app": "z"}))
    assert plain is selected_rules(mesh, found, ())
    assert plain.inbound["a.shop.svc.cluster.local"].name == "all"


def test_what_is_wrong_with_sidecars_is_said() -> None:
    pod = manifest("Pod", "web", {"containers": [{"name": "app"}]})
    pod["metadata"]["labels"] = {"app": "web", "tier": "front"}
    _, sink = built(
        sidecar("wide", "[{hosts: ['nonsense']}]"),
        sidecar("again", "[{hosts: ['./*']}]", age=1),
        manifest("Sidecar", "first", "{workloadSelector: {labels: {app: web}}}", age=2),
        manifest("Sidecar", "second", "{workloadSelector: {labels: {tier: front}}}", age=3),
        pod,
    )
    assert said(sink, "MC0525", "MC0526", "MC0527") == [
        "MC0527 Sidecar shop/wide spec.egress[0].hosts: `nonsense` is not of the form namespace/dnsName and imports "
        "nothing",
        "MC0525 Sidecar shop/again: Sidecar wide is older and already holds for all of shop; this one is ignored",
        "MC0526 Sidecar shop/second: Sidecar shop/first comes first for Pod shop/web",
    ]
