"""Clusters: which ones there are, in what order, what they are made of, and who shares them."""

from __future__ import annotations

from typing import Any

from meshc.ir.cluster import Discovery, DnsFamily, HttpConnectionLimits, LbPolicy, UpstreamProtocol
from meshc.ir.endpoint import HealthStatus
from meshc.model.mesh import Mesh
from tests.lower.clusters import clusters_of, pod, scope, selecting
from tests.manifests import manifest, mesh_of

WEB = "outbound|80||web.shop.svc.cluster.local"
CLIENT = pod("client", "10.0.0.9", "app: client")
WEBS = (pod("web-1", "10.0.0.1", "app: web, version: v1"), pod("web-2", "10.0.0.2", "app: web, version: v2"))


def rule(spec: str, host: str = "web") -> dict[str, object]:
    return manifest("DestinationRule", "rule", f"host: {host}\n{spec}")


def mesh(*objects: dict[str, object], **features: Any) -> Mesh:
    return mesh_of(CLIENT, *WEBS, selecting("web"), *objects, **features)


def test_a_sidecar_has_outbound_static_and_inbound_clusters_in_this_order() -> None:
    subsets = rule("subsets: [{name: v2, labels: {version: v2}}, {name: v1, labels: {version: v1}}]")
    assert list(clusters_of(mesh(subsets), "web-1.shop")) == [
        WEB,
        "outbound|80|v2|web.shop.svc.cluster.local",
        "outbound|80|v1|web.shop.svc.cluster.local",
        "BlackHoleCluster",
        "PassthroughCluster",
        "inbound|8080||",
        "InboundPassthroughCluster",
    ]


def test_a_gateway_has_no_clusters_for_traffic_that_nobody_named() -> None:
    assert list(clusters_of(mesh(), "client.shop", router=True)) == [WEB, "BlackHoleCluster"]


def test_udp_ports_and_external_names_have_no_cluster() -> None:
    udp = selecting("dns", "ports: [{name: dns, port: 53, protocol: UDP}]")
    alias = selecting("alias", "{type: ExternalName, externalName: example.com, selector: null}")
    assert [name for name in clusters_of(mesh(udp, alias), "client.shop") if "|" in name] == [WEB]


def test_replicas_and_namespaces_with_the_same_view_share_their_clusters() -> None:
    made = mesh(pod("other", "10.0.9.9", "app: other", namespace="elsewhere"))
    first, second, third = (clusters_of(made, name)[WEB] for name in ("web-1.shop", "web-2.shop", "other.elsewhere"))
    assert first is second is third
    gateway = clusters_of(made, "client.shop", router=True)[WEB]
    assert gateway is not first


def test_a_cluster_knows_the_service_or_the_subset_that_it_is_of() -> None:
    made = clusters_of(mesh(rule("subsets: [{name: v2}]")), "client.shop")
    assert str(made[WEB].origin) == "Service shop/web"
    assert str(made["outbound|80|v2|web.shop.svc.cluster.local"].origin) == "DestinationRule shop/rule spec.subsets[0]"


def test_headless_services_follow_the_connection_on_sidecars_only() -> None:
    made = mesh_of(CLIENT, *WEBS, selecting("web", "clusterIP: None"))
    assert clusters_of(made, "client.shop")[WEB].discovery is Discovery.ORIGINAL_DST
    assert clusters_of(made, "client.shop", router=True)[WEB].discovery is Discovery.EDS


def test_a_rule_limits_connections_and_zero_is_no_limit() -> None:
    pool = """
trafficPolicy:
  connectionPool:
    tcp: {maxConnections: 7, connectTimeout: 1500ms, tcpKeepalive: {probes: 3, time: 90500ms}}
    http: {maxRetries: 0, idleTimeout: 0s, maxRequestsPerConnection: 5}
"""
    cluster = clusters_of(mesh(rule(pool)), "client.shop")[WEB]
    assert cluster.circuit_breaker is not None and cluster.keepalive is not None and cluster.http is not None
    assert (cluster.circuit_breaker.max_connections, cluster.circuit_breaker.max_retries) == (7, 4294967295)
    assert cluster.connect_timeout == 1_500_000_000
    assert (cluster.keepalive.probes, cluster.keepalive.time, cluster.keepalive.interval) == (3, 90, None)
    assert cluster.http.limits == HttpConnectionLimits(idle_timeout=0, max_requests_per_connection=5)
    assert cluster.http.protocol is UpstreamProtocol.HTTP1


