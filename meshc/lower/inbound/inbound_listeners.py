"""Listeners for traffic that arrives at a workload: the scope of a sidecar in, listeners out (spec: inbound 3)."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.findings import Origin
from meshc.ir.address import Address
from meshc.ir.listener import Direction, FilterChain, Inspector, Listener, ListenerFilter
from meshc.lower.http.traffic import Traffic
from meshc.lower.http.workload_facts import workload_facts
from meshc.lower.inbound.chains import (
    InboundOutfit,
    black_hole_chain,
    inbound_outfit,
    passthrough_chains,
    port_chains,
)
from meshc.lower.inbound.client import InboundClient, inbound_client, listened_addresses
from meshc.lower.inbound.inspectors import inspectors
from meshc.lower.inbound.ports import InboundPort, inbound_ports, served_ports
from meshc.lower.listeners.virtual_outbound import max_connections
from meshc.lower.notes import Note
from meshc.lower.security.filters import http_security, network_security, security_notes
from meshc.lower.telemetry.access_logs import access_logs
from meshc.model.mesh import Mesh
from meshc.model.policies import PeerPolicy
from meshc.model.shared import shared
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope

_ORIGINAL_DST = ListenerFilter(inspector=Inspector.ORIGINAL_DST)
_ORIGINAL_SRC = ListenerFilter(inspector=Inspector.ORIGINAL_SRC)


def inbound_listeners(scope: ProxyScope) -> tuple[Listener, ...]:
    """The listener that redirected traffic arrives at, then those of ports whose sockets the proxy binds itself."""
    mesh = scope.mesh
    if scope.proxy.kind is ProxyKind.ROUTER or mesh.config.proxy_listen_port <= 0:
        return ()
    client = inbound_client(scope.proxy)
    ports, _ = inbound_ports(scope, client)
    outfit = inbound_outfit(mesh, workload_facts(scope), http_security(scope), network_security(scope), client.identity)
    real = tuple(_bound(mesh, port, scope.peer, client.exact_balance, outfit) for port in ports if port.real)
    if not client.captures:
        return real
    redirected = tuple(port for port in ports if not port.real)
    return (_virtual_inbound(mesh, redirected, _loose_ports(scope), scope.peer, client, outfit), *real)


def inbound_notes(scope: ProxyScope) -> tuple[Note, ...]:
    """What is lost between the declarations about a sidecar's own traffic and its listeners."""
    if scope.proxy.kind is ProxyKind.ROUTER:
        return ()
    ports, notes = inbound_ports(scope, inbound_client(scope.proxy))
    tcp = any(not port.protocol.is_http for port in ports)
    return (*notes, *_service_port_notes(scope), *security_notes(scope, tcp=tcp))


def _loose_ports(scope: ProxyScope) -> tuple[int, ...]:
    """The ports that have a mode of their own but are not served by anything that is known."""
    served = served_ports(scope)
    return tuple(port for port in sorted(scope.peer.ports) if port not in served)


def _service_port_notes(scope: ProxyScope) -> Iterator[Note]:
    """Modes for the number of a Service's port, where the workload has another one."""
    for port in _loose_ports(scope):
        target = next((t for t in scope.targets if t.port.number == port), None)
        if target is not None:
            message = (
                f"portLevelMtls is for port {port} of the workload, and that of {target.service.hostname} leads to "
                f"its port {target.target_port}"
            )
            yield Note(code="MC0663", origin=scope.peer.origin, message=message)


@shared
def _virtual_inbound(
    mesh: Mesh,
    ports: tuple[InboundPort, ...],
    loose: tuple[int, ...],
    peer: PeerPolicy,
    client: InboundClient,
    outfit: InboundOutfit,
) -> Listener:
    """The listener; `loose` ports get chains that pass on what arrives, in modes of their own."""
    chains = (
        black_hole_chain(mesh, outfit),
        *passthrough_chains(mesh, 0, peer.at(0), peer.origin, outfit),
        *(c for port in loose for c in passthrough_chains(mesh, port, peer.at(port), peer.origin, outfit)),
        *(c for port in ports for c in port_chains(mesh, port, peer.at(port.number), outfit)),
    )
    source = (_ORIGINAL_SRC,) if client.transparent else ()
    return Listener(
        name="virtualInbound",
        origin=Origin(),
        direction=Direction.INBOUND,
        addresses=_addresses(mesh, client.wildcards, mesh.config.proxy_inbound_listen_port),
        chains=chains,
        listener_filters=(_ORIGINAL_DST, *source, *inspectors(chains)),
        filters_timeout=mesh.config.protocol_detection_timeout or 0,
        continue_on_filters_timeout=True,
        transparent=client.transparent,
        exact_balance=client.exact_balance,
        max_connections_per_event=max_connections(mesh),
        access_logs=access_logs(mesh, outfit.workload.telemetries, Traffic.INBOUND).listener,
    )


@shared
def _bound(mesh: Mesh, port: InboundPort, peer: PeerPolicy, exact_balance: bool, outfit: InboundOutfit) -> Listener:
    """The listener of one port, which clients connect to themselves."""
    chains: tuple[FilterChain, ...] = port_chains(mesh, port, peer.at(port.number), outfit)
    return Listener(
        name=port.name,
        origin=port.origin,
        direction=Direction.INBOUND,
        addresses=_addresses(mesh, port.binds, port.number),
        chains=chains,
        listener_filters=inspectors(chains),
        filters_timeout=mesh.config.protocol_detection_timeout or 0,
        continue_on_filters_timeout=True,
        exact_balance=exact_balance,
        max_connections_per_event=max_connections(mesh),
        access_logs=access_logs(mesh, outfit.workload.telemetries, Traffic.INBOUND).listener,
    )


def _addresses(mesh: Mesh, binds: tuple[str, ...], port: int) -> tuple[Address, ...]:
    return tuple(Address(host=host, port=port) for host in listened_addresses(mesh, binds))
