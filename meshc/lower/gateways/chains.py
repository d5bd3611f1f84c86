"""Servers that share a port in, their filter chains out (spec: gateways 5.3 to 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.ir.http_connection_manager import HttpConnectionManager
from meshc.ir.listener import FilterChain, FilterChainMatch
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.security import DownstreamTls
from meshc.lower.gateways.merging import ServerGroup
from meshc.lower.gateways.outfit import Outfit, gateway_settings
from meshc.lower.gateways.passthrough import mesh_routes
from meshc.lower.gateways.stream_routes import GatewayView, StreamRoute, tcp_route, tls_routes
from meshc.lower.gateways.tls import quic_tls, terminated_tls
from meshc.lower.inbound.shapes import Alpn
from meshc.lower.listeners.network_filters import peer_exchange
from meshc.lower.notes import Note
from meshc.model.gateways import ANY_HOST, AUTO_PASSTHROUGH, Server
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol, parse


@frozen
class GatewayChain:
    """A chain. `named`: it is chosen by SNI, even if it takes every name and so has no match."""

    chain: FilterChain
    named: bool


@dataclass(slots=True)
class ChainBuilder:
    """Makes the chains of all ports of a gateway. `names` are the SNIs that TLS is passed on by, with their owners."""

    mesh: Mesh
    own: Outfit
    view: GatewayView
    names: dict[tuple[int, str], tuple[str, Origin]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def of_group(self, group: ServerGroup, listener: str) -> tuple[GatewayChain, ...]:
        """The chains of servers over TCP, on the listener of that name."""
        if group.first.is_http:
            return (self._clear_http(group, listener),)
        return tuple(chain for server in group.servers for chain in self._of_server(group, server, listener))

    def over_quic(self, group: ServerGroup, listener: str) -> tuple[GatewayChain, ...]:
        """The chains of servers in HTTP/3."""
        identity = self.own.client.identity
        return tuple(
            self._https(group, server, listener, quic_tls(self.mesh, server.tls, identity), True)
            for server in group.http3
            if server.tls is not None
        )

    def _of_server(self, group: ServerGroup, server: Server, listener: str) -> tuple[GatewayChain, ...]:
        if server.tls is not None and server.terminates_https:
            tls = terminated_tls(self.mesh, server, server.tls, self.own.client.identity)
            return (self._https(group, server, listener, tls, False),)
        made = tuple(self._passed_on(group, server) if server.passes_tls_on else self._connections(server))
        if not made:
            reason = f"no VirtualService of {server.gateway} has a route left for it"
            text = f"has no chain on port {group.port.number}: {reason}"
            self.notes.append(Note(code="MC0673", origin=server.origin, message=text))
        return made

    def _clear_http(self, group: ServerGroup, listener: str) -> GatewayChain:
        """One chain for all servers; only the first one's protocol counts."""
        settings = gateway_settings(self.mesh, self.own, parse(group.port.protocol) is Protocol.GRPC_WEB, False)
        manager = HttpConnectionManager(stat_prefix=_statistics(listener), routes=group.route_name, settings=settings)
        return self._chain(group.first.origin, (manager,))

    def _https(
        self, group: ServerGroup, server: Server, listener: str, tls: DownstreamTls, http3: bool
    ) -> GatewayChain:
        manager = HttpConnectionManager(
            stat_prefix=server.name or _statistics(listener),
            routes=server.route_name(group.port.number),
            settings=gateway_settings(self.mesh, self.own, False, http3),
        )
        return self._chain(server.origin, (manager,), server.sni_hosts, tls=tls)

    def _connections(self, server: Server) -> Iterator[GatewayChain]:
        """Connections in the clear, or inside of TLS that ends here."""
        route = tcp_route(self.mesh, server, self.view)
        if route is None:
            return
        filters, settings = self._authorized(route), server.tls
        if settings is None:
            yield self._chain(route.origin, filters)
            return
        if settings.mode == "ISTIO_MUTUAL":
            filters = (*peer_exchange(self.mesh), *filters)
        tls = terminated_tls(self.mesh, server, settings, self.own.client.identity)
        yield self._chain(route.origin, filters, server.sni_hosts, tls=tls)

    def _passed_on(self, group: ServerGroup, server: Server) -> Iterator[GatewayChain]:
        """TLS that is not looked into; that of the mesh reaches services whatever the gateway's policies say."""
        if server.tls is not None and server.tls.mode == AUTO_PASSTHROUGH:
            for route in mesh_routes(self.mesh, server, self.view):
                filters = (*self.own.tcp.stats, *self.own.tcp.complete(route.filters))
                yield self._chain(route.origin, filters, route.sni_hosts, alpn=Alpn.MESH.names(self.mesh))
            return
        for route in tls_routes(self.mesh, server, self.view):
            if self._claim_names(group, server, route):
                yield self._chain(route.origin, self._authorized(route), route.sni_hosts)

    def _authorized(self, route: StreamRoute) -> tuple[NetworkFilter, ...]:
        asked, tcp = self.own.authorization, self.own.tcp
        return (*asked.custom, *asked.rbac, *tcp.stats, *tcp.complete(route.filters))

    def _claim_names(self, group: ServerGroup, server: Server, route: StreamRoute) -> bool:
        """Of matches with one SNI on a port and address the first counts; names of servers that end TLS do not."""
        for name in route.sni_hosts:
            known = self.names.get((group.port.number, name))
            if known is not None and known[0] == server.bind:
                if known[1] != route.origin:
                    text = f"has no effect on port {group.port.number} of {server.gateway}: {known[1]} has {name} there"
                    self.notes.append(Note(code="MC0674", origin=route.origin, message=text))
                return False
        self.names.update({(group.port.number, name): (server.bind, route.origin) for name in route.sni_hosts})
        return True

    def _chain(
        self,
        origin: Origin,
        filters: tuple[NetworkFilter, ...],
        sni_hosts: tuple[str, ...] = (),
        *,
        alpn: tuple[str, ...] = (),
        tls: DownstreamTls | None = None,
    ) -> GatewayChain:
        """A chain; with `*` among its names it takes every connection."""
        names = () if ANY_HOST in sni_hosts else tuple(sorted(sni_hosts))
        chain = FilterChain(
            origin=origin,
            filters=filters,
            match=FilterChainMatch(server_names=names, application_protocols=alpn) if names or alpn else None,
            tls=tls,
            transport_socket_connect_timeout=self.mesh.features.pilot_gateway_transport_socket_connect_timeout or None,
        )
        return GatewayChain(chain, named=bool(sni_hosts))


def _statistics(listener: str) -> str:
    return f"outbound_{listener};".lower()
