"""Bootstraps in, `envoy.config.bootstrap.v3.Bootstrap` messages out."""

from __future__ import annotations

from typing import Any

from meshc.envoy.any import pack, struct, typed_struct
from meshc.envoy.bootstrap_clusters import dynamic_resources, static_clusters
from meshc.envoy.bootstrap_listeners import static_listeners
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration, wrapped
from meshc.ir import bootstrap as ir

BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap"

_LOG_FORMAT = "%Y-%m-%dT%T.%fZ\t%l\tenvoy %n %g:%#\t%v\tthread=%t"
_TYPES = "type.googleapis.com/"

_TAGS = (
    ("cluster_name", r"^cluster(\.(.+);)"),
    ("http_conn_manager_prefix", r"^http\.(((?:[_.[:digit:]\w]*|[_\[\]aAbBcCdDeEfF[:digit:]\w\:]*));\.)"),
    ("thread_name", r"^server(\.(.+))\.watchdog"),
    ("tcp_prefix", r"^tcp\.((.*?)\.)\w+?$"),
    ("response_code", r"_rq(_(\d{3}))$"),
    ("response_code_class", r"_rq(_(\dxx))$"),
    (
        "http_conn_manager_listener_prefix",
        r"^listener(?=\.).*?\.http\.(((?:[_.[:digit:]]*|[_\[\]aAbBcCdDeEfF[:digit:]]*))\.)",
    ),
    ("listener_address", r"^listener\.(((?:[_.[:digit:]]*|[_\[\]aAbBcCdDeEfF[:digit:]]*))\.)"),
    ("mongo_prefix", r"^mongo\.(.+?)\.(collection|cmd|cx_|op_|delays_|decoding_)(.*?)$"),
)
_TAGS_AFTER_EXTRA = (
    ("cache", r"(cache\.(.+?)\.)"),
    ("component", r"(component\.(.+?)\.)"),
    ("tag", r"(tag\.(.+?);\.)"),
    ("wasm_filter", r"(wasm_filter\.(.+?)\.)"),
    ("authz_enforce_result", r"rbac(\.(allowed|denied))"),
    ("authz_dry_run_action", r"(\.istio_dry_run_(allow|deny)_)"),
    ("authz_dry_run_result", r"(\.shadow_(allowed|denied))"),
)
"""Tags that istio-proxy extracts from the names of statistics; Envoy applies them in this order."""


def bootstrap(node: ir.Bootstrap) -> Any:
    """A bootstrap as `envoy.config.bootstrap.v3.Bootstrap`: the one that the agent writes for istio-proxy."""
    return message_class(BOOTSTRAP)(
        node=_node(node),
        application_log_config={"log_format": {"text_format": _LOG_FORMAT}},
        layered_runtime=_runtime(node),
        bootstrap_extensions=_extensions(node),
        stats_config=_stats_config(node.stats),
        stats_flush_interval=duration(node.stats.flush_interval),
        stats_eviction_interval=duration(node.stats.eviction_interval),
        admin=_admin(node),
        dynamic_resources=dynamic_resources(node),
        static_resources={"clusters": static_clusters(node), "listeners": static_listeners(node)},
        overload_manager=_overload_manager(node.connection_limit),
        tracing=None if node.tracer is None else {"http": _tracer(node, node.tracer)},
        stats_sinks=_stats_sinks(node),
        cluster_manager=_cluster_manager(node),
        deferred_stat_options={"enable_deferred_creation_stats": True},
    )


def _node(node: ir.Bootstrap) -> dict[str, Any]:
    region, zone, subzone = node.locality
    return {
        "id": node.node_id,
        "cluster": node.node_cluster,
        "locality": {"region": region, "zone": zone, "sub_zone": subzone},
        "metadata": struct(node.metadata),
    }


def _runtime(node: ir.Bootstrap) -> dict[str, Any]:
    return {
        "layers": [
            {"name": "global config", "static_layer": struct(node.runtime)},
            {"name": "admin", "admin_layer": {}},
        ]
    }


