"""Bootstraps as the agent writes them: node, runtime, statistics, collectors, addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from meshc.compile import Compiler, load_compiler
from meshc.envoy.bootstrap import bootstrap as message_of
from meshc.envoy.encode import to_value
from meshc.envoy.validate import violations
from meshc.lower.bootstrap.bootstrap import bootstrap as bootstrap_of
from meshc.settings import Inputs, ProxyRequest

AGENT_CLUSTERS = ["prometheus_stats", "agent", "sds-grpc", "xds-grpc"]


def pod(config: str = "", labels: dict[str, str] | None = None, **annotations: str) -> dict[str, Any]:
    notes = {f"sidecar.istio.io/{name}": value for name, value in annotations.items()}
    if config:
        notes["proxy.istio.io/config"] = config
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-abc", "controller": True}
    metadata = {
        "name": "web-abc-1",
        "namespace": "shop",
        "labels": {"pod-template-hash": "abc", "security.istio.io/tlsMode": "istio", **(labels or {})},
        "annotations": notes,
        "generateName": "web-abc-",
        "ownerReferences": [owner],
    }
    containers = [{"name": "web", "ports": [{"name": "http", "containerPort": 8080}, {"containerPort": 9}]}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": containers, "serviceAccountName": "web"},
        "status": {"podIP": "10.1.0.1", "podIPs": [{"ip": "10.1.0.1"}]},
    }


def compiled(folder: Path, manifest: dict[str, Any]) -> Compiler:
    file = folder / "pod.yaml"
    file.write_text(yaml.safe_dump(manifest))
    return load_compiler(Inputs([str(file)]))


def rendered(folder: Path, manifest: dict[str, Any], dual_stack: bool = False, **metadata: Any) -> dict[str, Any]:
    """The bootstrap of the pod as JSON values."""
    compiler = compiled(folder, manifest)
    proxy = compiler.find(ProxyRequest(name="web-abc-1.shop", metadata=metadata))
    message = message_of(bootstrap_of(proxy, dual_stack))
    assert violations(message) == ()
    value: dict[str, Any] = to_value(message)
    return value


def test_the_default(tmp_path: Path) -> None:
    made = rendered(tmp_path, pod(labels={"app": "shop"}))
    assert made["node"]["id"] == "sidecar~10.1.0.1~web-abc-1.shop~shop.svc.cluster.local"
    assert (made["node"]["cluster"], made["node"]["locality"]) == ("shop.shop", {})
    metadata = made["node"]["metadata"]
    assert metadata["OWNER"] == "kubernetes://apis/apps/v1/namespaces/shop/deployments/web"
    assert metadata["POD_PORTS"] == (
        '[{"name":"http","containerPort":8080,"protocol":"TCP"},{"containerPort":9,"protocol":"TCP"}]'
    )
    assert metadata["PILOT_SAN"] == ["istiod.istio-system.svc"]
    assert list(metadata) == sorted(metadata)
    static = made["staticResources"]
    assert [c["name"] for c in static["clusters"]] == AGENT_CLUSTERS
    assert [one["name"] for one in static["listeners"]] == ["0.0.0.0_15090", "0.0.0.0_15021"]
    assert made["dynamicResources"]["adsConfig"]["apiType"] == "DELTA_GRPC"
    assert made["admin"]["address"]["socketAddress"] == {"address": "127.0.0.1", "portValue": 15000}
    absent = ("tracing", "statsSinks", "clusterManager", "statsFlushInterval")
    assert [key for key in absent if key in made] == []


@pytest.mark.parametrize(
    ("config", "labels", "expected"),
    [
        ("serviceCluster: mine", {"app": "a"}, "mine"),
        ("", {"app": "a", "app.kubernetes.io/name": "b", "service.istio.io/canonical-name": "c"}, "a.shop"),
        ("", {"app.kubernetes.io/name": "b", "service.istio.io/canonical-name": "c"}, "b.shop"),
        ("", {}, "web.shop"),
        ("tracingServiceName: CANONICAL_NAME_ONLY", {"app": "a", "service.istio.io/canonical-name": "c"}, "c"),
        ("tracingServiceName: CANONICAL_NAME_AND_NAMESPACE", {"app.kubernetes.io/name": "b"}, "b.shop"),
        ("tracingServiceName: APP_LABEL_AND_NAMESPACE", {"app": "a"}, "a.shop"),
    ],
)
def test_the_cluster_of_the_node(tmp_path: Path, config: str, labels: dict[str, str], expected: str) -> None:
    assert rendered(tmp_path, pod(config, labels))["node"]["cluster"] == expected


def test_the_locality_of_labels(tmp_path: Path) -> None:
    made = rendered(tmp_path, pod(labels={"istio-locality": "eu.west.a"}))["node"]
    assert made["locality"] == {"region": "eu", "zone": "west", "subZone": "a"}
    assert made["metadata"]["LABELS"]["istio-locality"] == "eu/west/a"


def test_runtime_values_are_overridden_added_and_removed(tmp_path: Path) -> None:
    config = """
