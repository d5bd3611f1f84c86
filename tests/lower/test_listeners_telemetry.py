"""Metrics, access logs and tracing: what Telemetry, default providers and mesh config come to for a workload."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshc.envoy.access_logs import access_log
from meshc.envoy.encode import to_value
from meshc.ir.access_log import AccessLog, FileLog, GrpcLog, LogFormat, OpenTelemetryLog
from meshc.ir.stats import MetricOverride, Stats
from meshc.ir.tracing import OpenTelemetry, TagKind, Tracing, Zipkin
from meshc.lower.http.traffic import Traffic
from meshc.lower.telemetry.access_logs import AccessLogs, access_logs
from meshc.lower.telemetry.stats import METRIC_NAMES, stats_filters
from meshc.model.mesh import Mesh
from tests.lower.listeners import listeners, manager, pod, port
from tests.manifests import manifest, mesh_of, service

PROVIDERS = [
    {"name": "json", "envoyFileAccessLog": {"logFormat": {"labels": {"code": "%RESPONSE_CODE%", "weight": 1}}}},
    {"name": "text", "envoyFileAccessLog": {"path": "/log", "logFormat": {"text": "%REQ_WITHOUT_QUERY(:PATH)%"}}},
    {"name": "als", "envoyTcpAls": {"service": "web.shop.svc.cluster.local", "port": 80}},
    {"name": "otel-log", "envoyOtelAls": {"service": "shop/web.shop.svc.cluster.local", "port": 80}},
    {"name": "gone", "envoyHttpAls": {"service": "gone.example.com", "port": 80}},
    {"name": "zipkin", "zipkin": {"service": "web.shop.svc.cluster.local", "port": 80}},
    {"name": "otel", "opentelemetry": {"service": "web.shop.svc.cluster.local", "port": 80}},
    {"name": "lightstep", "lightstep": {"service": "web.shop.svc.cluster.local", "port": 80}},
    {"name": "second", "prometheus": {}},
]


def telemetry(spec: dict[str, Any], namespace: str = "istio-system", **selector: str) -> dict[str, Any]:
    chosen = {"selector": {"matchLabels": selector}} if selector else {}
    return manifest("Telemetry", f"telemetry-{len(selector)}", {**spec, **chosen}, namespace)


def mesh(*specs: dict[str, Any], **config: Any) -> Mesh:
    """A mesh with one client; the specs are Telemetry for the root namespace, the client's, and the client itself."""
    places: tuple[tuple[str, dict[str, str]], ...] = (("istio-system", {}), ("shop", {}), ("shop", {"app": "client"}))
    found = [telemetry(spec, ns, **labels) for spec, (ns, labels) in zip(specs, places, strict=False) if spec]
    given = {"defaultProviders": {"metrics": ["prometheus"]}, "extensionProviders": PROVIDERS, **config}
    return mesh_of(pod(), service("web"), port("HTTP"), *found, config=given)


def stats(of: Mesh, traffic: Traffic = Traffic.OUTBOUND) -> tuple[Stats, ...]:
    return stats_filters(of, of.telemetry.telemetries("shop", {"app": "client"}, None), traffic)


def metrics(*overrides: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"metrics": [{"overrides": list(overrides), **more}]}


DISABLE_ALL = {"disabled": True}
DISABLE_CLIENT = {"match": {"mode": "CLIENT"}, "disabled": True}


def test_metrics_without_telemetry() -> None:
    assert stats(mesh()) == (Stats(host_fallback=True),)
    assert stats(mesh(), Traffic.INBOUND) == (Stats(host_fallback=False),)
    assert stats(mesh(defaultProviders={})) == ()


def test_a_namespace_brings_metrics_back_only_by_an_override() -> None:
    assert stats(mesh(metrics(DISABLE_ALL), metrics(providers=[{"name": "prometheus"}]))) == ()
    revived = stats(mesh(metrics(DISABLE_ALL), metrics({"match": {"metric": "REQUEST_COUNT"}, "disabled": False})))
    assert revived == (Stats(host_fallback=True, metrics=(MetricOverride(name="requests_total"),)),)


def test_metrics_of_one_side() -> None:
    of = mesh(metrics(DISABLE_CLIENT))
    assert stats(of) == ()
    assert stats(of, Traffic.INBOUND) == (Stats(host_fallback=False),)


def test_overrides_of_all_metrics_stand_in_the_order_of_telemetrys_names() -> None:
    tags = {"path": {"value": "request.path"}, "zone": {"operation": "REMOVE"}}
    (found,) = stats(
        mesh(metrics({"tagOverrides": tags}), metrics({"match": {"customMetric": "own"}, "disabled": True}))
    )
    assert [m.name for m in found.metrics] == [*(METRIC_NAMES[name] for name in sorted(METRIC_NAMES)), "own"]
    assert found.metrics[0] == MetricOverride(
        name="request_messages_total", dimensions=(("path", "request.path"),), tags_to_remove=("zone",)
    )
    assert found.metrics[-1] == MetricOverride(name="own", drop=True)


