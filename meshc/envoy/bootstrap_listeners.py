"""The two listeners that a bootstrap brings along: statistics and readiness."""

from __future__ import annotations

from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.ir import bootstrap as ir

_HTTP = "envoy.extensions.filters.http"
_HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_COMPRESSORS = (
    ("brotli", "envoy.extensions.compression.brotli.compressor.v3.Brotli"),
    ("zstd", "envoy.extensions.compression.zstd.compressor.v3.Zstd"),
    ("gzip", "envoy.extensions.compression.gzip.compressor.v3.Gzip"),
)
_STATS_TYPES = (
    "text/plain",
    "application/vnd.google.protobuf",
    "application/openmetrics-text",
    "application/openmetrics-protobuf",
)


def static_listeners(node: ir.Bootstrap) -> list[dict[str, Any]]:
    """The listeners for scraping statistics and for the kubelet's readiness probe, as keyword values."""
    family = node.family
    hosts = (
        (family.loopback, family.also_loopback) if node.prometheus_loopback else (family.wildcard, family.also_wildcard)
    )
    compressors = [_compressor(kind, name) for kind, name in _COMPRESSORS] if node.compress_stats else []
    stats = _manager("stats", "/stats/prometheus", "prometheus_stats", compressors)
    agent = _manager("agent", "/healthz/ready", "agent", [])
    ready = _listener(node.ports.readiness, (family.wildcard, family.also_wildcard), agent)
    if node.readiness_proxy_protocol:
        ready["listener_filters"] = [_proxy_protocol()]
    return [_listener(node.ports.prometheus, hosts, stats), ready]


def _listener(port: int, hosts: tuple[str, str], manager: Any) -> dict[str, Any]:
    """A listener on one address, or on one of each family. It takes connections also when the proxy is overloaded."""
    main, further = hosts
    filters = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": pack(manager)}]
    return {
        "name": f"{main}_{port}",
        "address": _address(main, port),
        "additional_addresses": [{"address": _address(further, port)}] if further else [],
        "filter_chains": [{"filters": filters}],
        "ignore_global_conn_limit": True,
        "bypass_overload_manager": True,
    }


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}


def _manager(stat_prefix: str, prefix: str, cluster: str, filters: list[dict[str, Any]]) -> Any:
    router = message_class(f"{_HTTP}.router.v3.Router")()
    route = {"match": {"prefix": prefix}, "route": {"cluster": cluster}}
    return message_class(_HCM)(
        codec_type="AUTO",
        stat_prefix=stat_prefix,
        route_config={"virtual_hosts": [{"name": "backend", "domains": ["*"], "routes": [route]}]},
        http_filters=[*filters, {"name": "envoy.filters.http.router", "typed_config": pack(router)}],
    )


def _compressor(kind: str, library: str) -> dict[str, Any]:
    config = message_class(f"{_HTTP}.compressor.v3.Compressor")(
        response_direction_config={"common_config": {"content_type": _STATS_TYPES}},
        compressor_library={"name": f"stats_{kind}", "typed_config": pack(message_class(library)())},
    )
    return {"name": f"envoy.filters.http.compressor.{kind}", "typed_config": pack(config)}


def _proxy_protocol() -> dict[str, Any]:
    config = message_class("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol")(
        allow_requests_without_proxy_protocol=True
    )
    return {"name": "envoy.listener.proxy_protocol", "typed_config": pack(config)}
