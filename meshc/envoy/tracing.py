"""Tracing in, the `tracing` of an HTTP connection manager out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration, wrapped
from meshc.ir import tracing as ir

_EXTENSIONS = "envoy.extensions.tracers.opentelemetry"
_RBAC = "envoy.filters.http.rbac"


def tracing(node: ir.Tracing) -> dict[str, Any]:
    """An `HttpConnectionManager.Tracing`, as keyword values."""
    return {
        "client_sampling": {"value": node.client_sampling},
        "random_sampling": {"value": node.random_sampling},
        "overall_sampling": {"value": node.overall_sampling},
        "max_path_tag_length": wrapped(node.max_path_tag_length or None),
        "custom_tags": [{"tag": tag.tag, **_tag(tag)} for tag in node.tags],
        "provider": node.provider and _provider(node.provider),
        "spawn_upstream_span": wrapped(node.spawn_upstream_span or None),
        "no_context_propagation": node.no_context_propagation,
    }


def _tag(tag: ir.SpanTag) -> dict[str, Any]:
    match tag.kind:
        case ir.TagKind.LITERAL:
            return {"literal": {"value": tag.source}}
        case ir.TagKind.ENVIRONMENT:
            return {"environment": {"name": tag.source, "default_value": tag.default}}
        case ir.TagKind.REQUEST_HEADER:
            return {"request_header": {"name": tag.source, "default_value": tag.default}}
        case ir.TagKind.FORMATTER:
            return {"value": tag.source}
        case ir.TagKind.REQUEST_METADATA:
            key = {"key": _RBAC, "path": [{"key": tag.source}]}
            return {"metadata": {"kind": {"request": {}}, "metadata_key": key}}


def _provider(provider: ir.TracingProvider) -> dict[str, Any]:
    name, config = _CONFIGS[type(provider)](provider)
    return {"name": name, "typed_config": pack(config)}


def _zipkin(zipkin: ir.Zipkin) -> tuple[str, Any]:
    collector = zipkin.collector
    if zipkin.legacy_host:
        target: dict[str, Any] = {
            "collector_cluster": collector.cluster,
            "collector_endpoint": collector.uri,
            "collector_hostname": zipkin.legacy_host,
        }
    else:
        target = {"collector_service": _http_service(collector)}
    config = message_class("envoy.config.trace.v3.ZipkinConfig")(
        **target,
        collector_endpoint_version="HTTP_JSON",
        trace_id_128bit=zipkin.trace_id_128bit,
        shared_span_context=wrapped(False),
        trace_context_option="USE_B3_WITH_W3C_PROPAGATION" if zipkin.w3c else "USE_B3",
    )
    return "envoy.tracers.zipkin", config


def _datadog(datadog: ir.Datadog) -> tuple[str, Any]:
    config = message_class("envoy.config.trace.v3.DatadogConfig")(
        collector_cluster=datadog.cluster, collector_hostname=datadog.hostname
    )
    return "envoy.tracers.datadog", config


def _skywalking(skywalking: ir.SkyWalking) -> tuple[str, Any]:
    service = _grpc_service(skywalking.collector)
    return "envoy.tracers.skywalking", message_class("envoy.config.trace.v3.SkyWalkingConfig")(grpc_service=service)


def _open_telemetry(otel: ir.OpenTelemetry) -> tuple[str, Any]:
    if isinstance(otel.collector, ir.HttpCollector):
        collector = {"http_service": _http_service(otel.collector)}
    else:
        collector = {"grpc_service": _grpc_service(otel.collector)}
    config = message_class("envoy.config.trace.v3.OpenTelemetryConfig")(
        **collector,
        service_name=otel.service_name,
        resource_detectors=list(_detectors(otel)),
        sampler=otel.sampler and _sampler(otel.sampler),
    )
    return "envoy.tracers.opentelemetry", config


def _detectors(otel: ir.OpenTelemetry) -> Iterable[dict[str, Any]]:
    kinds = (("environment", otel.detect_environment), ("dynatrace", otel.detect_dynatrace))
    for name, wanted in kinds:
        if wanted:
            kind = f"{_EXTENSIONS}.resource_detectors.v3.{name.capitalize()}ResourceDetectorConfig"
            config = message_class(kind)()
            yield {"name": f"envoy.tracers.opentelemetry.resource_detectors.{name}", "typed_config": pack(config)}


def _sampler(sampler: ir.DynatraceSampler) -> dict[str, Any]:
    config = message_class(f"{_EXTENSIONS}.samplers.v3.DynatraceSamplerConfig")(
        tenant=sampler.tenant,
        cluster_id=sampler.cluster_id,
        root_spans_per_minute=sampler.root_spans_per_minute,
        http_service=_http_service(sampler.settings),
    )
    return {"name": "envoy.tracers.opentelemetry.samplers.dynatrace", "typed_config": pack(config)}


def _http_service(collector: ir.HttpCollector) -> dict[str, Any]:
    uri = {"uri": collector.uri, "cluster": collector.cluster, "timeout": duration(collector.timeout)}
    headers = [
        {"append_action": "OVERWRITE_IF_EXISTS_OR_ADD", "header": {"key": h.name, "value": h.value}}
        for h in collector.headers
    ]
    return {"http_uri": uri, "request_headers_to_add": headers}


def _grpc_service(collector: ir.GrpcCollector) -> dict[str, Any]:
    return {
        "envoy_grpc": {"cluster_name": collector.cluster, "authority": collector.authority},
        "timeout": duration(collector.timeout),
        "initial_metadata": [{"key": h.name, "value": h.value} for h in collector.metadata],
    }


_CONFIGS: dict[type[ir.TracingProvider], Callable[[Any], tuple[str, Any]]] = {
    ir.Zipkin: _zipkin,
    ir.Datadog: _datadog,
    ir.SkyWalking: _skywalking,
    ir.OpenTelemetry: _open_telemetry,
}
"""The name and the configuration of each kind of tracer."""
