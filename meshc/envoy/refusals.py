"""Listeners and clusters that Envoy refuses: a resource in, the reason out.

A proxy with a control plane goes on with what it has when it refuses a resource; one that starts from a file does not
start at all. Checked is what istiod lets pass: field constraints, chains of a listener that match alike, filters behind
a terminal one, and DNS clusters of a single host without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from meshc.envoy.config import ProxyConfig, Resource, ResourceType
from meshc.envoy.rewrite import packed_type
from meshc.envoy.validate import violations
from meshc.findings import Sink

_NETWORK = "envoy.extensions.filters.network"
_TERMINAL = frozenset(
    f"{_NETWORK}.{name}"
    for name in (
        "http_connection_manager.v3.HttpConnectionManager",
        "redis_proxy.v3.RedisProxy",
        "tcp_proxy.v3.TcpProxy",
    )
)


def without_refused(config: ProxyConfig, sink: Sink) -> ProxyConfig:
    """The configuration without the resources that would keep Envoy from starting."""

    def keep(kind: ResourceType, resource: Resource) -> Resource | None:
        reason = refusal(kind, resource)
        if reason:
            sink.add("MC0707", resource.origin, f"{resource.name} is left out, as Envoy refuses it: {reason}")
        return None if reason else resource

    return config.map(keep)


def refusal(kind: ResourceType, resource: Resource) -> str:
    """Why Envoy refuses a resource; empty if it does not."""
    broken = next(iter(violations(resource.message)), None)
    if broken is not None:
        return str(broken)
    if kind == "listeners":
        return _listener(resource.message)
    return _cluster(resource.message) if kind == "clusters" else ""


def _listener(listener: Any) -> str:
    seen: set[tuple[Any, ...]] = set()
    for chain in listener.filter_chains:
        for key in _matches(chain.filter_chain_match):
            if key in seen:
                return f"filter chain {chain.name} matches what another one matches"
            seen.add(key)
    for chain in (*listener.filter_chains, listener.default_filter_chain):
        if any(packed_type(one.typed_config) in _TERMINAL for one in chain.filters[:-1]):
            return f"filter chain {chain.name} has a filter behind the one that ends it"
    return ""


def _matches(match: Any) -> Iterator[tuple[Any, ...]]:
    """Every combination of single values that a chain matches; chains that share one are ambiguous."""

    def ranges(field: Any) -> list[Any]:
        return [(r.address_prefix, r.prefix_len.value) for r in field] or [""]

    single = (match.destination_port.value, match.transport_protocol, match.source_type)
    several = product(
        ranges(match.prefix_ranges),
        list(match.server_names) or [""],
        list(match.application_protocols) or [""],
        ranges(match.direct_source_prefix_ranges),
        ranges(match.source_prefix_ranges),
        list(match.source_ports) or [""],
    )
    return ((*single, *one) for one in several)


def _cluster(cluster: Any) -> str:
    if cluster.WhichOneof("cluster_discovery_type") == "type" and cluster.type == cluster.LOGICAL_DNS:
        groups = cluster.load_assignment.endpoints
        if len(groups) != 1 or len(groups[0].lb_endpoints) != 1:
            return "a LOGICAL_DNS cluster has exactly one endpoint"
    return ""