def test_the_last_providers_named_count_and_entries_for_others_do_not() -> None:
    of = mesh(metrics(DISABLE_ALL), metrics(providers=[{"name": "second"}, {"name": "prometheus"}]), metrics())
    assert stats(of) == (Stats(host_fallback=True),)
    interval = metrics(reportingInterval="5s", providers=[{"name": "second"}])
    assert [s.tcp_reporting_duration for s in stats(mesh(interval, {}, metrics(providers=[{"name": "nobody"}])))] == []


def logs(of: Mesh, traffic: Traffic = Traffic.OUTBOUND) -> AccessLogs:
    return access_logs(of, of.telemetry.telemetries("shop", {"app": "client"}, None), traffic)


def kinds(found: tuple[AccessLog, ...]) -> list[type]:
    return [type(log) for log in found]


def logging(*names: str, **more: Any) -> dict[str, Any]:
    providers = {"providers": [{"name": name} for name in names]} if names else {}
    return {"accessLogging": [{**providers, **more}]}


def test_logs_of_mesh_config() -> None:
    found = logs(mesh(accessLogFile="/dev/stdout", enableEnvoyAccessLogService=True))
    assert kinds(found.http) == kinds(found.tcp) == kinds(found.listener) == [FileLog, GrpcLog]
    groups = (found.http, found.tcp, found.listener)
    names = [log.service.log_name for group in groups for log in group if isinstance(log, GrpcLog)]
    assert names == ["http_envoy_accesslog", "tcp_envoy_accesslog", "listener_envoy_accesslog"]
    assert all(log.filter is not None and log.filter.no_route for log in found.listener)
    assert logs(mesh(accessLogFile="/dev/stdout", disableEnvoyListenerLog=True)).listener == ()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (logging("als", "text"), [GrpcLog, FileLog]),
        (logging("text", "json", "otel-log"), [FileLog, OpenTelemetryLog, FileLog]),
        (logging("text", match={"mode": "SERVER"}), [FileLog]),
        (logging("nobody"), [FileLog]),
        (logging("gone"), [FileLog]),
        (logging("prometheus"), [FileLog]),
        (logging("text", disabled=True), []),
        (logging("text", disabled=True, match={"mode": "SERVER"}), [FileLog]),
    ],
)
def test_telemetry_decides_if_it_yields_any_log(spec: dict[str, Any], expected: list[type]) -> None:
    assert kinds(logs(mesh(spec, accessLogFile="/mesh")).http) == expected


def test_an_entry_without_providers_has_those_before_it_but_no_filter() -> None:
    of = mesh(logging("text"), logging(filter={"expression": "response.code >= 400"}))
    assert [log.filter for log in logs(of).http] == [None]
    filtered = logs(mesh(logging("text", filter={"expression": "true"})))
    assert [(f.filter.cel, f.filter.no_route) for f in filtered.http if f.filter] == [("true", False)]
    assert [(f.filter.cel, f.filter.no_route) for f in filtered.listener if f.filter] == [("true", True)]


def file_format(of: Mesh) -> LogFormat:
    """The format of the first log, which is a file."""
    log = logs(of).http[0]
    assert isinstance(log, FileLog)
    assert log.format is not None
    return log.format


def test_formats() -> None:
    text, default = (file_format(mesh(logging(name), accessLogFormat="%PROTOCOL%")) for name in ("text", "envoy"))
    assert (text.text, text.without_query) == ("%REQ_WITHOUT_QUERY(:PATH)%\n", True)
    assert default.text == "%PROTOCOL%\n"
    labelled = file_format(mesh(logging("json")))
    assert json.loads(labelled.json) == {"code": "%RESPONSE_CODE%", "weight": 1}


@pytest.mark.parametrize(
    ("given", "protocol"), [("no json", "%PROTOCOL%"), ("[]", "%PROTOCOL%"), ("", "%PROTOCOL%"), ("{}", None)]
)
def test_json_that_is_an_object_replaces_istios(given: str, protocol: str | None) -> None:
    found = file_format(mesh(accessLogFile="/f", accessLogEncoding="JSON", accessLogFormat=given))
    assert json.loads(found.json).get("protocol") == protocol


def test_a_provider_without_any_format_leaves_it_to_envoy() -> None:
    provider = {"name": "bare", "envoyFileAccessLog": {"logFormat": {}}}
    (found,) = logs(mesh(logging("bare"), extensionProviders=[provider])).http
    assert isinstance(found, FileLog)
    assert found.format is None
    assert "logFormat" not in to_value(access_log(found))["typedConfig"]


