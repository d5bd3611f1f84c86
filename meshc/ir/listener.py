"""Listeners: sockets, real or virtual, and the filter chains that a connection is matched to."""

from __future__ import annotations

import enum
from dataclasses import replace
from typing import TYPE_CHECKING

from meshc.findings import Origin
from meshc.ir.access_log import AccessLog
from meshc.ir.address import Address, PrefixRange
from meshc.ir.duration import Duration
from meshc.ir.http_connection_manager import OF_WORKLOAD, HttpConnectionManager, HttpSettings
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.node import node, value

if TYPE_CHECKING:
    from meshc.ir.security import DownstreamTls


class Direction(enum.Enum):
    """Traffic that a listener takes, seen from the workload."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


@value
class FilterChainMatch:
    """What a connection must look like; an empty field matches everything, `destination_port` 0 every port."""

    destination_port: int = 0
    prefix_ranges: tuple[PrefixRange, ...] = ()
    server_names: tuple[str, ...] = ()
    transport_protocol: str = ""
    application_protocols: tuple[str, ...] = ()


@node
class FilterChain:
    """Filters for the connections that `match`; a match of None is left out, an empty one is written.

    `config` is the API path of the VirtualService the chain comes from, empty otherwise. `tls` terminates TLS.
    """

    origin: Origin
    filters: tuple[NetworkFilter, ...]
    match: FilterChainMatch | None = None
    name: str = ""
    config: str = ""
    tls: DownstreamTls | None = None
    transport_socket_connect_timeout: Duration | None = None


class Inspector(enum.Enum):
    """Listener filters: what looks at a connection before a filter chain is chosen."""

    ORIGINAL_DST = "original_dst"
    ORIGINAL_SRC = "original_src"
    TLS = "tls_inspector"
    HTTP = "http_inspector"
    PROXY_PROTOCOL = "proxy_protocol"


@value
class ListenerFilter:
    """A listener filter. It is skipped for connections to `ports`; `only`: it is run for those alone."""

    inspector: Inspector
    ports: tuple[int, ...] = ()
    only: bool = False


@value
class Shadow:
    """A filter chain that lost: `loser` asked for the address of a listener that `winner` already had."""

    winner: Origin
    loser: Origin
    reason: str


@node
class Listener:
    """One listener. `addresses`: the main one first. `default_chain` takes what no other chain matches.

    `quic`: HTTP/3 over UDP. None means "not set": `bind_to_port`, `filters_timeout`, `max_connections_per_event`.
    `shadowed` records chains that are missing because of others; it does not reach Envoy.
    """

    name: str
    origin: Origin
    addresses: tuple[Address, ...]
    direction: Direction
    chains: tuple[FilterChain, ...]
    default_chain: FilterChain | None = None
    listener_filters: tuple[ListenerFilter, ...] = ()
    filters_timeout: Duration | None = None
    continue_on_filters_timeout: bool = False
    bind_to_port: bool | None = None
    use_original_dst: bool = False
    transparent: bool = False
    exact_balance: bool = False
    max_connections_per_event: int | None = None
    access_logs: tuple[AccessLog, ...] = ()
    shadowed: tuple[Shadow, ...] = ()
    quic: bool = False

    @property
    def template(self) -> Listener:
        """What does not depend on settings of a workload: all of it."""
        return self


@node
class WorkloadListener:
    """A listener that workloads have in common but for the `settings` of its connection manager, one workload's.

    In `template` these are `OF_WORKLOAD`.
    """

    template: Listener
    settings: HttpSettings

    @property
    def name(self) -> str:
        """The template's name."""
        return self.template.name

    @property
    def origin(self) -> Origin:
        """The template's origin."""
        return self.template.origin

    @property
    def chains(self) -> tuple[FilterChain, ...]:
        """The template's chains."""
        return self.template.chains

    @property
    def default_chain(self) -> FilterChain | None:
        """The template's default chain."""
        return self.template.default_chain

    @property
    def shadowed(self) -> tuple[Shadow, ...]:
        """What is missing in the template."""
        return self.template.shadowed

    def completed(self) -> Listener:
        """The listener with the settings in it."""
        default = self.default_chain
        return replace(
            self.template,
            chains=tuple(map(self._completed, self.chains)),
            default_chain=None if default is None else self._completed(default),
        )

    def _completed(self, chain: FilterChain) -> FilterChain:
        return replace(chain, filters=tuple(map(self._with_settings, chain.filters)))

    def _with_settings(self, network_filter: NetworkFilter) -> NetworkFilter:
        if isinstance(network_filter, HttpConnectionManager) and network_filter.settings is OF_WORKLOAD:
            return replace(network_filter, settings=self.settings)
        return network_filter


AnyListener = Listener | WorkloadListener
"""A listener of a proxy."""
