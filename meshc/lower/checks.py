"""Checks of what is lowered: a mesh, and a proxy with its configuration, in; what of the input has no effect out."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.findings import Sink
from meshc.ir.listener import AnyListener
from meshc.ir.network_filter import TcpProxy
from meshc.ir.proxy import ProxyIR
from meshc.lower.clusters.checks import check_clusters
from meshc.lower.clusters.destination_rule_checks import check_destination_rules
from meshc.lower.gateways.checks import check_servers, gateway_notes
from meshc.lower.inbound.inbound_listeners import inbound_notes
from meshc.lower.listeners.checks import check_listeners, check_reserved_ports, check_stream_routes
from meshc.lower.notes import Note
from meshc.lower.routes.checks import check_routes, check_virtual_services
from meshc.lower.security.filters import security_notes
from meshc.lower.telemetry.checks import check_telemetry
from meshc.lower.tls.checks import secret_notes
from meshc.model.mesh import Mesh
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope

MESH_CHECKS = (
    check_virtual_services,
    check_stream_routes,
    check_reserved_ports,
    check_destination_rules,
    check_telemetry,
    check_servers,
)


def check_mesh(mesh: Mesh, sink: Sink) -> None:
    """What has no effect for any proxy."""
    for check in MESH_CHECKS:
        check(mesh, sink)


def check_proxy(scope: ProxyScope, made: ProxyIR, sink: Sink) -> None:
    """What has no effect for this proxy, whose configuration is `made`."""
    check_routes(made.routes, sink)
    check_listeners(made.listeners, sink)
    _check_names(made.listeners, sink)
    check_clusters(scope, sink)
    for note in (*_notes(scope, made), *secret_notes(made, scope.proxy.namespace)):
        note.report(sink)


def _check_names(listeners: Iterable[AnyListener], sink: Sink) -> None:
    """A Sidecar's own port that services have too, without interception to tell the directions apart."""
    first: dict[str, AnyListener] = {}
    for listener in listeners:
        other = first.setdefault(listener.name, listener)
        if other is not listener:
            text = f"listener {listener.name} is also that of {other.origin}: Envoy refuses the second one of a name"
            sink.add("MC0643", listener.origin, text)


def _notes(scope: ProxyScope, made: ProxyIR) -> tuple[Note, ...]:
    if scope.proxy.kind is ProxyKind.SIDECAR:
        return inbound_notes(scope)
    return (*gateway_notes(scope, made), *security_notes(scope, tcp=_forwards_tcp(made)))


def _forwards_tcp(made: ProxyIR) -> bool:
    filters = (f for listener in made.listeners for chain in listener.chains for f in chain.filters)
    return any(isinstance(f, TcpProxy) for f in filters)
