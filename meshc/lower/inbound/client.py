"""What of a proxy its inbound listeners depend on, besides its policies and its telemetry."""

from __future__ import annotations

import ipaddress

from meshc.ir.node import value
from meshc.lower.listeners.client import PRIVILEGED, captures_traffic, wildcards
from meshc.lower.tls.downstream import ServerIdentity, server_identity
from meshc.model.api import parse_int
from meshc.model.mesh import Mesh
from meshc.scope.proxy import Proxy

_BROADCAST = "255.255.255.255"


@value
class InboundClient:
    """Facts of one proxy.

    `captures`: traffic is redirected to it, `transparent`: with the address of the client (TPROXY). `wildcards` stand
    for all its addresses, the main one first. `static_ports` are those of listeners in its bootstrap.
    """

    captures: bool
    transparent: bool
    exact_balance: bool
    unprivileged: bool
    wildcards: tuple[str, ...]
    static_ports: frozenset[int]
    identity: ServerIdentity

    def may_bind(self, port: int, *, real: bool) -> bool:
        """Whether a socket (`real`) may be bound to the port."""
        return not (real and self.unprivileged and port in PRIVILEGED)


def inbound_client(proxy: Proxy) -> InboundClient:
    """The facts of one proxy."""
    metadata = proxy.metadata
    static = (parse_int(str(metadata.get(key))) for key in ("ENVOY_STATUS_PORT", "ENVOY_PROMETHEUS_PORT"))
    return InboundClient(
        captures=captures_traffic(proxy),
        transparent=metadata.get("INTERCEPTION_MODE") == "TPROXY",
        exact_balance=proxy.flag("INBOUND_LISTENER_EXACT_BALANCE"),
        unprivileged=proxy.flag("UNPRIVILEGED_POD"),
        wildcards=wildcards(proxy.ip_mode),
        static_ports=frozenset(port for port in static if port),
        identity=server_identity(proxy),
    )


def listened_addresses(mesh: Mesh, binds: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses that one listener takes: further ones only with the flag for dual stack."""
    return binds if mesh.features.istio_dual_stack else binds[:1]


def own_addresses(proxy: Proxy, client: InboundClient) -> tuple[str, ...]:
    """Where the ports that a Sidecar declares are listened on: the proxy's first ordinary address, else everywhere."""
    first = next((ip for ip in proxy.ips if _is_global_unicast(ip)), None)
    return client.wildcards if first is None else (first,)


def _is_global_unicast(ip: str) -> bool:
    """As Go has it: private addresses count."""
    address = ipaddress.ip_address(ip)
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not special and ip != _BROADCAST
