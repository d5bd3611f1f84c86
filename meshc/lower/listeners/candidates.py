"""A service and a place in; the listeners that the service asks for there out (spec: listeners 10 to 13)."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.lower.listeners.client import UNSPECIFIED_IPV6, ListenerClient
from meshc.lower.listeners.http_chains import http_chain
from meshc.lower.listeners.plan import Candidate, ChainPlan, ListenPort
from meshc.lower.listeners.stream_chains import StreamPlace, stream_chains
from meshc.lower.listeners.stream_destinations import StreamView
from meshc.model.api import is_ip
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.protocol import Protocol
from meshc.model.service import UNSPECIFIED, Resolution, Service, ServicePort
from meshc.model.shared import shared
from meshc.scope.proxy import IpMode

_UNIX = "unix://"


@node
class Surroundings:
    """An egress listener without its hosts, for clients of one kind. `port` None: every service's own ports."""

    client: ListenerClient
    bind: str
    capture_mode: str
    port: ListenPort | None

    @property
    def real(self) -> bool:
        """Sockets are bound: nothing is redirected to the listener, or it is no IP address."""
        return not self.client.captures or self.capture_mode == "NONE" or self.bind.startswith(_UNIX)

    @property
    def binds(self) -> tuple[str, ...]:
        """The addresses that are prescribed, whatever the service's; none if each service decides."""
        if self.bind:
            return (self.bind,)
        return self.client.loopbacks if self.real else ()

    def admits(self, port: ListenPort) -> bool:
        """Whether there may be a listener on the port."""
        bind = self.binds[0] if self.binds else ""
        return port.protocol is not Protocol.UDP and self.client.can_bind(port.number, bind, port.protocol, self.real)


@shared
def surroundings(
    mesh: Mesh, client: ListenerClient, bind: str, capture_mode: str, port: ListenPort | None
) -> Surroundings:
    """One object for equal surroundings, so that candidates can be remembered by it."""
    return Surroundings(client, bind, capture_mode, port)


@shared
def candidates(
    mesh: Mesh, around: Surroundings, service: Service, rule: DestinationRule | None, view: StreamView | None
) -> tuple[Candidate, ...]:
    """What a service asks for, all of its ports.

    `rule` is the client's for the service. `view` is None where nothing but the service itself decides about its
    connections: the answer then holds for clients of all namespaces.
    """
    if service.resolution is Resolution.ALIAS:
        return ()
    builder = _Builder(mesh, around, service, rule, view)
    if around.port is not None:
        return tuple(builder.at(around.port))
    return tuple(candidate for port in service.ports for candidate in builder.of_port(port))


@node
class _Place:
    """Where a service listens: the addresses, and the CIDRs for whose sake it listens on all of them."""

    binds: tuple[str, ...]
    cidrs: tuple[str, ...] = ()


@node
class _Builder:
    """Makes the candidates of one service."""

    mesh: Mesh
    around: Surroundings
    service: Service
    rule: DestinationRule | None
    view: StreamView | None

    def of_port(self, own: ServicePort) -> Iterator[Candidate]:
        """The candidates of one of the service's ports."""
        port = ListenPort(number=own.number, protocol=own.protocol, name=own.name)
        if not self._is_headless(port):
            yield from self.at(port)
            return
        endpoints = [e for e in self.mesh.endpoints.of(self.service) if e.is_at(own)]
        if not endpoints and not self.service.is_kubernetes and not self.service.selector:
            yield from self.at(port)
        for endpoint in endpoints:
            if all(map(is_ip, endpoint.addresses)):
                yield from self.at(port, endpoint.addresses)

    def at(self, port: ListenPort, endpoint: tuple[str, ...] = ()) -> Iterator[Candidate]:
        """The candidate of a port, perhaps at the addresses of an endpoint; none where the port is refused."""
        if not self.around.admits(port):
            return
        binds = endpoint or self.around.binds
        place = _Place(binds) if binds else self._own_place(port)
        yield Candidate(
            service=self.service,
            port=port,
            protocol=Protocol.AUTO if self._leaves_rest_to_tcp(port, place) else port.protocol,
            binds=place.binds,
            chains=tuple(self._chains(port, place)),
            real=self.around.real,
            exact_balance=self.around.client.exact_balance,
            endpoint=endpoint[0] if endpoint else "",
        )

    def _is_headless(self, port: ListenPort) -> bool:
        """Connections go to the addresses of endpoints, so these get the listeners (spec: listeners 12)."""
        return (
            not self.around.binds
            and self.service.resolution is Resolution.PASSTHROUGH
            and self.around.client.addresses.vip(self.service) == UNSPECIFIED
            and (port.protocol.is_tcp or port.protocol is Protocol.AUTO)
        )

    def _own_place(self, port: ListenPort) -> _Place:
        """HTTP on all addresses, everything else at the service's own (spec: listeners 13)."""
        wildcards = self.around.client.wildcards
        if port.protocol.is_http:
            return _Place(wildcards)
        addresses = tuple(self._addresses())
        return _Place(wildcards, addresses) if "/" in addresses[0] else _Place(addresses)

    def _addresses(self) -> Iterator[str]:
        """The service's addresses; a ServiceEntry without one stands for all addresses of the proxy's families."""
        client = self.around.client
        vip = client.addresses.vip(self.service)
        anywhere = vip == UNSPECIFIED and not self.service.is_kubernetes
        yield UNSPECIFIED_IPV6 if anywhere and client.ip_mode is IpMode.IPV6 else vip
        yield from client.addresses.extra_addresses(self.service)
        if anywhere and client.ip_mode is IpMode.DUAL:
            yield UNSPECIFIED_IPV6

    def _is_everywhere(self, place: _Place) -> bool:
        return place.binds[0] == self.around.client.wildcards[0]

    def _leaves_rest_to_tcp(self, port: ListenPort, place: _Place) -> bool:
        """HTTP on all addresses takes plaintext HTTP only, so the listener counts as one whose protocol is sniffed."""
        return self._is_everywhere(place) and port.protocol.is_http and port.protocol is not Protocol.HTTP_PROXY

    def _chains(self, port: ListenPort, place: _Place) -> Iterator[ChainPlan]:
        everywhere = self._is_everywhere(place)
        if not port.protocol.is_http:
            vip = next(self._addresses())
            nameless = "/" in vip or (everywhere and vip == place.binds[0])
            at = StreamPlace(service=self.service, rule=self.rule, port=port, cidrs=place.cidrs, by_name=nameless)
            yield from stream_chains(self.mesh, at, self.view)
        if port.protocol.is_http or port.protocol is Protocol.AUTO:
            yield http_chain(self.mesh, self.service, port, place.binds[0], everywhere=everywhere)
