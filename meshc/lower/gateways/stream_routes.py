"""A server of connections in; out the routes of VirtualServices that its connections take (spec: gateways 7)."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.findings import Origin
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.node import value
from meshc.lower.gateways.hosts import bound_rules, overlaps
from meshc.lower.listeners.network_filters import protocol_stack
from meshc.lower.listeners.plan import ListenPort
from meshc.lower.listeners.stream_destinations import StreamView, routed_proxy
from meshc.model.api import L4MatchAttributes, RouteDestination, TLSMatchAttributes
from meshc.model.gateways import Server
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.virtual_services import VirtualService
from meshc.scope.sidecar import SelectedRules, SidecarScope

_PARENTS_ANNOTATION = "internal.istio.io/parents"
_TLS_ROUTE = "TLSRoute/"


@node
class GatewayView:
    """What the gateways of a namespace see, and the DestinationRules that are in force for some of them."""

    scope: SidecarScope
    rules: SelectedRules


@value
class StreamRoute:
    """Where connections go; `filters` lack access logs and idle timeouts. `sni_hosts`: those with these names."""

    origin: Origin
    filters: tuple[NetworkFilter, ...]
    sni_hosts: tuple[str, ...] = ()


def tcp_route(mesh: Mesh, server: Server, view: GatewayView) -> StreamRoute | None:
    """The first route for the server's port, whatever else it asks for; the others are not looked at."""
    for rules in _rules_of(mesh, server, view):
        for origin, route in (*_tcp_routes(server, rules), *_tls_routes_for_tcp(server, rules)):
            return StreamRoute(origin=origin, filters=_filters(mesh, server, view, rules, route))
    return None


def tls_routes(mesh: Mesh, server: Server, view: GatewayView) -> Iterator[StreamRoute]:
    """Every match of a TLS route for the server's port, with its names as they are written."""
    for rules in _rules_of(mesh, server, view):
        for origin, route, match in _tls_routes(server, rules):
            filters = _filters(mesh, server, view, rules, route)
            yield StreamRoute(origin=origin, filters=filters, sni_hosts=match.sni_hosts)


def _rules_of(mesh: Mesh, server: Server, view: GatewayView) -> Iterator[VirtualService]:
    """The VirtualServices with routes of connections that have a host in common with the server."""
    for rules in bound_rules(mesh, view.scope.namespace, server.gateway).of(server):
        if (rules.tcp or rules.tls) and overlaps(server, rules):
            yield rules


Found = tuple[Origin, tuple[RouteDestination, ...]]


def _tcp_routes(server: Server, rules: VirtualService) -> Iterator[Found]:
    for index, route in enumerate(rules.tcp):
        if route.route and (not route.match or any(_holds(match, server) for match in route.match)):
            yield rules.origin_of(route, f"spec.tcp[{index}]"), route.route


def _tls_routes_for_tcp(server: Server, rules: VirtualService) -> Iterator[Found]:
    """TLS routes of Gateway API, whose names are not looked at where the gateway terminates TLS."""
    if rules.resource.meta.annotations.get(_PARENTS_ANNOTATION, "").startswith(_TLS_ROUTE):
        for origin, route, _ in _tls_routes(server, rules):
            yield origin, route


def _tls_routes(
    server: Server, rules: VirtualService
) -> Iterator[tuple[Origin, tuple[RouteDestination, ...], TLSMatchAttributes]]:
    for index, route in enumerate(rules.tls):
        for position, match in enumerate(route.match):
            if route.route and _holds(match, server):
                yield rules.origin_of(match, f"spec.tls[{index}].match[{position}]"), route.route, match


def _holds(match: L4MatchAttributes | TLSMatchAttributes, server: Server) -> bool:
    """Of a match only port and gateways count (spec: gateways 7.3)."""
    return match.port in (0, server.port) and (not match.gateways or server.gateway in match.gateways)


def _filters(
    mesh: Mesh, server: Server, view: GatewayView, rules: VirtualService, route: tuple[RouteDestination, ...]
) -> tuple[NetworkFilter, ...]:
    seen = StreamView(
        services=view.scope.by_host,
        rules=view.rules.outbound,
        namespace="",
        labels={},
        dns_domain="",
        virtual_services=(),
    )
    port = ListenPort(number=server.port, protocol=server.protocol, name=server.port_name)
    proxy = routed_proxy(mesh, seen, route, port, f"{rules.name}.{rules.namespace}")
    return protocol_stack(mesh, server.protocol, proxy)