def test_a_negative_keepalive_is_the_number_that_istiod_makes_of_it() -> None:
    policy = rule("trafficPolicy: {connectionPool: {tcp: {tcpKeepalive: {time: -1s, interval: -500ms}}}}")
    keepalive = clusters_of(mesh(policy), "client.shop")[WEB].keepalive
    assert keepalive is not None and (keepalive.time, keepalive.interval) == (4294967295, 0)


def test_an_upgrade_to_http2_needs_a_protocol_that_nothing_else_chose() -> None:
    upgrade = rule("trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE, maxConcurrentStreams: 9}}}")
    http = clusters_of(mesh(upgrade), "client.shop")[WEB].http
    assert http is not None and (http.protocol, http.max_concurrent_streams) == (UpstreamProtocol.HTTP2, 9)
    sniffed = selecting("web", "ports: [{name: any, port: 80}]")
    made = mesh_of(CLIENT, *WEBS, sniffed, upgrade)
    http, of_gateway = (clusters_of(made, "client.shop", router=router)[WEB].http for router in (False, True))
    assert http is not None and http.protocol is UpstreamProtocol.DOWNSTREAM
    assert of_gateway is not None and of_gateway.protocol is UpstreamProtocol.HTTP2


def test_settings_of_a_port_replace_those_of_the_host() -> None:
    policy = """
trafficPolicy:
  loadBalancer: {simple: RANDOM}
  proxyProtocol: {version: V2}
  portLevelSettings: [{port: {number: 80}, outlierDetection: {}}]
"""
    cluster = clusters_of(mesh(rule(policy)), "client.shop")[WEB]
    assert cluster.lb_policy is LbPolicy.LEAST_REQUEST
    assert cluster.transport is not None and cluster.transport.proxy_protocol is None
    assert cluster.outlier_detection is not None and cluster.common_lb is not None
    assert cluster.common_lb.panic_threshold == 0


def test_passthrough_by_rule_takes_the_endpoints_away() -> None:
    cluster = clusters_of(mesh(rule("trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}")), "client.shop")[WEB]
    assert (cluster.discovery, cluster.lb_policy) == (Discovery.ORIGINAL_DST, LbPolicy.CLUSTER_PROVIDED)


def external(spec: str) -> dict[str, object]:
    return manifest("ServiceEntry", "api", f"hosts: [api.example.com]\nports: [{{number: 80, name: http}}]\n{spec}")


def test_a_host_to_be_resolved_is_its_own_endpoint() -> None:
    made = mesh(external("resolution: DNS"), rule("subsets: [{name: v1, labels: {version: v1}}]", "api.example.com"))
    found = clusters_of(made, "client.shop")
    cluster = found["outbound|80||api.example.com"]
    assert "outbound|80|v1|api.example.com" not in found
    assert cluster.dns is not None and cluster.dns.family is DnsFamily.V4_ONLY
    assert cluster.endpoints is not None
    (locality,) = cluster.endpoints.localities
    assert [(e.address, e.port, e.health) for e in locality.endpoints] == [
        ("api.example.com", 80, HealthStatus.UNKNOWN)
    ]
    assert cluster.transport is None


def test_a_host_to_be_resolved_without_endpoints_has_no_cluster() -> None:
    made = mesh(external("resolution: DNS\nworkloadSelector: {labels: {app: nobody}}"))
    assert "outbound|80||api.example.com" not in clusters_of(made, "client.shop")


