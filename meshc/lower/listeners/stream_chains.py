"""TCP and TLS chains: a service at an address in, the chains that its routes and it itself ask for out.

Rules: spec listeners 15.4 (TLS) and 15.5 (everything else).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meshc.ir.network_filter import SniDynamicForwardProxy
from meshc.lower.listeners.network_filters import protocol_stack
from meshc.lower.listeners.plan import ChainPlan, ListenPort, TcpPlan
from meshc.lower.listeners.stream_destinations import StreamView, routed_proxy, service_proxy
from meshc.lower.names import config_path
from meshc.lower.routes.domains import short_names
from meshc.model.api import L4MatchAttributes, RouteDestination, TCPRoute, TLSMatchAttributes, TLSRoute
from meshc.model.destination_rules import DestinationRule
from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.service import Resolution, Service
from meshc.model.short_names import MESH_GATEWAY
from meshc.model.virtual_services import VirtualService


@node
class StreamPlace:
    """A service port at an address, with the client's rule for the service.

    `cidrs`: the listener stands on all addresses for the sake of these. `by_name`: nothing but the SNI tells the
    service from others on the address.
    """

    service: Service
    rule: DestinationRule | None
    port: ListenPort
    cidrs: tuple[str, ...]
    by_name: bool

    @property
    def resolved_at_run_time(self) -> bool:
        """A wildcard host that a dynamic forward proxy resolves."""
        return self.service.resolution is Resolution.DYNAMIC_DNS and self.service.is_wildcard


def stream_chains(mesh: Mesh, place: StreamPlace, view: StreamView | None) -> Iterator[ChainPlan]:
    """The chains of a service's TCP, TLS or undeclared port. Without a view there are no routes and no aliases."""
    if place.port.protocol.is_tls:
        routed = tuple(_tls_chains(mesh, place, view)) if view is not None else ()
        yield from routed or (_default_tls_chain(mesh, place, view),)
        return
    routed_all = False
    if view is not None:
        for chain in _tcp_chains(mesh, place, view):
            yield chain
            routed_all = routed_all or sorted(chain.cidrs) == sorted(place.cidrs)
    if not routed_all:
        end = _service_end(mesh, place)
        yield ChainPlan(origin=place.service.origin, end=end, cidrs=place.cidrs)


def dns_cache_name(service: Service) -> str:
    """The cache of a dynamic forward proxy; the service's cluster names the same one."""
    return f"{service.hostname}_dfp_dns_cache"


def _tls_chains(mesh: Mesh, place: StreamPlace, view: StreamView) -> Iterator[ChainPlan]:
    """A chain per distinct match; its subnets stay in force for the matches after it, even those of a repetition."""
    seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    cidrs = place.cidrs
    for vs, path, route, match in _tls_matches(view, place.port.number):
        if match.destination_subnets and place.port.number:
            cidrs = match.destination_subnets
        key = match.sni_hosts, match.destination_subnets
        if key not in seen:
            seen.add(key)
            end = _route_end(mesh, place, view, vs, route.route)
            yield ChainPlan(
                origin=vs.origin_of(match, path),
                end=end,
                cidrs=cidrs,
                server_names=match.sni_hosts,
                config=_config_path(vs),
            )


def _tls_matches(view: StreamView, port: int) -> Iterator[tuple[VirtualService, str, TLSRoute, TLSMatchAttributes]]:
    """The matches that hold for this client and port, each with its path and route."""
    for vs in view.virtual_services:
        for index, route in enumerate(vs.tls):
            for position, match in enumerate(route.match):
                if route.route and _holds(view, match, port):
                    yield vs, f"spec.tls[{index}].match[{position}]", route, match


def _default_tls_chain(mesh: Mesh, place: StreamPlace, view: StreamView | None) -> ChainPlan:
    end = _service_end(mesh, place)
    if place.resolved_at_run_time:
        sni_proxy = SniDynamicForwardProxy(dns_cache=dns_cache_name(place.service), port=place.port.number)
        end = replace(end, sni_proxy=sni_proxy, authorized_in=place.service.namespace)
    named = place.cidrs or place.by_name or place.resolved_at_run_time
    names = tuple(_server_names(mesh, place.service, view)) if named else ()
    return ChainPlan(origin=place.service.origin, end=end, cidrs=place.cidrs, server_names=names)


def _server_names(mesh: Mesh, service: Service, view: StreamView | None) -> Iterator[str]:
    """The service's host, and its aliases by all their names."""
    yield service.hostname
    if view is None:
        return
    for alias in service.aliases:
        yield alias.hostname
        if mesh.features.pilot_enable_absolute_fqdn_vhost_domain:
            yield f"{alias.hostname}."
        yield from short_names(alias.hostname, view.dns_domain)


def _tcp_chains(mesh: Mesh, place: StreamPlace, view: StreamView) -> Iterator[ChainPlan]:
    """The first route that asks for no subnets takes the service's traffic and is the last one; others add chains."""
    port = place.port.number
    for vs, path, route in _tcp_routes(view):
        end = _route_end(mesh, place, view, vs, route.route)
        whole = _whole_part(view, port, route, path)
        if whole is not None:
            yield ChainPlan(origin=vs.origin_of(*whole), end=end, cidrs=place.cidrs, config=_config_path(vs))
            return
        subnets = tuple(s for match in route.match if _holds(view, match, port) for s in match.destination_subnets)
        if subnets:
            yield ChainPlan(origin=vs.origin_of(route, path), end=end, cidrs=subnets)


def _tcp_routes(view: StreamView) -> Iterator[tuple[VirtualService, str, TCPRoute]]:
    """The routes that lead somewhere, each with its path."""
    for vs in view.virtual_services:
        for index, route in enumerate(vs.tcp):
            if route.route:
                yield vs, f"spec.tcp[{index}]", route


def _whole_part(
    view: StreamView, port: int, route: TCPRoute, path: str
) -> tuple[TCPRoute | L4MatchAttributes, str] | None:
    """What makes a route take everything, and its path: it has no match, or one that holds without asking for subnets.

    A unix socket knows no subnets.
    """
    if not route.match:
        return route, path
    for position, match in enumerate(route.match):
        if _holds(view, match, port) and not (match.destination_subnets and port):
            return match, f"{path}.match[{position}]"
    return None


def _service_end(mesh: Mesh, place: StreamPlace) -> TcpPlan:
    proxy = service_proxy(mesh, place.service, place.rule, place.port)
    return TcpPlan(filters=protocol_stack(mesh, place.port.protocol, proxy))


def _route_end(
    mesh: Mesh, place: StreamPlace, view: StreamView, vs: VirtualService, routes: tuple[RouteDestination, ...]
) -> TcpPlan:
    proxy = routed_proxy(mesh, view, routes, place.port, f"{vs.name}.{vs.namespace}")
    return TcpPlan(filters=protocol_stack(mesh, place.port.protocol, proxy))


def _config_path(vs: VirtualService) -> str:
    """What istiod notes on a chain that a VirtualService asks for."""
    return config_path("virtual-service", vs.namespace, vs.name)


def _holds(view: StreamView, match: L4MatchAttributes | TLSMatchAttributes, port: int) -> bool:
    """What of a match is known before any connection: gateway, port, and the client's labels and namespace."""
    return (
        (not match.gateways or MESH_GATEWAY in match.gateways)
        and match.port in (0, port)
        and match.source_namespace in ("", view.namespace)
        and selects(match.source_labels, view.labels)
    )
