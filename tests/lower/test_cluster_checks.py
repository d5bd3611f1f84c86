"""What is said about clusters and DestinationRules that do not do what they look like."""

from __future__ import annotations

from typing import Any

from meshc.findings import Sink
from meshc.lower.clusters.checks import check_clusters
from meshc.lower.clusters.destination_rule_checks import check_destination_rules
from tests.lower.clusters import pod, scope, selecting
from tests.manifests import manifest, mesh_of

CLIENT = pod("client", "10.0.0.9", "app: client")
WEB = (CLIENT, pod("web-1", "10.0.0.1"), selecting("web"))


def rule(spec: str, host: str = "web") -> dict[str, Any]:
    return manifest("DestinationRule", "rule", f"host: {host}\n{spec}")


def of_rules(spec: str) -> list[str]:
    """What is said about a rule: code, field and sentence."""
    sink = Sink()
    check_destination_rules(mesh_of(rule(spec)), sink)
    return [f"{f.code} {f.origin.field}: {f.message}" for f in sink]


def of_clusters(*objects: dict[str, Any], **more: Any) -> list[str]:
    """What is said about the clusters of a proxy: code, object and sentence."""
    sink = Sink()
    check_clusters(scope(mesh_of(*objects), "client.shop", **more), sink)
    return [f"{f.code} {f.origin}: {f.message}" for f in sink]


def test_failover_needs_somebody_who_notices_failures() -> None:
    setting = "loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}]}}"
    assert of_rules(f"trafficPolicy: {{{setting}}}") == [
        "MC0620 spec.trafficPolicy.loadBalancer.localityLbSetting: failover needs outlierDetection in the same policy: "
        "without it no endpoint ever counts as failed"
    ]
    inherited = f"trafficPolicy: {{outlierDetection: {{}}}}\nsubsets: [{{name: a, trafficPolicy: {{{setting}}}}}]"
    assert of_rules(inherited) == []


def test_fields_of_outlier_detection_that_istiod_ignores() -> None:
    detection = "outlierDetection: {consecutiveErrors: 3, consecutiveLocalOriginFailures: 2}"
    assert of_rules(f"trafficPolicy: {{{detection}}}") == [
        "MC0621 spec.trafficPolicy.outlierDetection: "
        "consecutiveLocalOriginFailures counts only with splitExternalLocalOriginErrors: true",
        "MC0621 spec.trafficPolicy.outlierDetection: istiod ignores consecutiveErrors; write consecutive5xxErrors",
    ]


def test_a_port_does_not_inherit() -> None:
    policy = """
trafficPolicy:
  tls: {mode: SIMPLE}
  proxyProtocol: {}
  portLevelSettings: [{port: {number: 80}, connectionPool: {}}]
"""
    assert of_rules(policy) == [
        "MC0622 spec.trafficPolicy.portLevelSettings[0]: "
        "port 80 does not inherit tls, proxyProtocol of the trafficPolicy that it stands in"
    ]


def test_tls_fields_that_the_mode_does_not_read() -> None:
    assert of_rules("trafficPolicy: {tls: {mode: ISTIO_MUTUAL, caCertificates: /ca.pem}}") == [
        "MC0623 spec.trafficPolicy.tls: caCertificates play no part with mode ISTIO_MUTUAL"
    ]
    assert of_rules("trafficPolicy: {tls: {mode: SIMPLE, credentialName: a, caCertificates: /ca.pem}}") == [
        "MC0623 spec.trafficPolicy.tls: caCertificates play no part with credentialName"
    ]
    assert of_rules("trafficPolicy: {tls: {mode: MUTUAL}}") == [
        "MC0624 spec.trafficPolicy.tls: mode MUTUAL needs clientCertificate and privateKey, or credentialName: "
        "connections are plaintext"
    ]


def test_warmup_is_for_algorithms_that_know_it() -> None:
    assert of_rules("trafficPolicy: {loadBalancer: {simple: RANDOM, warmup: {duration: 10s}}}") == [
        "MC0625 spec.trafficPolicy.loadBalancer: RANDOM knows no warmup"
    ]