def test_where_a_name_has_no_endpoint_subsets_that_need_none_are_left_out_too() -> None:
    subsets = rule("subsets: [{name: any, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}]", "api.example.com")
    made = mesh(external("resolution: DNS\nworkloadSelector: {labels: {app: nobody}}"), subsets)
    assert "outbound|80|any|api.example.com" not in clusters_of(made, "client.shop")


def test_redis_commands_are_hashed_whatever_the_rule_says() -> None:
    redis = selecting("web", "ports: [{name: redis, port: 80}]")
    policy = "{loadBalancer: {simple: PASSTHROUGH}}"
    passing = rule(f"trafficPolicy: {policy}\nsubsets: [{{name: a}}, {{name: b, trafficPolicy: {policy}}}]")
    found = clusters_of(mesh_of(CLIENT, *WEBS, redis, passing, pilot_enable_redis_filter=True), "client.shop")
    made = [found[WEB.replace("||", f"|{subset}|")] for subset in ("", "a", "b")]
    assert [(cluster.discovery, cluster.lb_policy) for cluster in made] == [
        (Discovery.EDS, LbPolicy.MAGLEV),
        (Discovery.EDS, LbPolicy.MAGLEV),
        (Discovery.ORIGINAL_DST, LbPolicy.CLUSTER_PROVIDED),
    ]


def test_wildcards_are_resolved_when_a_request_names_a_host() -> None:
    wild = manifest("ServiceEntry", "wild", "{hosts: ['*.example.com'], resolution: DYNAMIC_DNS, ports: []}")
    wild["spec"]["ports"] = [{"number": n, "name": p.lower(), "protocol": p} for n, p in ((443, "TLS"), (22, "TCP"))]
    found = clusters_of(mesh(wild), "client.shop")
    cluster = found["outbound|443||*.example.com"]
    assert "outbound|22||*.example.com" not in found
    assert cluster.forward_proxy is not None and cluster.forward_proxy.cache == "*.example.com_dfp_dns_cache"
    assert (cluster.lb_policy, cluster.common_lb) == (LbPolicy.CLUSTER_PROVIDED, None)


def test_statistics_are_named_by_the_mesh() -> None:
    config = {"outboundClusterStatName": "%SERVICE%_%SERVICE_PORT_NAME%_%SUBSET_NAME%"}
    made = mesh_of(CLIENT, *WEBS, selecting("web"), rule("subsets: [{name: v1}]"), config=config)
    names = [cluster.stat_name for cluster in clusters_of(made, "client.shop").values() if "|80|" in cluster.name]
    assert names == ["web.shop_http_;", "web.shop_http_v1;"]


def test_inbound_clusters_follow_the_rule_of_the_first_service_and_name_all() -> None:
    also = selecting("also", "selector: {app: web}")
    pool = rule("trafficPolicy: {connectionPool: {http: {http2MaxRequests: 3}}}", "also")
    cluster = clusters_of(mesh(also, pool), "web-1.shop")["inbound|8080||"]
    assert cluster.circuit_breaker is not None and cluster.circuit_breaker.max_requests == 3
    assert cluster.metadata is not None
    assert [service.name for service in cluster.metadata.services] == ["also", "web"]
    assert cluster.metadata.config.endswith("/namespaces/shop/destination-rule/rule")
    assert cluster.source_address is not None and cluster.source_address.address == "127.0.0.6"


def test_ingress_listeners_of_a_sidecar_take_the_place_of_services() -> None:
    ingress = """
ingress:
- {port: {number: 9000, protocol: GRPC, name: grpc}, defaultEndpoint: "unix:///tmp/app.sock"}
- {port: {number: 9001, protocol: HTTP, name: http}, defaultEndpoint: "0.0.0.0:7000"}
- {port: {number: 9002, protocol: HTTP, name: plain}, defaultEndpoint: "elsewhere:7000"}
- {port: {number: 9003, protocol: HTTP, name: none}, defaultEndpoint: "127.0.0.1"}
"""
    found = clusters_of(mesh(manifest("Sidecar", "own", ingress)), "web-1.shop")
    inbound = {name: cluster.endpoints for name, cluster in found.items() if name.startswith("inbound|")}
    assert list(inbound) == ["inbound|9000||", "inbound|9001||", "inbound|9002||"]
    first = [group.localities[0].endpoints[0] for group in inbound.values() if group is not None]
    assert [(e.address, e.port) for e in first] == [("/tmp/app.sock", 0), ("10.0.0.1", 7000)]
    assert found["inbound|9002||"].discovery is Discovery.ORIGINAL_DST


