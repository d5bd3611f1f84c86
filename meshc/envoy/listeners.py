"""Listeners in, `envoy.config.listener.v3.Listener` messages out."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from meshc.envoy.access_logs import access_logs
from meshc.envoy.any import config_metadata, pack
from meshc.envoy.downstream_tls import transport_socket
from meshc.envoy.encode import list_text, to_text, to_text_with
from meshc.envoy.http_connection_manager import settings_text
from meshc.envoy.network_filters import connection_manager_filter, network_filter
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import cidr_range, duration, wrapped
from meshc.ir import listener as ir
from meshc.ir.address import Address
from meshc.ir.http_connection_manager import OF_WORKLOAD, HttpConnectionManager, HttpSettings
from meshc.ir.listener import Inspector
from meshc.ir.network_filter import NetworkFilter

_FILTERS = "envoy.extensions.filters.listener"
_UNIX = "unix://"
_TLS_READ_BUFFER = 512


class ListenerMessages:
    """Makes listeners of one mesh: those of different workloads have most of them in common."""

    def __init__(self) -> None:
        self._pieces: dict[ir.Listener, tuple[bytes, ...]] = {}
        self._settings: dict[HttpSettings, bytes] = {}

    def message(self, node: ir.AnyListener) -> Any:
        """The message of a listener."""
        return listener(node.completed() if isinstance(node, ir.WorkloadListener) else node)

    def json(self, node: ir.AnyListener) -> bytes:
        """Its JSON, put together from that of the template and that of the settings."""
        pieces = self._pieces.get(node.template)
        if pieces is None:
            pieces = self._pieces[node.template] = _around_settings(node.template)
        return self._json_of(node.settings).join(pieces) if isinstance(node, ir.WorkloadListener) else pieces[0]

    def _json_of(self, settings: HttpSettings) -> bytes:
        made = self._settings.get(settings)
        if made is None:
            made = self._settings[settings] = settings_text(settings).encode()
        return made


def listener(node: ir.Listener) -> Any:
    """A listener as `envoy.config.listener.v3.Listener`."""
    made = _without_chains(node)
    made.filter_chains.extend(_filter_chain(chain) for chain in node.chains)
    if node.default_chain is not None:
        made.default_filter_chain.CopyFrom(_filter_chain(node.default_chain))
    return made


def _without_chains(node: ir.Listener) -> Any:
    main, *further = (_address(address, node.quic) for address in node.addresses)
    return message_class("envoy.config.listener.v3.Listener")(
        name=node.name,
        address=main,
        additional_addresses=[{"address": address} for address in further],
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


_GAP = "\0"
"""Stands for the text of settings; never part of JSON, where control characters are escaped."""


def _around_settings(template: ir.Listener) -> tuple[bytes, ...]:
    """The JSON of a template: all of it, or in two pieces if there are settings of a workload to come between them."""
    text = to_text_with(
        _without_chains(template),
        filter_chains=list_text(map(_text_with_gap, template.chains)),
        default_filter_chain="" if template.default_chain is None else _text_with_gap(template.default_chain),
    )
    return tuple(piece.encode() for piece in text.split(_GAP))


@lru_cache(maxsize=4096)
def _text_with_gap(chain: ir.FilterChain) -> str:
    """A chain's JSON text, with a gap in the place of settings of a workload."""
    return to_text_with(_without_filters(chain), filters=list_text(map(_filter_with_gap, chain.filters)))


def _filter_with_gap(node: NetworkFilter) -> str:
    if isinstance(node, HttpConnectionManager) and node.settings is OF_WORKLOAD:
        return connection_manager_filter(node, _GAP)
    return to_text(network_filter(node))


def _address(address: Address, udp: bool) -> dict[str, Any]:
    if not address.port:
        return {"pipe": {"path": address.host.removeprefix(_UNIX)}}
    protocol = "UDP" if udp else "TCP"
    return {"socket_address": {"address": address.host, "port_value": address.port, "protocol": protocol}}


@lru_cache(maxsize=4096)
def _filter_chain(chain: ir.FilterChain) -> Any:
    """A chain; listeners share that of passthrough traffic, and those of services that several scopes see."""
    made = _without_filters(chain)
    made.filters.extend(map(network_filter, chain.filters))
    return made


def _without_filters(chain: ir.FilterChain) -> Any:
    return message_class("envoy.config.listener.v3.FilterChain")(
        name=chain.name,
        filter_chain_match=None if chain.match is None else _match(chain.match),
        transport_socket=None if chain.tls is None else transport_socket(chain.tls),
        transport_socket_connect_timeout=duration(chain.transport_socket_connect_timeout),
        metadata=config_metadata(chain.config),
    )


def _match(match: ir.FilterChainMatch) -> dict[str, Any]:
    return {
        "destination_port": wrapped(match.destination_port or None),
        "prefix_ranges": [cidr_range(prefix) for prefix in match.prefix_ranges],
        "server_names": match.server_names,
        "transport_protocol": match.transport_protocol,
        "application_protocols": match.application_protocols,
    }


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
