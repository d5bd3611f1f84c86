"""Clusters in, `envoy.config.cluster.v3.Cluster` messages out."""

from __future__ import annotations

from functools import cache
from typing import Any

from meshc.envoy.any import pack, struct, typed_struct
from meshc.envoy.endpoints import assignment
from meshc.envoy.http_options import HTTP_OPTIONS, http_options
from meshc.envoy.schema import message_class
from meshc.envoy.upstream_tls import transport_sockets
from meshc.envoy.wrappers import duration, wrapped
from meshc.ir import cluster as ir

_ADS = {"ads": {}, "initial_fetch_timeout": {}, "resource_api_version": "V3"}


def cluster(node: ir.Cluster) -> Any:
    """A cluster as `envoy.config.cluster.v3.Cluster`."""
    return message_class("envoy.config.cluster.v3.Cluster")(
        name=node.name,
        alt_stat_name=node.stat_name,
        connect_timeout=duration(node.connect_timeout),
        cleanup_interval=duration(node.cleanup_interval),
        lb_policy=node.lb_policy.value,
        circuit_breakers=node.circuit_breaker and {"thresholds": [_thresholds(node.circuit_breaker)]},
        common_lb_config=node.common_lb and _common_lb(node.common_lb),
        outlier_detection=node.outlier_detection and _outlier_detection(node.outlier_detection),
        upstream_connection_options=node.keepalive and {"tcp_keepalive": _keepalive(node.keepalive)},
        upstream_bind_config=node.source_address and _bind_config(node.source_address),
        typed_extension_protocol_options={HTTP_OPTIONS: http_options(node.http)} if node.http else None,
        load_assignment=node.endpoints and assignment(node.endpoints),
        metadata=node.metadata and {"filter_metadata": {"istio": _metadata(node.metadata)}},
        filters=[_metadata_exchange(node.metadata_exchange)] if node.metadata_exchange else None,
        **_discovery(node),
        **(_lb_settings(node.lb_settings) if node.lb_settings else {}),
        **(transport_sockets(node.transport) if node.transport else {}),
    )


def _discovery(node: ir.Cluster) -> dict[str, Any]:
    if node.forward_proxy is not None:
        return {"cluster_type": _forward_proxy(node.forward_proxy)}
    fields: dict[str, Any] = {"type": node.discovery.value}
    if node.discovery is ir.Discovery.EDS:
        fields["eds_cluster_config"] = {"service_name": node.name, "eds_config": _ADS}
    if node.dns is not None:
        fields.update(_dns(node.dns))
    return fields


def _dns(dns: ir.Dns) -> dict[str, Any]:
    return {
        "dns_lookup_family": dns.family.value,
        "dns_refresh_rate": duration(dns.refresh_rate),
        "dns_jitter": duration(dns.jitter),
        "respect_dns_ttl": True,
        "typed_dns_resolver_config": _resolver(dns.udp_max_queries),
    }


@cache
def _resolver(udp_max_queries: int) -> dict[str, Any]:
    resolver = message_class("envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig")
    return {
        "name": "envoy.network.dns_resolver.cares",
        "typed_config": pack(resolver(udp_max_queries=wrapped(udp_max_queries))),
    }


def _forward_proxy(proxy: ir.DynamicForwardProxy) -> dict[str, Any]:
    config = message_class("envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig")(
        dns_cache_config={"name": proxy.cache, "dns_lookup_family": proxy.family.value},
        allow_insecure_cluster_options=proxy.allow_insecure,
    )
    return {"name": "envoy.clusters.dynamic_forward_proxy", "typed_config": pack(config)}


def _lb_settings(settings: ir.LbSettings) -> dict[str, Any]:
    match settings:
        case ir.LeastRequest():
            return {"least_request_lb_config": {"slow_start_config": _slow_start(settings.slow_start)}}
        case ir.RoundRobin():
            return {"round_robin_lb_config": {"slow_start_config": _slow_start(settings.slow_start)}}
        case ir.RingHash():
            return {"ring_hash_lb_config": {"minimum_ring_size": wrapped(settings.minimum_ring_size)}}
        case ir.Maglev():
            return {"maglev_lb_config": {"table_size": wrapped(settings.table_size)}}
        case ir.OriginalDestination():
            return {"original_dst_lb_config": {"upstream_port_override": wrapped(settings.port_override)}}