def test_the_host_of_a_default_endpoint_may_be_missing_but_not_its_port_or_brackets() -> None:
    endpoints = {9000: ":8080", 9001: "8080", 9002: "::1:8080", 9003: "[::1]:8080"}
    entries = (
        f"{{port: {{number: {n}, protocol: TCP, name: tcp}}, defaultEndpoint: '{e}'}}" for n, e in endpoints.items()
    )
    found = clusters_of(mesh(manifest("Sidecar", "own", f"ingress: [{', '.join(entries)}]")), "web-1.shop")
    inbound = {name: cluster.discovery for name, cluster in found.items() if name.startswith("inbound|")}
    assert inbound == {"inbound|9000||": Discovery.ORIGINAL_DST, "inbound|9003||": Discovery.STATIC}


def test_a_sidecar_of_the_root_namespace_stands_in_under_the_namespace_of_the_proxy() -> None:
    ingress = "ingress: [{port: {number: 9000, protocol: TCP, name: tcp}}]"
    sidecar = manifest("Sidecar", "all", ingress, "istio-system")
    made = mesh_of(*WEBS, sidecar, config={"inboundClusterStatName": "in.%SERVICE%"})
    assert clusters_of(made, "web-1.shop")["inbound|9000||"].stat_name == "in.all.shop;"


def test_a_gateway_passes_mutual_tls_on_to_clusters_of_their_own() -> None:
    server = "{port: {number: 15443, protocol: TLS, name: tls}, hosts: ['*.local'], tls: {mode: AUTO_PASSTHROUGH}}"
    gateway = manifest("Gateway", "east", f"servers: [{server}]")
    made = clusters_of(mesh(gateway), "client.shop", router=True)
    assert list(made) == [WEB, "BlackHoleCluster", "outbound_.80_._.web.shop.svc.cluster.local"]
    assert made["outbound_.80_._.web.shop.svc.cluster.local"].transport is None


def test_a_gateway_may_be_limited_to_what_it_refers_to() -> None:
    gateway = manifest("Gateway", "front", "servers: [{port: {number: 80, protocol: HTTP, name: http}, hosts: ['*']}]")
    routes = "{hosts: ['*'], gateways: [front], http: [{route: [{destination: {host: web}}]}]}"
    objects = (gateway, manifest("VirtualService", "front", routes), selecting("unused"))
    made = mesh(*objects, pilot_filter_gateway_cluster_config=True)
    assert list(clusters_of(made, "client.shop", router=True)) == [WEB, "BlackHoleCluster"]
    assert scope(made, "client.shop").sidecar.by_host.keys() >= {"unused.shop.svc.cluster.local"}


def test_what_an_envoy_filter_says_it_needs_is_kept() -> None:
    gateway = manifest("Gateway", "front", "servers: [{port: {number: 80, protocol: HTTP, name: http}, hosts: ['*']}]")
    needs = "web.shop.svc.cluster.local, shop/one.shop.svc.cluster.local,data/two.shop.svc.cluster.local"
    envoy_filter = manifest("EnvoyFilter", "limits", "{}", "istio-system")
    envoy_filter["metadata"]["annotations"] = {"envoyfilter.istio.io/referenced-services": needs}
    objects = (gateway, envoy_filter, selecting("one"), selecting("two"))
    made = mesh(*objects, pilot_filter_gateway_cluster_config=True)
    kept = ["outbound|80||one.shop.svc.cluster.local", WEB, "BlackHoleCluster"]
    assert list(clusters_of(made, "client.shop", router=True)) == kept
