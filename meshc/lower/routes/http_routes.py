"""A VirtualService and a listener in, the routes of its hosts there out (spec: routes 9 to 12).

Sidecars and gateways share this: what differs between them comes in as facts and as the look-up of destinations.
"""

from __future__ import annotations

from collections.abc import Iterator

from meshc.findings import Origin
from meshc.ir.node import node, value
from meshc.ir.route import Route, RouteLoss, RouteNote
from meshc.ir.route_action import Action, Forward
from meshc.ir.route_match import MatchKind, RouteMatch, StringMatch
from meshc.lower.names import config_path
from meshc.lower.routes.action import Upstreams, direct_response, forward, receiving, redirect, upstream_of
from meshc.lower.routes.destinations import Lookup, Upstream, destinations, upstream
from meshc.lower.routes.facts import RouteFacts
from meshc.lower.routes.fault_cors import cors_policy, fault_injection
from meshc.lower.routes.headers import header_changes
from meshc.lower.routes.match import applies, is_conditional, route_match
from meshc.lower.routes.sessions import session_of_route
from meshc.model.api import HTTPMatchRequest, HTTPRoute
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.model.virtual_services import RouteSemantics, VirtualService


@node
class RouteList:
    """The routes of a VirtualService on one listener, in order, and what of it is missing there."""

    routes: tuple[Route, ...] = ()
    notes: tuple[RouteNote, ...] = ()


def http_routes(mesh: Mesh, service: VirtualService, facts: RouteFacts, lookup: Lookup) -> RouteList:
    """The routes; empty if the VirtualService has none for this listener and proxy."""
    upstreams = tuple(upstream(mesh, destination, lookup) for destination in destinations(service.http))
    return _route_list(mesh, service, _relevant(mesh, service, facts), upstreams)


@value
class _Needs:
    """The facts that the matches and routes of a VirtualService ask for."""

    labels: frozenset[str]
    namespace: bool
    forwarded_host: bool


@shared
def _needs(mesh: Mesh, service: VirtualService) -> _Needs:
    matches = [match for route in service.http for match in route.match]
    return _Needs(
        labels=frozenset(key for match in matches for key in match.source_labels),
        namespace=any(match.source_namespace for match in matches),
        forwarded_host=any(route.rewrite is not None for route in service.http),
    )


def source_label_keys(mesh: Mesh, service: VirtualService) -> frozenset[str]:
    """The labels of a proxy that the HTTP matches of the VirtualService ask for."""
    return _needs(mesh, service).labels


@shared
def _relevant(mesh: Mesh, service: VirtualService, facts: RouteFacts) -> RouteFacts:
    """The facts without those that make no difference to this VirtualService."""
    needs = _needs(mesh, service)
    return RouteFacts(
        port=facts.port,
        gateways=facts.gateways,
        namespace=facts.namespace if needs.namespace else "",
        labels=tuple(label for label in facts.labels if label[0] in needs.labels),
        append_forwarded_host=facts.append_forwarded_host and needs.forwarded_host,
        tls=facts.tls,
    )


@shared
def _route_list(mesh: Mesh, service: VirtualService, facts: RouteFacts, reached: tuple[Upstream, ...]) -> RouteList:
    """Routes up to the first that takes everything; later ones can never be reached and are left out by istiod.

    That is worth a note unless the first takes everything of some proxies or ports only, which others may not match.
    """
    upstreams = dict(zip(destinations(service.http), reached, strict=True))
    routes: list[Route] = []
    candidates = _candidates(service, facts)
    for origin, route, match in candidates:
        made = _route(mesh, service, origin, route, match, upstreams, facts)
        routes.append(made)
        if made.match.is_catch_all:
            later = () if match is not None and is_conditional(match) else tuple(candidates)
            lost = (RouteNote(loss=RouteLoss.UNREACHABLE, origin=o, winner=origin) for o, _, _ in later)
            return RouteList(routes=tuple(routes), notes=tuple(lost))
    return RouteList(routes=tuple(routes), notes=() if routes else _no_route(service, facts))


def _no_route(service: VirtualService, facts: RouteFacts) -> tuple[RouteNote, ...]:
    if not service.http:
        return ()
    return (RouteNote(loss=RouteLoss.NO_ROUTE, origin=service.origin, subject=f"port {facts.port}"),)


def _candidates(
    service: VirtualService, facts: RouteFacts
) -> Iterator[tuple[Origin, HTTPRoute, HTTPMatchRequest | None]]:
    """Each match that is meant for this listener and proxy, with its route; a route without matches once."""
    for index, route in enumerate(service.http):
        field = f"spec.http[{index}]"
        if not route.match:
            yield service.origin_of(route, field), route, None
        for number, match in enumerate(route.match):
            if applies(match, facts):
                yield service.origin_of(match, f"{field}.match[{number}]"), route, match


def _route(
    mesh: Mesh,
    service: VirtualService,
    origin: Origin,
    route: HTTPRoute,
    match: HTTPMatchRequest | None,
    upstreams: Upstreams,
    facts: RouteFacts,
) -> Route:
    """One route: headers of a sole destination join the route's own."""
    condition = route_match(match, by_segments=service.semantics is not RouteSemantics.ISTIO)
    action = _action(mesh, route, service.semantics, condition.path, upstreams, facts)
    headers = header_changes(route.headers)
    receivers = receiving(route) if isinstance(action, Forward) else []
    if len(route.route) == 1 and receivers:
        headers = headers.followed_by(header_changes(route.route[0].headers))
    return Route(
        origin=origin,
        name=_name(route, match),
        match=condition,
        action=action,
        config=config_path("virtual-service", service.namespace, service.name),
        operation=_subject(service, action, facts) + _operation_path(condition),
        stat_prefix=match.stat_prefix if match is not None else "",
        headers=headers,
        fault=fault_injection(route.fault),
        cors=cors_policy(route.cors_policy),
        session=session_of_route(upstream_of(receiver, upstreams).session for receiver in receivers),
    )


def _name(route: HTTPRoute, match: HTTPMatchRequest | None) -> str:
    return f"{route.name}.{match.name}" if match is not None and match.name else route.name


def _action(
    mesh: Mesh, route: HTTPRoute, semantics: RouteSemantics, path: StringMatch, upstreams: Upstreams, facts: RouteFacts
) -> Action | None:
    if route.redirect is not None:
        return redirect(route.redirect, semantics, facts)
    if route.direct_response is not None:
        return direct_response(route.direct_response)
    return forward(mesh, route, semantics, path, upstreams, facts)


def _subject(service: VirtualService, action: Action | None, facts: RouteFacts) -> str:
    """What a trace names first: host and port of the only cluster, else the VirtualService and the listener's port."""
    if isinstance(action, Forward) and isinstance(action.to, str) and action.to.count("|") == 3:
        _, port, _, host = action.to.split("|")
        return f"{host}:{port}"
    return f"{service.name}:{facts.port}"


def _operation_path(match: RouteMatch) -> str:
    match match.path.kind:
        case MatchKind.PREFIX:
            return match.path.text + "*"
        case MatchKind.SEGMENTS:
            return "/*"
    return match.path.text
