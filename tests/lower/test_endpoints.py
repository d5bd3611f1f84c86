"""Endpoints: who is shown to whom, in what state, and as what."""

from __future__ import annotations

from typing import Any

import yaml

from meshc.ir.endpoint import HealthStatus, LbEndpoint
from meshc.model.mesh import Mesh
from tests.lower.clusters import addresses, clusters_of, endpoints_of, node, pod, selecting
from tests.manifests import manifest, mesh_of

WEB = "outbound|80||web.shop.svc.cluster.local"
CLIENT = pod("client", "10.0.0.9", "app: client", nodeName="n1")
NODES = (node("n1", "eu", "eu-1"), node("n2", "eu", "eu-2"), node("n3", "us", "us-1"))
WEBS = (
    pod("web-1", "10.0.0.1", "app: web, version: v1", nodeName="n1"),
    pod("web-2", "10.0.0.2", "app: web, version: v2", nodeName="n2"),
    pod("web-3", "10.0.0.3", "app: web, version: v2", nodeName="n3"),
)


def endpoint_slice(*conditions: str) -> dict[str, Any]:
    """An EndpointSlice of the pods `web-1`, `web-2` ... with these conditions, as YAML without braces."""
    target = "targetRef: {{kind: Pod, name: web-{0}, namespace: shop}}"
    item = f"{{{{addresses: [10.0.0.{{0}}], conditions: {{{{{{1}}}}}}, {target}}}}}"
    endpoints = ", ".join(item.format(number, condition) for number, condition in enumerate(conditions, 1))
    body = f"addressType: IPv4\nendpoints: [{endpoints}]\nports: [{{name: http, port: 8080}}]"
    metadata = {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}}
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, **yaml.safe_load(body)}


def mesh(*objects: dict[str, Any], service: str = "", config: dict[str, Any] | None = None, **features: Any) -> Mesh:
    return mesh_of(CLIENT, *NODES, *WEBS, selecting("web", service), *objects, config=config, **features)


def rule(spec: str) -> dict[str, Any]:
    return manifest("DestinationRule", "rule", f"host: web\n{spec}")


def shown(made: Mesh, name: str = WEB, proxy: str = "client.shop") -> list[LbEndpoint]:
    return [endpoint for part in endpoints_of(made, proxy)[name].localities for endpoint in part.endpoints]


def test_groups_are_by_locality_in_the_order_of_their_names() -> None:
    group = endpoints_of(mesh(), "client.shop")[WEB]
    assert [(part.locality and part.locality.zone, part.weight, part.priority) for part in group.localities] == [
        ("eu-1", 1, 0),
        ("eu-2", 1, 0),
        ("us-1", 1, 0),
    ]


def test_an_endpoint_says_what_it_is() -> None:
    first = shown(mesh())[0]
    assert (first.address, first.port, first.health) == ("10.0.0.1", 8080, HealthStatus.HEALTHY)
    assert (first.tls_mode, first.workload) == ("istio", "web-1;shop;web;v1;Kubernetes")


def test_a_subset_holds_the_endpoints_with_its_labels() -> None:
    made = mesh(rule("subsets: [{name: v2, labels: {version: v2}}, {name: v9, labels: {version: v9}}, {name: all}]"))
    names = [f"outbound|80|{subset}|web.shop.svc.cluster.local" for subset in ("v2", "v9", "all")]
    assert [[e.address for e in shown(made, name)] for name in names] == [
        ["10.0.0.2", "10.0.0.3"],
        [],
        ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
    ]


def test_only_clusters_that_discover_endpoints_have_a_group() -> None:
    made = mesh(rule("trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}"))
    assert WEB in clusters_of(made, "client.shop")
    assert endpoints_of(made, "client.shop") == {}


def test_states_of_endpoints() -> None:
    states = ("ready: true", "ready: false, terminating: false", "ready: false, terminating: true")
    plain = mesh(endpoint_slice(*states))
    assert [(e.address, e.health.name) for e in shown(plain)] == [("10.0.0.1", "HEALTHY")]
    near = mesh(endpoint_slice(*states), service="trafficDistribution: PreferClose")
    assert [(e.address, e.health.name) for e in shown(near)] == [("10.0.0.1", "HEALTHY"), ("10.0.0.2", "UNHEALTHY")]