runtimeValues:
  re2.max_program_size.error_level: ""
  envoy.reloadable_features.fixed_heap_use_allocated: "false"
  overload.global_downstream_max_connections: "100"
  mine: text
"""
    made = rendered(tmp_path, pod(config))
    layer = made["layeredRuntime"]["layers"][0]["staticLayer"]
    assert "re2.max_program_size.error_level" not in layer
    assert layer["envoy.reloadable_features.fixed_heap_use_allocated"] is False
    assert layer["mine"] == "text"
    monitor = made["overloadManager"]["resourceMonitors"][0]["typedConfig"]
    assert monitor["maxActiveDownstreamConnections"] == "100"
    own = config + 'proxyMetadata: {ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS: "7"}'
    monitor = rendered(tmp_path, pod(own))["overloadManager"]["resourceMonitors"][0]["typedConfig"]
    assert monitor["maxActiveDownstreamConnections"] == "7"


def patterns(made: dict[str, Any], kind: str) -> list[str]:
    listed = made["statsConfig"]["statsMatcher"]["inclusionList"]["patterns"]
    found = (p.get(kind) if kind != "safeRegex" else p.get(kind, {}).get("regex") for p in listed)
    return [text for text in found if text is not None]


def test_statistics_that_are_kept(tmp_path: Path) -> None:
    config = "proxyStatsMatcher: {inclusionPrefixes: [http.], inclusionSuffixes: [a, b], inclusionRegexps: ['x.*']}"
    made = rendered(tmp_path, pod(config, statsInclusionPrefixes="listener.{pod_ip},cluster.outbound"))
    required = ["cluster_manager", "listener_manager", "server", "cluster.xds-grpc", "wasm", "component", "istio"]
    assert patterns(made, "prefix") == ["reporter=", "listener.10.1.0.1", "cluster.outbound", *required]
    assert patterns(made, "suffix") == ["a", "b", "rbac.allowed", "rbac.denied", "shadow_allowed", "shadow_denied"]
    assert patterns(made, "safeRegex") == ["x.*", r"vhost\..*\.route\..*"]


def test_tags_buckets_and_intervals(tmp_path: Path) -> None:
    made = rendered(
        tmp_path,
        pod(
            "extraStatTags: [a, b]",
            extraStatTags="b,,c",
            statsHistogramBuckets='{"z": [1, 2.5], "istio": [10]}',
            statsFlushInterval="90s",
            statsEvictionInterval="3m",
        ),
    )
    names = [tag["tagName"] for tag in made["statsConfig"]["statsTags"]]
    assert names[8:13] == ["mongo_prefix", "a", "b", "c", "cache"]
    assert made["statsConfig"]["histogramBucketSettings"] == [
        {"match": {"prefix": "istio"}, "buckets": [10]},
        {"match": {"prefix": "z"}, "buckets": [1, 2.5]},
    ]
    assert (made["statsFlushInterval"], made["statsEvictionInterval"]) == ("90s", "180s")
    bad = rendered(tmp_path, pod(statsHistogramBuckets="{", statsFlushInterval="x", statsEvictionInterval="7s"))
    assert "histogramBucketSettings" not in bad["statsConfig"]
    assert ("statsFlushInterval" in bad, "statsEvictionInterval" in bad) == (False, False)


def test_collectors(tmp_path: Path) -> None:
    config = """
tracing:
  zipkin: {address: "zipkin.observe:9411"}
  tlsSettings: {mode: SIMPLE, caCertificates: /ca.pem, sni: z}