def _extensions(node: ir.Bootstrap) -> list[dict[str, Any]]:
    internal = typed_struct(
        f"{_TYPES}envoy.extensions.bootstrap.internal_listener.v3.InternalListener", {"buffer_size_kb": 64}
    )
    made = [{"name": "envoy.bootstrap.internal_listener", "typed_config": internal}]
    if node.metadata_discovery and node.delta_xds:
        discovery = typed_struct(f"{_TYPES}istio.workload.BootstrapExtension", {"config_source": {"ads": {}}})
        made.insert(0, {"name": "metadata_discovery", "typed_config": discovery})
    return made


def _stats_config(stats: ir.Stats) -> dict[str, Any]:
    extra = tuple((tag, rf"({tag}=\.=(.*?);\.;)") for tag in stats.extra_tags)
    return {
        "use_all_default_tags": wrapped(False),
        "stats_tags": [{"tag_name": name, "regex": regex} for name, regex in (*_TAGS, *extra, *_TAGS_AFTER_EXTRA)],
        "stats_matcher": {"inclusion_list": {"patterns": [_pattern(pattern) for pattern in stats.keep]}},
        "histogram_bucket_settings": [
            {"match": {"prefix": prefix}, "buckets": bounds} for prefix, bounds in stats.histogram_buckets
        ],
    }


def _pattern(pattern: ir.StatsPattern) -> dict[str, Any]:
    if pattern.kind is ir.PatternKind.REGEX:
        return {"safe_regex": {"regex": pattern.text}}
    return {pattern.kind.value: pattern.text}


def _admin(node: ir.Bootstrap) -> dict[str, Any]:
    log = message_class("envoy.extensions.access_loggers.file.v3.FileAccessLog")(path="/dev/null")
    return {
        "access_log": [{"name": "envoy.access_loggers.file", "typed_config": pack(log)}],
        "profile_path": "/var/lib/istio/data/envoy.prof",
        "address": {"socket_address": {"address": node.family.loopback, "port_value": node.ports.admin}},
    }


def _overload_manager(limit: int) -> dict[str, Any]:
    config = message_class("envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig")(
        max_active_downstream_connections=limit
    )
    name = "envoy.resource_monitors.global_downstream_max_connections"
    return {"resource_monitors": [{"name": name, "typed_config": pack(config)}]}


def _tracer(node: ir.Bootstrap, tracer: ir.Tracer) -> dict[str, Any]:
    """Envoy has no message for lightstep any more, hence the struct."""
    cluster = tracer.collector.name
    match tracer.kind:
        case ir.TracerKind.ZIPKIN:
            config = message_class("envoy.config.trace.v3.ZipkinConfig")(
                collector_cluster=cluster,
                collector_endpoint="/api/v2/spans",
                collector_endpoint_version="HTTP_JSON",
                trace_id_128bit=True,
                shared_span_context=wrapped(False),
            )
        case ir.TracerKind.DATADOG:
            config = message_class("envoy.config.trace.v3.DatadogConfig")(
                collector_cluster=cluster, service_name=node.node_cluster
            )
        case ir.TracerKind.LIGHTSTEP:
            config = message_class("envoy.config.trace.v3.LightstepConfig")(
                collector_cluster=cluster, access_token_file=f"{node.agent.config}/lightstep_access_token.txt"
            )
    return {"name": f"envoy.tracers.{tracer.kind.value}", "typed_config": pack(config)}


def _stats_sinks(node: ir.Bootstrap) -> list[dict[str, Any]]:
    sinks = []
    if node.metrics_service is not None:
        config = message_class("envoy.config.metrics.v3.MetricsServiceConfig")(
            transport_api_version="V3", grpc_service={"envoy_grpc": {"cluster_name": node.metrics_service.name}}
        )
        sinks.append({"name": "envoy.stat_sinks.metrics_service", "typed_config": pack(config)})
    if node.statsd is not None:
        address = {"socket_address": {"address": node.statsd.host, "port_value": node.statsd.port}}
        config = message_class("envoy.config.metrics.v3.StatsdSink")(address=address)
        sinks.append({"name": "envoy.stat_sinks.statsd", "typed_config": pack(config)})
    return sinks


def _cluster_manager(node: ir.Bootstrap) -> dict[str, Any] | None:
    if not node.outlier_log and node.load_reports is None:
        return None
    made: dict[str, Any] = {"enable_deferred_cluster_creation": True}
    if node.outlier_log:
        made["outlier_detection"] = {"event_log_path": node.outlier_log}
    if node.load_reports is not None:
        made["load_stats_config"] = node.load_reports
    return made