def _slow_start(start: ir.SlowStart) -> dict[str, Any]:
    fields: dict[str, Any] = {"slow_start_window": duration(start.window)}
    if start.aggression is not None:
        fields["aggression"] = {"default_value": start.aggression, "runtime_key": "("}
    if start.min_weight_percent is not None:
        fields["min_weight_percent"] = {"value": start.min_weight_percent}
    return fields


def _common_lb(common: ir.CommonLb) -> dict[str, Any]:
    fields: dict[str, Any] = {"healthy_panic_threshold": wrapped(common.panic_threshold)}
    if common.override_host_statuses:
        fields["override_host_status"] = {"statuses": [status.value for status in common.override_host_statuses]}
    if common.locality_weighted:
        fields["locality_weighted_lb_config"] = {}
    return fields


def _thresholds(breaker: ir.CircuitBreaker) -> dict[str, Any]:
    budget = breaker.retry_budget
    return {
        "max_connections": wrapped(breaker.max_connections),
        "max_pending_requests": wrapped(breaker.max_pending_requests),
        "max_requests": wrapped(breaker.max_requests),
        "max_retries": wrapped(breaker.max_retries),
        "track_remaining": breaker.track_remaining,
        "retry_budget": budget
        and {"budget_percent": {"value": budget.percent}, "min_retry_concurrency": wrapped(budget.min_concurrency)},
    }


def _outlier_detection(detection: ir.OutlierDetection) -> dict[str, Any]:
    """Success rates never eject; a counter of consecutive failures ejects always, or never if it is 0."""
    split = detection.split_local_origin
    local = detection.consecutive_local_origin_failure
    return {
        "enforcing_success_rate": wrapped(0),
        "consecutive_5xx": wrapped(detection.consecutive_5xx),
        "enforcing_consecutive_5xx": _enforcing(detection.consecutive_5xx),
        "consecutive_gateway_failure": wrapped(detection.consecutive_gateway_failure),
        "enforcing_consecutive_gateway_failure": _enforcing(detection.consecutive_gateway_failure),
        "interval": duration(detection.interval),
        "base_ejection_time": duration(detection.base_ejection_time),
        "max_ejection_percent": wrapped(detection.max_ejection_percent),
        "split_external_local_origin_errors": split,
        "enforcing_local_origin_success_rate": wrapped(0 if split else None),
        "consecutive_local_origin_failure": wrapped(local),
        "enforcing_consecutive_local_origin_failure": _enforcing(local),
    }


def _enforcing(count: int | None) -> dict[str, Any] | None:
    return None if count is None else wrapped(100 if count else 0)


def _keepalive(keepalive: ir.TcpKeepalive) -> dict[str, Any]:
    return {
        "keepalive_probes": wrapped(keepalive.probes),
        "keepalive_time": wrapped(keepalive.time),
        "keepalive_interval": wrapped(keepalive.interval),
    }


def _bind_config(source: ir.SourceAddress) -> dict[str, Any]:
    """Any port of the given addresses."""
    return {
        "source_address": {"address": source.address, "port_value": 0},
        "extra_source_addresses": [{"address": {"address": extra, "port_value": 0}} for extra in source.extra],
    }


def _metadata(metadata: ir.ClusterMetadata) -> Any:
    fields: dict[str, Any] = {}
    if metadata.services:
        fields["services"] = [{"host": s.host, "name": s.name, "namespace": s.namespace} for s in metadata.services]
    if metadata.external:
        fields["external"] = True
    if metadata.config:
        fields["config"] = metadata.config
    if metadata.subset:
        fields["subset"] = metadata.subset
    if metadata.no_alpn_override:
        fields["alpn_override"] = "false"
    return struct(fields)


@cache
def _metadata_exchange(exchange: ir.MetadataExchange) -> dict[str, Any]:
    value: dict[str, Any] = {"protocol": "istio-peer-exchange", "enable_discovery": True}
    if exchange.additional_labels:
        value["additional_labels"] = list(exchange.additional_labels)
    url = "type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange"
    return {"name": "istio.metadata_exchange", "typed_config": typed_struct(url, value)}