envoyMetricsService: {address: "metrics.observe:9000", tlsSettings: {mode: ISTIO_MUTUAL}}
envoyAccessLogService: {address: "$(HOST_IP):9001", tcpKeepalive: {time: 10s}}
statsdUdpAddress: 10.0.0.9:8125
proxyMetadata: {HOST_IP: 10.0.0.8}
"""
    made = rendered(tmp_path, pod(config))
    clusters = {c["name"]: c for c in made["staticResources"]["clusters"][len(AGENT_CLUSTERS) :]}
    assert list(clusters) == ["zipkin", "envoy_metrics_service", "envoy_accesslog_service"]
    assert clusters["zipkin"]["dnsRefreshRate"] == "30s"
    assert [c["type"] for c in clusters.values()] == ["STRICT_DNS"] * 3
    zipkin = clusters["zipkin"]["transportSocket"]["typedConfig"]
    roots = zipkin["commonTlsContext"]["combinedValidationContext"]["validationContextSdsSecretConfig"]
    assert (roots["name"], zipkin["sni"]) == ("file-root:/ca.pem", "z")
    metrics = clusters["envoy_metrics_service"]["transportSocket"]["typedConfig"]
    assert metrics["commonTlsContext"]["alpnProtocols"] == ["istio", "h2"]
    assert metrics["sni"] == "envoy_metrics_service"
    logs = clusters["envoy_accesslog_service"]
    address = logs["loadAssignment"]["endpoints"][0]["lbEndpoints"][0]["endpoint"]["address"]["socketAddress"]
    assert address == {"address": "10.0.0.8", "portValue": 9001}
    assert logs["upstreamConnectionOptions"] == {"tcpKeepalive": {"keepaliveTime": 10}}
    assert [s["name"] for s in made["statsSinks"]] == ["envoy.stat_sinks.metrics_service", "envoy.stat_sinks.statsd"]
    assert made["tracing"]["http"]["typedConfig"]["collectorCluster"] == "zipkin"


def test_what_the_agents_environment_changes(tmp_path: Path) -> None:
    config = """
proxyMetadata:
  ISTIO_DELTA_XDS: "false"
  METRICS_LOCALHOST_ACCESS_ONLY: "true"
  ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL: "true"
  COMPLIANCE_POLICY: fips-140-2
statsCompression: false
proxyAdminPort: 15999
statusPort: 15888
"""
    made = rendered(tmp_path, pod(config), OUTLIER_LOG_PATH="/log")
    assert made["dynamicResources"]["adsConfig"]["apiType"] == "GRPC"
    prometheus, ready = made["staticResources"]["listeners"]
    assert prometheus["name"] == "127.0.0.1_15090"
    filters = prometheus["filterChains"][0]["filters"][0]["typedConfig"]["httpFilters"]
    assert [f["name"] for f in filters] == ["envoy.filters.http.router"]
    assert ready["listenerFilters"][0]["typedConfig"]["allowRequestsWithoutProxyProtocol"] is True
    layer = made["layeredRuntime"]["layers"][0]["staticLayer"]
    assert layer["envoy.reloadable_features.google_grpc_disable_tls_13"] is True
    assert made["clusterManager"] == {
        "outlierDetection": {"eventLogPath": "/log"},
        "enableDeferredClusterCreation": True,
    }
    ports = [
        c["loadAssignment"]["endpoints"][0]["lbEndpoints"][0]["endpoint"]["address"]["socketAddress"]["portValue"]
        for c in made["staticResources"]["clusters"][:2]
    ]
    assert ports == [15999, 15888]


@pytest.mark.parametrize(
    ("ips", "dual", "listener", "admin", "further"),
    [
        (["fd00::1"], False, "::_15090", "::1", []),
        (["10.1.0.1", "fd00::1"], False, "0.0.0.0_15090", "127.0.0.1", []),
        (["10.1.0.1", "fd00::1"], True, "0.0.0.0_15090", "127.0.0.1", ["::"]),
    ],
)
def test_address_families(
    tmp_path: Path, ips: list[str], dual: bool, listener: str, admin: str, further: list[str]
) -> None:
    manifest = pod()
    manifest["status"] = {"podIP": ips[0], "podIPs": [{"ip": ip} for ip in ips]}
    made = rendered(tmp_path, manifest, dual)
    first = made["staticResources"]["listeners"][0]
    assert first["name"] == listener
    assert made["admin"]["address"]["socketAddress"]["address"] == admin
    assert [a["address"]["socketAddress"]["address"] for a in first.get("additionalAddresses", [])] == further
