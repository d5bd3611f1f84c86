"""Listeners in, `envoy.config.listener.v3.Listener` messages out."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from meshc.envoy.access_logs import access_logs
from meshc.envoy.any import pack, struct
from meshc.envoy.downstream_tls import transport_socket
from meshc.envoy.network_filters import network_filter
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration, wrapped
from meshc.ir import listener as ir
from meshc.ir.address import Address
from meshc.ir.listener import Inspector

_FILTERS = "envoy.extensions.filters.listener"
_UNIX = "unix://"
_TLS_READ_BUFFER = 512


def listener(node: ir.Listener) -> Any:
    """A listener as `envoy.config.listener.v3.Listener`."""
    main, *further = (_address(address, node.quic) for address in node.addresses)
    return message_class("envoy.config.listener.v3.Listener")(
        name=node.name,
        address=main,
        additional_addresses=[{"address": address} for address in further],
        filter_chains=[_filter_chain(chain) for chain in node.chains],
        default_filter_chain=node.default_chain and _filter_chain(node.default_chain),
        listener_filters=[_listener_filter(f) for f in node.listener_filters],
        listener_filters_timeout=duration(node.filters_timeout),
        continue_on_listener_filters_timeout=node.continue_on_filters_timeout,
        traffic_direction=node.direction.value,
        bind_to_port=wrapped(node.bind_to_port),
        use_original_dst=wrapped(node.use_original_dst or None),
        transparent=wrapped(node.transparent or None),
        connection_balance_config={"exact_balance": {}} if node.exact_balance else None,
        max_connections_to_accept_per_socket_event=wrapped(node.max_connections_per_event),
        access_log=access_logs(node.access_logs),
        udp_listener_config={"quic_options": {}, "downstream_socket_config": {}} if node.quic else None,
    )


def _address(address: Address, udp: bool) -> dict[str, Any]:
    if not address.port:
        return {"pipe": {"path": address.host.removeprefix(_UNIX)}}
    protocol = "UDP" if udp else "TCP"
    return {"socket_address": {"address": address.host, "port_value": address.port, "protocol": protocol}}


@lru_cache(maxsize=4096)
def _filter_chain(chain: ir.FilterChain) -> Any:
    """A chain; listeners share that of passthrough traffic, and those of services that several scopes see."""
    return message_class("envoy.config.listener.v3.FilterChain")(
        name=chain.name,
        filter_chain_match=None if chain.match is None else _match(chain.match),
        filters=[network_filter(f) for f in chain.filters],
        transport_socket=None if chain.tls is None else transport_socket(chain.tls),
        transport_socket_connect_timeout=duration(chain.transport_socket_connect_timeout),
        metadata=_metadata(chain.config) if chain.config else None,
    )


def _match(match: ir.FilterChainMatch) -> dict[str, Any]:
    return {
        "destination_port": wrapped(match.destination_port or None),
        "prefix_ranges": [
            {"address_prefix": r.address, "prefix_len": {"value": r.length}} for r in match.prefix_ranges
        ],
        "server_names": match.server_names,
        "transport_protocol": match.transport_protocol,
        "application_protocols": match.application_protocols,
    }


def _metadata(config: str) -> dict[str, Any]:
    """Where the chain comes from, as istiod notes it."""
    return {"filter_metadata": {"istio": struct({"config": config})}}


def _listener_filter(node: ir.ListenerFilter) -> dict[str, Any]:
    return {
        "name": f"envoy.filters.listener.{node.inspector.value}",
        "typed_config": _inspector(node.inspector),
        "filter_disabled": _disabled(node) if node.ports else None,
    }


@cache
def _inspector(inspector: Inspector) -> Any:
    kind, settings = _INSPECTORS[inspector]
    return pack(message_class(f"{_FILTERS}.{inspector.value}.v3.{kind}")(**settings))


def _disabled(node: ir.ListenerFilter) -> dict[str, Any]:
    """The connections for which the filter is not run."""
    ranges = [{"destination_port_range": {"start": port, "end": port + 1}} for port in node.ports]
    matched = ranges[0] if len(ranges) == 1 else {"or_match": {"rules": ranges}}
    return {"not_match": matched} if node.only else matched


_INSPECTORS: dict[Inspector, tuple[str, dict[str, Any]]] = {
    Inspector.ORIGINAL_DST: ("OriginalDst", {}),
    Inspector.ORIGINAL_SRC: ("OriginalSrc", {"mark": 1337}),
    Inspector.TLS: ("TlsInspector", {"initial_read_buffer_size": {"value": _TLS_READ_BUFFER}}),
    Inspector.HTTP: ("HttpInspector", {}),
    Inspector.PROXY_PROTOCOL: ("ProxyProtocol", {}),
}
"""The type of each listener filter, with its settings; the mark of replies is the one that iptables rules look for."""
