"""What of a proxy its outbound listeners depend on, as a value that most proxies of a mesh share."""

from __future__ import annotations

from meshc.ir.node import value
from meshc.lower.addresses import AddressView, address_view
from meshc.model.api import parse_int
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.model.service import UNSPECIFIED
from meshc.scope.proxy import IpMode, Proxy

UNSPECIFIED_IPV6 = "::"
_WILDCARDS = {
    IpMode.IPV4: (UNSPECIFIED,),
    IpMode.IPV6: (UNSPECIFIED_IPV6,),
    IpMode.DUAL: (UNSPECIFIED, UNSPECIFIED_IPV6),
}
_LOOPBACKS = {IpMode.IPV4: ("127.0.0.1",), IpMode.IPV6: ("::1",), IpMode.DUAL: ("127.0.0.1", "::1")}
PRIVILEGED = range(1, 1024)
"""Ports that only a privileged process may bind."""


@value
class ListenerClient:
    """Facts of one proxy. `captures`: traffic is redirected to it (interception is not NONE)."""

    ip_mode: IpMode
    captures: bool
    addresses: AddressView
    reserved_ports: frozenset[int]
    unprivileged: bool
    exact_balance: bool

    @property
    def wildcards(self) -> tuple[str, ...]:
        """The addresses that stand for all addresses, the main one first."""
        return wildcards(self.ip_mode)

    @property
    def loopbacks(self) -> tuple[str, ...]:
        """The addresses of the workload's own network namespace."""
        return _LOOPBACKS[self.ip_mode]

    def can_bind(self, port: int, bind: str, protocol: Protocol, real: bool) -> bool:
        """Whether a listener may have the port (spec: listeners 11).

        `bind` is empty if none is given; `real`: a socket is bound.
        """
        if real and self.unprivileged and port in PRIVILEGED:
            return False
        return not (port in self.reserved_ports and is_everywhere(bind, protocol, self.wildcards[0]))


def listener_client(mesh: Mesh, proxy: Proxy) -> ListenerClient:
    """The facts of one proxy."""
    return ListenerClient(
        ip_mode=proxy.ip_mode,
        captures=captures_traffic(proxy),
        addresses=address_view(mesh, proxy),
        reserved_ports=_reserved_ports(mesh, proxy),
        unprivileged=proxy.flag("UNPRIVILEGED_POD"),
        exact_balance=proxy.flag("OUTBOUND_LISTENER_EXACT_BALANCE"),
    )


def is_everywhere(bind: str, protocol: Protocol, wildcard: str) -> bool:
    """Whether a listener is one on all addresses; one for requests is if it names none (`bind` empty)."""
    return bind == wildcard if bind else protocol.is_http


def wildcards(ip_mode: IpMode) -> tuple[str, ...]:
    """The addresses that stand for all addresses of a proxy, the main one first."""
    return _WILDCARDS[ip_mode]


def captures_traffic(proxy: Proxy) -> bool:
    """Whether traffic is redirected to the proxy; without that, applications have to call its listeners."""
    return proxy.metadata.get("INTERCEPTION_MODE") != "NONE"


def _reserved_ports(mesh: Mesh, proxy: Proxy) -> frozenset[int]:
    own = (str(proxy.metadata.get(key)) for key in ("ENVOY_STATUS_PORT", "ENVOY_PROMETHEUS_PORT"))
    ports = (mesh.config.proxy_listen_port, mesh.config.proxy_inbound_listen_port, *map(parse_int, own))
    return frozenset(port for port in ports if port)
