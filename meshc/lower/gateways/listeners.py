"""Listeners of gateways: the merged Gateways of a proxy in, a listener per address and port out (spec: gateways 5)."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.ir.address import Address
from meshc.ir.listener import Direction, Inspector, Listener, ListenerFilter
from meshc.lower.gateways.chains import ChainBuilder, GatewayChain
from meshc.lower.gateways.merging import MergedGateway, ServerGroup, merged_gateway
from meshc.lower.gateways.outfit import Outfit, outfit
from meshc.lower.gateways.stream_routes import GatewayView
from meshc.lower.http.traffic import Traffic
from meshc.lower.listeners.virtual_outbound import max_connections
from meshc.lower.notes import Note
from meshc.lower.telemetry.access_logs import access_logs
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.shared import shared
from meshc.scope.scope import ProxyScope
from meshc.scope.sidecar import SelectedRules, SidecarScope


@node
class GatewayListeners:
    """The listeners, and what is missing from them."""

    listeners: tuple[Listener, ...]
    notes: tuple[Note, ...]


def gateway_listeners(scope: ProxyScope) -> GatewayListeners:
    """The listeners of a gateway; the same object for all of its replicas."""
    view = _view(scope.mesh, scope.sidecar, scope.rules)
    return _listeners(scope.mesh, merged_gateway(scope), outfit(scope), view)


@shared
def _view(mesh: Mesh, scope: SidecarScope, rules: SelectedRules) -> GatewayView:
    return GatewayView(scope, rules)


@frozen
class _Socket:
    """What a listener listens on; `binds` with the main address first. `origin` is the first server's."""

    binds: tuple[str, ...]
    port: int
    quic: bool
    origin: Origin

    @property
    def name(self) -> str:
        """The name of the listener."""
        return f"{'udp_' if self.quic else ''}{self.binds[0]}_{self.port}"


@shared
def _listeners(mesh: Mesh, merged: MergedGateway, own: Outfit, view: GatewayView) -> GatewayListeners:
    builder = ChainBuilder(mesh, own, view)
    found: dict[str, tuple[_Socket, list[GatewayChain]]] = {}
    for group in merged.groups:
        if not own.client.may_bind(group.port.number):
            builder.notes.extend(_unprivileged(group))
            continue
        for socket in _sockets(mesh, group, own):
            make = builder.over_quic if socket.quic else builder.of_group
            _, chains = found.setdefault(socket.name, (socket, []))
            chains.extend(make(group, socket.name))
    made = (_listener(mesh, socket, tuple(chains), own) for socket, chains in found.values() if chains)
    return GatewayListeners(tuple(made), tuple(builder.notes))


def _sockets(mesh: Mesh, group: ServerGroup, own: Outfit) -> Iterable[_Socket]:
    """The TCP port of a group, and the same in UDP if some server has HTTP/3."""
    everywhere = own.client.wildcards if mesh.features.istio_dual_stack else own.client.wildcards[:1]
    binds = (group.port.bind,) if group.port.bind else everywhere
    yield _Socket(binds, group.port.number, False, group.first.origin)
    if group.http3:
        yield _Socket(binds, group.port.number, True, group.http3[0].origin)


def _unprivileged(group: ServerGroup) -> Iterable[Note]:
    number = group.port.number
    text = f"has no listener: its pod may not bind port {number}, which only privileged processes can"
    return (Note(code="MC0672", origin=server.origin, message=text) for server in group.servers)


def _listener(mesh: Mesh, socket: _Socket, chains: tuple[GatewayChain, ...], own: Outfit) -> Listener:
    return Listener(
        name=socket.name,
        origin=socket.origin,
        direction=Direction.OUTBOUND,
        addresses=tuple(Address(host=host, port=socket.port) for host in socket.binds),
        chains=tuple(made.chain for made in chains),
        listener_filters=() if socket.quic else tuple(_inspectors(chains, own)),
        exact_balance=own.client.exact_balance and not socket.quic,
        max_connections_per_event=max_connections(mesh),
        access_logs=access_logs(mesh, own.workload.telemetries, Traffic.GATEWAY).listener,
        quic=socket.quic,
    )


def _inspectors(chains: tuple[GatewayChain, ...], own: Outfit) -> Iterable[ListenerFilter]:
    """The load balancer's header comes before everything; TLS is looked at if chains differ by it, or terminate it."""
    if own.client.proxy_protocol:
        yield ListenerFilter(inspector=Inspector.PROXY_PROTOCOL)
    if any(made.named or made.chain.tls is not None for made in chains):
        yield ListenerFilter(inspector=Inspector.TLS)
