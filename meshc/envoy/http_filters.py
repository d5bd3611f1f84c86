"""HTTP filters in, `HttpFilter` messages of a connection manager out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from meshc.envoy.any import pack, typed_struct
from meshc.envoy.ext_authz import http_ext_authz
from meshc.envoy.jwt import jwt_authentication
from meshc.envoy.rbac import http_rbac
from meshc.envoy.schema import message_class
from meshc.envoy.stats import STATS, stats_config
from meshc.ir import http_filter as ir
from meshc.ir.security import ExtAuthz, JwtAuthentication, Rbac
from meshc.ir.stats import Stats

_HCM = "envoy.extensions.filters.network.http_connection_manager.v3"
_FILTERS = "envoy.extensions.filters.http"
_PEER_METADATA = "type.googleapis.com/io.istio.http.peer_metadata.Config"

_ALPN = (
    {"alpn_override": ["istio-http/1.0", "istio", "http/1.0"]},
    {"upstream_protocol": "HTTP11", "alpn_override": ["istio-http/1.1", "istio", "http/1.1"]},
    {"upstream_protocol": "HTTP2", "alpn_override": ["istio-h2", "istio", "h2"]},
)
"""What the ALPN filter offers for each HTTP version; of the first one the version is the enum's zero."""


def http_filter(node: ir.HttpFilter) -> Any:
    """One filter."""
    name, config = _CONFIGS[type(node)](node)
    return message_class(f"{_HCM}.HttpFilter")(name=name, typed_config=config)


def dns_cache(name: str) -> dict[str, Any]:
    """The `dns_cache_config` of a dynamic forward proxy, as keyword values."""
    return {"name": name, "dns_lookup_family": "V4_ONLY"}


def _peer_metadata(node: ir.PeerMetadata) -> tuple[str, Any]:
    headers = {"skip_external_clusters": True} if node.skip_external else {}
    config: dict[str, Any] = {
        f"{node.peer.value}_discovery": [{"istio_headers": {}}, {"workload_discovery": {}}],
        f"{node.peer.value}_propagation": [{"istio_headers": headers}],
    }
    if node.additional_labels:
        config["additional_labels"] = list(node.additional_labels)
    return "istio.metadata_exchange", typed_struct(_PEER_METADATA, config)


def _grpc_stats(node: ir.GrpcStats) -> tuple[str, Any]:
    config = message_class(f"{_FILTERS}.grpc_stats.v3.FilterConfig")(
        emit_filter_state=True, stats_for_all_methods={"value": False}
    )
    return "envoy.filters.http.grpc_stats", pack(config)


def _alpn(node: ir.AlpnOverride) -> tuple[str, Any]:
    config = message_class("istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig")(alpn_override=_ALPN)
    return "istio.alpn", pack(config)


def _stats(node: Stats) -> tuple[str, Any]:
    return STATS, stats_config(node)


def _forward_proxy(node: ir.DynamicForwardProxy) -> tuple[str, Any]:
    kind = f"{_FILTERS}.dynamic_forward_proxy.v3.FilterConfig"
    config = message_class(kind)(dns_cache_config=dns_cache(node.dns_cache))
    return "envoy.filters.http.dynamic_forward_proxy", pack(config)


def _router(node: ir.Router) -> tuple[str, Any]:
    config = message_class(f"{_FILTERS}.router.v3.Router")(suppress_envoy_headers=node.suppress_envoy_headers)
    return "envoy.filters.http.router", pack(config)


def _plain(name: str, kind: str) -> Callable[[ir.HttpFilter], tuple[str, Any]]:
    """The configuration of a filter without settings."""
    return lambda _: (f"envoy.filters.http.{name}", pack(message_class(f"{_FILTERS}.{name}.v3.{kind}")()))


_CONFIGS: dict[type[ir.HttpFilter], Callable[[Any], tuple[str, Any]]] = {
    ir.PeerMetadata: _peer_metadata,
    Rbac: http_rbac,
    ExtAuthz: http_ext_authz,
    JwtAuthentication: jwt_authentication,
    ir.GrpcWeb: _plain("grpc_web", "GrpcWeb"),
    ir.GrpcStats: _grpc_stats,
    ir.AlpnOverride: _alpn,
    ir.Fault: _plain("fault", "HTTPFault"),
    ir.Cors: _plain("cors", "Cors"),
    Stats: _stats,
    ir.StatefulSession: _plain("stateful_session", "StatefulSession"),
    ir.DynamicForwardProxy: _forward_proxy,
    ir.Router: _router,
}
"""The name and the packed configuration of each kind of filter."""