def test_a_credential_does_not_reach_sidecars() -> None:
    tls = rule("trafficPolicy: {tls: {mode: SIMPLE, credentialName: shop}}")
    assert of_clusters(*WEB, tls) == [
        "MC0626 DestinationRule shop/rule spec.trafficPolicy: "
        "credentialName is for gateways, or with a workloadSelector: for sidecars the connection is plaintext"
    ]
    assert of_clusters(*WEB, tls, router=True) == []


def test_a_subset_may_have_no_endpoint() -> None:
    assert of_clusters(*WEB, rule("subsets: [{name: v9, labels: {version: v9}}, {name: all}]")) == [
        "MC0628 DestinationRule shop/rule spec.subsets[0]: "
        "subset v9 of web.shop.svc.cluster.local has no endpoint: requests to it fail"
    ]


def test_a_cluster_may_be_left_out() -> None:
    entry = manifest("ServiceEntry", "api", "{hosts: [api.example.com], resolution: DNS}")
    entry["spec"]["ports"] = [{"number": 80, "name": "http", "protocol": "HTTP"}]
    v9 = rule("subsets: [{name: v9, labels: {version: v9}}]", "api.example.com")
    assert of_clusters(CLIENT, entry, v9) == [
        "MC0627 DestinationRule shop/rule spec.subsets[0]: "
        "subset v9 of api.example.com has no endpoint for port 80, so there is no cluster of it"
    ]


def test_an_upgrade_may_change_nothing() -> None:
    sniffed = selecting("web", "ports: [{name: any, port: 80}]")
    upgrade = rule("trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}")
    assert of_clusters(CLIENT, sniffed, upgrade) == [
        "MC0629 DestinationRule shop/rule spec.trafficPolicy: "
        "port 80 of web.shop.svc.cluster.local follows its client's protocol, so h2UpgradePolicy does nothing"
    ]
    assert of_clusters(CLIENT, sniffed, upgrade, router=True) == []


def test_a_headless_service_is_not_balanced() -> None:
    headless = selecting("web", "clusterIP: None")
    assert of_clusters(CLIENT, headless, rule("trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}")) == [
        "MC0637 DestinationRule shop/rule spec.trafficPolicy: traffic to web.shop.svc.cluster.local "
        "goes to the addresses that clients choose, so loadBalancer ROUND_ROBIN does nothing"
    ]


def test_a_default_endpoint_elsewhere_is_ignored() -> None:
    ingress = "ingress: [{port: {number: 80, protocol: HTTP, name: http}, defaultEndpoint: 'db:80'}]"
    assert of_clusters(CLIENT, manifest("Sidecar", "own", ingress)) == [
        "MC0638 Sidecar shop/own spec.ingress[0]: defaultEndpoint db:80 is no address of the workload"
    ]


def test_redis_commands_are_hashed_whatever_the_rule_says() -> None:
    redis = (CLIENT, pod("web-1", "10.0.0.1"), selecting("web", "ports: [{name: redis, port: 80}]"))
    sink = Sink()
    for simple in ("ROUND_ROBIN", "PASSTHROUGH"):
        policy = rule(f"trafficPolicy: {{loadBalancer: {{simple: {simple}}}}}")
        check_clusters(scope(mesh_of(*redis, policy, pilot_enable_redis_filter=True), "client.shop"), sink)
    where = "traffic to web.shop.svc.cluster.local goes where the keys of its commands belong"
    assert [f.message for f in sink if f.code == "MC0637"] == [
        f"{where}, so loadBalancer PASSTHROUGH does nothing",
        f"{where}, so loadBalancer ROUND_ROBIN does nothing",
    ]


def test_names_resolved_by_request_have_no_endpoints_to_choose_from() -> None:
    wild = manifest("ServiceEntry", "wild", "{hosts: ['*.example.com'], resolution: DYNAMIC_DNS}")
    wild["spec"]["ports"] = [{"number": 80, "name": "http", "protocol": "HTTP"}]
    policy = rule("trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}, outlierDetection: {}}", "'*.example.com'")
    where = "DestinationRule shop/rule spec.trafficPolicy: traffic to *.example.com is resolved request by request"
    assert of_clusters(CLIENT, wild, policy) == [
        f"MC0621 {where}, so outlierDetection does nothing",
        f"MC0637 {where}, so loadBalancer PASSTHROUGH does nothing",
    ]
