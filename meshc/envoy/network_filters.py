"""Network filters in, `envoy.config.listener.v3.Filter` messages out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from meshc.envoy.access_logs import access_logs
from meshc.envoy.any import pack, typed_struct
from meshc.envoy.encode import to_text_with
from meshc.envoy.ext_authz import network_ext_authz
from meshc.envoy.http_connection_manager import connection_manager, connection_manager_text
from meshc.envoy.http_filters import dns_cache
from meshc.envoy.rbac import network_rbac
from meshc.envoy.schema import message_class
from meshc.envoy.stats import STATS, stats_config
from meshc.envoy.wrappers import duration
from meshc.ir import network_filter as ir
from meshc.ir.http_connection_manager import HttpConnectionManager
from meshc.ir.security import NetworkExtAuthz, Rbac
from meshc.ir.stats import Stats

_FILTERS = "envoy.extensions.filters.network"
_CONNECTION_MANAGER = "envoy.filters.network.http_connection_manager"
_PEER_EXCHANGE = "type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange"


def network_filter(node: ir.NetworkFilter) -> Any:
    """One filter."""
    name, config = _CONFIGS[type(node)](node)
    return message_class("envoy.config.listener.v3.Filter")(name=name, typed_config=config)


def connection_manager_filter(node: HttpConnectionManager, settings: str) -> str:
    """The JSON text of a connection manager as a filter, with another text for that of its settings."""
    named = message_class("envoy.config.listener.v3.Filter")(name=_CONNECTION_MANAGER)
    return to_text_with(named, typed_config=connection_manager_text(node, settings))


def _tcp_proxy(node: ir.TcpProxy) -> tuple[str, Any]:
    clusters = [{"name": w.cluster, "weight": w.weight} for w in node.weighted]
    fields: dict[str, Any] = {"weighted_clusters": {"clusters": clusters}} if clusters else {"cluster": node.cluster}
    if node.hash_source_ip:
        fields["hash_policy"] = [{"source_ip": {}}]
    if node.tunnel is not None:
        fields["tunneling_config"] = {"hostname": node.tunnel.hostname, "use_post": node.tunnel.use_post}
    config = message_class(f"{_FILTERS}.tcp_proxy.v3.TcpProxy")(
        **fields,
        stat_prefix=node.stat_prefix,
        idle_timeout=duration(node.idle_timeout),
        max_downstream_connection_duration=duration(node.max_connection_duration),
        access_log=access_logs(node.access_logs),
    )
    return "envoy.filters.network.tcp_proxy", pack(config)


def _mongo_proxy(node: ir.MongoProxy) -> tuple[str, Any]:
    config = message_class(f"{_FILTERS}.mongo_proxy.v3.MongoProxy")(stat_prefix=node.stat_prefix)
    return "envoy.filters.network.mongo_proxy", pack(config)


def _mysql_proxy(node: ir.MySqlProxy) -> tuple[str, Any]:
    config = message_class(f"{_FILTERS}.mysql_proxy.v3.MySQLProxy")(stat_prefix=node.stat_prefix)
    return "envoy.filters.network.mysql_proxy", pack(config)


def _redis_proxy(node: ir.RedisProxy) -> tuple[str, Any]:
    config = message_class(f"{_FILTERS}.redis_proxy.v3.RedisProxy")(
        stat_prefix=node.stat_prefix,
        settings={"op_timeout": duration(node.op_timeout)},
        latency_in_micros=True,
        prefix_routes={"catch_all_route": {"cluster": node.cluster}},
    )
    return "envoy.filters.network.redis_proxy", pack(config)


def _sni_forward_proxy(node: ir.SniDynamicForwardProxy) -> tuple[str, Any]:
    config = message_class(f"{_FILTERS}.sni_dynamic_forward_proxy.v3.FilterConfig")(
        dns_cache_config=dns_cache(node.dns_cache), port_value=node.port
    )
    return "envoy.extensions.filters.network.sni_dynamic_forward_proxy", pack(config)


def _peer_exchange(node: ir.PeerExchange) -> tuple[str, Any]:
    config: dict[str, Any] = {"protocol": "istio-peer-exchange", "enable_discovery": True}
    if node.additional_labels:
        config["additional_labels"] = list(node.additional_labels)
    return "istio.metadata_exchange", typed_struct(_PEER_EXCHANGE, config)


def _stats(node: Stats) -> tuple[str, Any]:
    return STATS, stats_config(node)


def _connection_manager(node: HttpConnectionManager) -> tuple[str, Any]:
    return _CONNECTION_MANAGER, connection_manager(node)


_CONFIGS: dict[type[ir.NetworkFilter], Callable[[Any], tuple[str, Any]]] = {
    HttpConnectionManager: _connection_manager,
    ir.TcpProxy: _tcp_proxy,
    ir.MongoProxy: _mongo_proxy,
    ir.MySqlProxy: _mysql_proxy,
    ir.RedisProxy: _redis_proxy,
    ir.SniDynamicForwardProxy: _sni_forward_proxy,
    ir.PeerExchange: _peer_exchange,
    Rbac: network_rbac,
    NetworkExtAuthz: network_ext_authz,
    Stats: _stats,
}
"""The name and the packed configuration of each kind of filter."""