def test_draining_endpoints_are_for_sticky_sessions() -> None:
    leaving = pod("web-4", "10.0.0.4", "app: web, istio.io/draining: yes", nodeName="n1")
    assert "10.0.0.4" not in [e.address for e in shown(mesh(leaving))]
    sticky = selecting("web", labels={"istio.io/persistent-session": "cookie"})
    made = mesh_of(CLIENT, *NODES, leaving, sticky)
    assert [(e.address, e.health.name) for e in shown(made)] == [("10.0.0.4", "DRAINING")]
    statuses = clusters_of(made, "client.shop")[WEB].common_lb
    assert statuses is not None and HealthStatus.DRAINING in statuses.override_host_statuses


def test_local_traffic_stays_on_the_node() -> None:
    made = mesh(service="internalTrafficPolicy: Local")
    assert [e.address for e in shown(made)] == ["10.0.0.1"]
    assert [e.address for e in shown(made, proxy="web-2.shop")] == ["10.0.0.2"]


def test_endpoints_refuse_mutual_tls_one_by_one() -> None:
    spec = "{selector: {matchLabels: {version: v1}}, portLevelMtls: {8080: {mode: DISABLE}}}"
    made = mesh(manifest("PeerAuthentication", "v1", spec))
    assert [e.tls_mode for e in shown(made)] == ["", "istio", "istio"]
    by_rule = mesh(rule("trafficPolicy: {tls: {mode: DISABLE}}"))
    assert [e.tls_mode for e in shown(by_rule)] == ["", "", ""]


def test_proxies_share_what_does_not_depend_on_where_they_are() -> None:
    made = mesh()
    first, second = (endpoints_of(made, name)[WEB] for name in ("web-1.shop", "web-3.shop"))
    assert first is second
    made = mesh(rule("trafficPolicy: {outlierDetection: {}}"))
    here, there, too = (endpoints_of(made, name)[WEB] for name in ("web-1.shop", "web-3.shop", "client.shop"))
    assert here is too and here is not there


def test_nearness_counts_once_failures_are_noticed() -> None:
    made = mesh(rule("trafficPolicy: {outlierDetection: {}}"))
    near, far = (endpoints_of(made, name)[WEB] for name in ("client.shop", "web-3.shop"))
    assert [part.priority for part in near.localities] == [0, 1, 2]
    assert [part.priority for part in far.localities] == [1, 1, 0]


def test_localities_that_get_nothing_keep_their_weight_but_no_endpoints() -> None:
    policy = """
trafficPolicy:
  loadBalancer:
    localityLbSetting: {distribute: [{from: "eu/eu-1/*", to: {"eu/*": 90, "us/*": 10}}]}
"""
    group = endpoints_of(mesh(rule(policy)), "client.shop")[WEB]
    assert [part.weight for part in group.localities] == [45, 45, 10]
    only = policy.replace(', "us/*": 10', "").replace("90", "100")
    group = endpoints_of(mesh(rule(only)), "client.shop")[WEB]
    assert [(len(part.endpoints), part.weight) for part in group.localities] == [(1, 50), (1, 50), (0, 1)]


def test_labels_shared_with_the_client_order_endpoints() -> None:
    policy = """
trafficPolicy:
  outlierDetection: {}
  loadBalancer: {localityLbSetting: {failoverPriority: ["version=v2", topology.kubernetes.io/region]}}
"""
    group = endpoints_of(mesh(rule(policy)), "client.shop")[WEB]
    assert addresses(group) == [["10.0.0.1"], ["10.0.0.2"], ["10.0.0.3"]]
    assert [part.priority for part in group.localities] == [2, 0, 1]


def test_a_label_with_two_equals_signs_gives_no_value() -> None:
    policy = """
trafficPolicy:
  outlierDetection: {}
  loadBalancer: {localityLbSetting: {failoverPriority: ["topology.kubernetes.io/zone=eu-2=x"]}}
"""
    group = endpoints_of(mesh(rule(policy)), "client.shop")[WEB]
    assert [part.priority for part in group.localities] == [0, 1, 1]


def test_a_service_that_prefers_near_endpoints_fails_over_by_itself() -> None:
    made = mesh(service="trafficDistribution: PreferClose")
    assert [part.priority for part in endpoints_of(made, "client.shop")[WEB].localities] == [0, 1, 2]
    common = clusters_of(made, "client.shop")[WEB].common_lb
    assert common is not None and common.locality_weighted and common.panic_threshold == 0


def test_telemetry_labels_can_be_switched_off_and_leave_empty_metadata() -> None:
    first = shown(mesh(pilot_enable_telemetry_label=False))[0]
    assert (first.workload, first.has_metadata) == (None, True)
