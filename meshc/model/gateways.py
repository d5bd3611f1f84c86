"""Servers of gateways: a Gateway resource in, its servers as istiod reads them out (spec: gateways 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshc.findings import Origin
from meshc.model import protocol
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.protocol import Protocol
from meshc.model.shared import shared
from meshc.resources.networking.common import ServerTLSSettings
from meshc.resources.networking.gateway import Gateway
from meshc.resources.networking.gateway import Server as Resource

ANY_HOST = "*"
AUTO_PASSTHROUGH = "AUTO_PASSTHROUGH"
_PASSTHROUGH = ("PASSTHROUGH", AUTO_PASSTHROUGH)


@node
class Server:
    """One server: a port, the hosts exposed on it, and the TLS in front of them.

    `gateway` is the `namespace/name` of its Gateway. `protocol_text` is the protocol as written, by which servers are
    told apart. `hosts` are `host` or `namespace/host`, the latter for VirtualServices of that namespace only.
    """

    gateway: str
    port: int
    port_name: str
    protocol: Protocol
    protocol_text: str
    bind: str
    hosts: tuple[str, ...]
    tls: ServerTLSSettings | None
    name: str
    origin: Origin

    @property
    def is_http(self) -> bool:
        """HTTP in the clear; TLS settings of such a server say nothing but that clients are redirected."""
        return self.protocol.is_http

    @property
    def is_tls(self) -> bool:
        """Connections start with TLS, which the gateway terminates or passes on."""
        return self.tls is not None and not self.is_http

    @property
    def passes_tls_on(self) -> bool:
        """TLS is passed on by SNI, as it is."""
        return self.tls is not None and self.tls.mode in _PASSTHROUGH

    @property
    def terminates_https(self) -> bool:
        """Requests inside of TLS that ends at the gateway."""
        return self.protocol is Protocol.HTTPS and self.tls is not None and not self.passes_tls_on

    @property
    def has_routes(self) -> bool:
        """Requests are routed, not connections."""
        return self.is_http or self.terminates_https

    @property
    def redirects_to_https(self) -> bool:
        """Clients that come without TLS are sent to HTTPS."""
        return self.tls is not None and self.tls.https_redirect

    @property
    def sni_hosts(self) -> tuple[str, ...]:
        """The hosts without their namespaces, sorted; none without TLS settings."""
        return tuple(sorted({host_of(host) for host in self.hosts})) if self.tls is not None else ()

    def route_name(self, port: int) -> str:
        """The name of its routes when it is bound to `port`; empty if it has none (spec: gateways 3.2)."""
        bind = f".{self.bind}" if self.bind else ""
        if self.is_http:
            return f"http.{port}{bind}"
        if self.protocol is Protocol.HTTPS and not self.passes_tls_on:
            namespace, _, name = self.gateway.partition("/")
            return f"https.{self.port}.{self.port_name}.{name}.{namespace}{bind}"
        return ""


def host_of(host: str) -> str:
    """A server's host without the namespace before it."""
    _, slash, name = host.partition("/")
    return name if slash else host


def hosts_for(server: Server, namespace: str) -> Iterator[str]:
    """The hosts that VirtualServices of a namespace may serve, without namespaces."""
    for host in server.hosts:
        owner, slash, name = host.partition("/")
        if not slash:
            yield host
        elif owner == namespace:
            yield name


def gateway_name(gateway: Gateway) -> str:
    """The name that VirtualServices refer to a Gateway by."""
    return f"{gateway.meta.namespace}/{gateway.meta.name}"


@shared
def servers(mesh: Mesh, gateway: Gateway) -> tuple[Server, ...]:
    """The servers of a Gateway that have a port, in its order."""
    made = (_server(gateway, server, index) for index, server in enumerate(gateway.spec.servers))
    return tuple(server for server in made if server is not None)


def _server(gateway: Gateway, server: Resource, index: int) -> Server | None:
    port = server.port
    if port is None:
        return None
    return Server(
        gateway=gateway_name(gateway),
        port=port.number,
        port_name=port.name,
        protocol=protocol.parse(port.protocol),
        protocol_text=port.protocol,
        bind=server.bind,
        hosts=_normalised(server.hosts, gateway.meta.namespace),
        tls=server.tls,
        name=server.name,
        origin=gateway.origin_of(server, f"spec.servers[{index}]"),
    )


def _normalised(hosts: Iterable[str], namespace: str) -> tuple[str, ...]:
    """`./h` is of the Gateway's own namespace, `*/h` of any; with `*/*` nothing else counts (spec: gateways 3.1)."""
    made: list[str] = []
    for host in hosts:
        owner, slash, name = host.partition("/")
        if slash and owner == "*" and name == ANY_HOST:
            return (ANY_HOST,)
        if slash and owner == "*":
            made.append(name)
        else:
            made.append(f"{namespace}/{name}" if slash and owner == "." else host)
    return tuple(made)
