"""Servers of all Gateways of a proxy in; out who shares a port with whom, and who loses to whom (spec: gateways 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.lower.notes import Note
from meshc.model import protocol
from meshc.model.gateways import AUTO_PASSTHROUGH, Server
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.shared import shared
from meshc.scope.gateways import BoundServer, bound_servers
from meshc.scope.scope import ProxyScope

Bound = tuple[BoundServer, ...]


@frozen
class ServerPort:
    """What servers are merged by: the port that is bound, the protocol as written and the bind address."""

    number: int
    protocol: str
    bind: str


@node
class ServerGroup:
    """The servers of one port, protocol and bind address; together they make chains of one listener.

    Servers in clear HTTP share one chain, with the protocol of the first. `http3` are those that are served over QUIC
    as well.
    """

    port: ServerPort
    servers: tuple[Server, ...]
    http3: tuple[Server, ...]

    @property
    def first(self) -> Server:
        """The server that came first."""
        return self.servers[0]

    @property
    def route_name(self) -> str:
        """The routes of servers in clear HTTP."""
        return self.first.route_name(self.port.number)


@node
class MergedGateway:
    """All Gateways of a proxy as one. `by_route` are the servers whose hosts are found in the routes of a name.

    `http3_routes` advertise HTTP/3. `passes_mesh_tls_on`: mutual TLS of the mesh goes to any service by its SNI.
    """

    groups: tuple[ServerGroup, ...]
    by_route: Mapping[str, tuple[Server, ...]]
    http3_routes: frozenset[str]
    passes_mesh_tls_on: bool
    notes: tuple[Note, ...]


def merged_gateway(scope: ProxyScope) -> MergedGateway:
    """The Gateways of a proxy; one object for all replicas of a gateway."""
    return _merge(scope.mesh, bound_servers(scope.mesh, scope.proxy, scope.targets))


@shared
def _merge(mesh: Mesh, bound: Bound) -> MergedGateway:
    merger = _Merger(mesh.features.pilot_enable_quic_listeners)
    for one in bound:
        merger.add(one)
    return merger.finish()


Entries = list[BoundServer]


@dataclass(slots=True)
class _Merger:
    """Servers as they come. `plaintext` is the latest group of a port whose connections do not start with TLS.

    `tls_hosts` are the hosts that servers with TLS settings have on a port, each with its latest owner.
    """

    quic: bool
    ports: set[int] = field(default_factory=set)
    plaintext: dict[int, ServerPort] = field(default_factory=dict)
    groups: dict[ServerPort, Entries] = field(default_factory=dict)
    by_route: dict[str, Entries] = field(default_factory=dict)
    tls_hosts: dict[tuple[int, str], BoundServer] = field(default_factory=dict)
    passes_mesh_tls_on: bool = False
    notes: list[Note] = field(default_factory=list)

    def add(self, one: BoundServer) -> None:
        """Take a server in, or note what it lost to."""
        server = one.server
        if server.tls is not None and not self._claim_hosts(one):
            return
        key = ServerPort(one.port, server.protocol_text, server.bind)
        plain = self.plaintext.get(one.port)
        if one.port not in self.ports:
            self.ports.add(one.port)
            self._open(key, one)
        elif plain is not None and plain.bind == server.bind:
            self._join(plain, one)
        elif plain is not None:
            self._on_other_address(key, one)
        else:
            self._beside_tls(key, one)

    def finish(self) -> MergedGateway:
        """Everything that was taken in."""
        return MergedGateway(
            groups=tuple(self._group(key, entries) for key, entries in self.groups.items()),
            by_route={name: _servers(entries) for name, entries in self.by_route.items()},
            http3_routes=frozenset(
                name for name, entries in self.by_route.items() if any(self._has_http3(one) for one in entries)
            ),
            passes_mesh_tls_on=self.passes_mesh_tls_on,
            notes=tuple(self.notes),
        )

    def _group(self, key: ServerPort, entries: Entries) -> ServerGroup:
        return ServerGroup(key, _servers(entries), _servers(one for one in entries if self._has_http3(one)))

    def _has_http3(self, one: BoundServer) -> bool:
        return self.quic and one.udp and one.server.terminates_https

    def _claim_hosts(self, one: BoundServer) -> bool:
        """Connections could not be told apart by SNI if two servers had the same host; the whole server is left out."""
        server = one.server
        for host in server.hosts:
            owner = self.tls_hosts.get((one.port, host))
            if owner is not None and owner.server.bind == server.bind:
                self._reject("MC0671", one, owner.server.origin, f"has host {host} there")
                return False
        self.tls_hosts.update(dict.fromkeys(((one.port, host) for host in server.hosts), one))
        self.passes_mesh_tls_on |= server.tls is not None and server.tls.mode == AUTO_PASSTHROUGH
        return True

    def _open(self, key: ServerPort, one: BoundServer) -> None:
        """Start a group, and the routes that its servers share."""
        if not one.server.is_tls:
            self.plaintext[one.port] = key
        self.groups[key] = [one]
        if one.server.has_routes:
            self.by_route[one.server.route_name(one.port)] = [one]

    def _join(self, plain: ServerPort, one: BoundServer) -> None:
        """On the address of clear text there is room for HTTP only, and only beside HTTP."""
        server = one.server
        if not (server.is_http and protocol.parse(plain.protocol).is_http):
            winner = self.groups[plain][0].server
            self._reject("MC0670", one, winner.origin, f"serves {plain.protocol} there")
            return
        self.groups[plain].append(one)
        self.by_route[server.route_name(one.port)].append(one)

    def _on_other_address(self, key: ServerPort, one: BoundServer) -> None:
        if key not in self.groups:
            self._open(key, one)
            return
        self.groups[key].append(one)
        if one.server.has_routes:
            self.by_route.setdefault(one.server.route_name(one.port), []).append(one)

    def _beside_tls(self, key: ServerPort, one: BoundServer) -> None:
        """SNI tells TLS servers of a port apart, so that there is room for any number, and for one in the clear."""
        server = one.server
        if not server.is_tls:
            self._open(key, one)
            return
        if server.terminates_https:
            route = server.route_name(one.port)
            if route in self.by_route:
                winner = self.by_route[route][0].server
                self._reject("MC0670", one, winner.origin, f"has the port name {server.port_name} already")
                return
            self.by_route[route] = [one]
        self.groups.setdefault(key, []).append(one)

    def _reject(self, code: str, one: BoundServer, winner: Origin, reason: str) -> None:
        text = f"is not served on port {one.port}: {winner} {reason}"
        self.notes.append(Note(code=code, origin=one.server.origin, message=text))


def _servers(entries: Iterable[BoundServer]) -> tuple[Server, ...]:
    return tuple(one.server for one in entries)