def test_logs_stand_in_the_order_of_their_providers_own_names() -> None:
    providers = [{"name": name, "envoyFileAccessLog": {"path": f"/{name}"}} for name in ("b", "A", "C")]
    found = logs(mesh(logging("B", "a", "c"), extensionProviders=providers)).http
    assert [log.path for log in found if isinstance(log, FileLog)] == ["/A", "/C", "/b"]


def test_an_empty_expression_is_a_filter() -> None:
    (found,) = logs(mesh(logging("text", filter={}))).http
    assert found.filter is not None
    assert found.filter.cel == ""
    assert "extensionFilter" in to_value(access_log(found))["filter"]


def traced(of: Mesh, **metadata: Any) -> Tracing | None:
    return manager(listeners(of, **metadata)["0.0.0.0_5000"]).settings.tracing


def test_tracing_without_a_provider_is_for_propagation() -> None:
    found = traced(mesh())
    assert found is not None
    assert (found.provider, found.random_sampling, len(found.tags)) == (None, 1.0, 9)
    assert traced(mesh(enableTracing=False)) is None


def test_a_telemetry_without_a_usable_provider_switches_tracing_off() -> None:
    for name in ("nobody", "prometheus", "lightstep"):
        assert traced(mesh({"tracing": [{"providers": [{"name": name}]}]})) is None
    assert traced(mesh({"tracing": [{"providers": [{"name": "otel"}], "disableSpanReporting": True}]})) is None


def test_entries_for_one_side_leave_the_other_alone() -> None:
    entries = [
        {"providers": [{"name": "zipkin"}], "randomSamplingPercentage": 10},
        {"match": {"mode": "SERVER"}, "providers": [{"name": "otel"}]},
        {"match": {"mode": "CLIENT"}, "customTags": {"a": {"literal": {"value": "1"}}}, "enableIstioTags": False},
    ]
    found = traced(mesh({"tracing": entries}))
    assert found is not None
    assert isinstance(found.provider, Zipkin)
    assert (found.random_sampling, [tag.tag for tag in found.tags]) == (10, ["a"])


@pytest.mark.parametrize(
    ("version", "uri", "formats"),
    [
        ("1.30.3", "http://web.shop.svc.cluster.local/api/v2/spans", 1),
        ("1.29.0", "http://web.shop.svc.cluster.local/api/v2/spans", 1),
        ("1.28.9", "/api/v2/spans", 0),
        ("unknown", "http://web.shop.svc.cluster.local/api/v2/spans", 1),
    ],
)
def test_older_proxies_get_what_they_understand(version: str, uri: str, formats: int) -> None:
    tags = {"route": {"formatter": {"value": "%ROUTE_NAME%"}}}
    found = traced(mesh({"tracing": [{"providers": [{"name": "zipkin"}], "customTags": tags}]}), ISTIO_VERSION=version)
    assert found is not None and isinstance(found.provider, Zipkin)
    assert found.provider.collector.uri == uri
    assert sum(tag.kind is TagKind.FORMATTER for tag in found.tags) == formats


def test_sampling_that_is_no_percentage() -> None:
    for given, sampled in ((25.5, 25.5), (100.5, 1.0), (0, 1.0)):
        found = traced(mesh(defaultConfig={"tracing": {"sampling": given}}))
        assert found is not None
        assert found.random_sampling == sampled


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"WORKLOAD_NAME": "w"}, "w"),
        ({"WORKLOAD_NAME": "", "NAME": "p"}, "p"),
        ({"ANNOTATIONS": {"resource.opentelemetry.io/service.name": "a"}}, "a"),
        ({"WORKLOAD_NAME": "", "NAME": "", "APP_CONTAINERS": "one"}, "one"),
        ({"WORKLOAD_NAME": "", "NAME": "", "APP_CONTAINERS": "one,two"}, "unknown_service"),
    ],
)
def test_the_name_of_a_workload_by_opentelemetrys_conventions(metadata: dict[str, Any], name: str) -> None:
    service_ref = {"service": "web.shop.svc.cluster.local", "port": 80}
    provider = {
        "name": "conventional",
        "opentelemetry": {**service_ref, "serviceAttributeEnrichment": "OTEL_SEMANTIC_CONVENTIONS"},
    }
    of = mesh(defaultProviders={"tracing": ["conventional"]}, extensionProviders=[provider])
    found = traced(of, **metadata)
    assert found is not None and isinstance(found.provider, OpenTelemetry)
    assert (found.provider.service_name, found.provider.detect_environment) == (name, True)
