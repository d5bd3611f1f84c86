"""The pass that makes the route configurations that a sidecar's listeners ask for by name."""

from __future__ import annotations

import re
from dataclasses import replace

from meshc.findings import Origin
from meshc.ir.node import value
from meshc.ir.route import Route, RouteConfiguration, RouteNote, VirtualHost
from meshc.ir.route_action import Action, DirectResponse, Forward
from meshc.lower.names import catch_all_cluster
from meshc.lower.routes.attached_hosts import EVERY_PORT
from meshc.lower.routes.client import RouteClient, route_client
from meshc.lower.routes.default_routes import EVERYTHING
from meshc.lower.routes.virtual_hosts import VirtualHosts, virtual_hosts
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.model.shared import shared
from meshc.scope.scope import ProxyScope
from meshc.scope.sidecar import EgressListener, OutboundPolicy, SidecarScope

HTTP_PROXY_ROUTES = "http_proxy"
"""The name of the routes of the mesh-wide HTTP proxy listener."""

DIRECT_RESPONSE_LIMIT = 1024 * 1024
"""Bytes of a direct response's body."""

_UNIX = "unix://"
_NOTHING = VirtualHosts((), ())


def outbound_routes(scope: ProxyScope, names: tuple[str, ...]) -> tuple[RouteConfiguration, ...]:
    """The route configurations of these names, in order."""
    return _configurations(scope.mesh, scope.sidecar, names, route_client(scope))


@shared
def _configurations(
    mesh: Mesh, scope: SidecarScope, names: tuple[str, ...], client: RouteClient
) -> tuple[RouteConfiguration, ...]:
    return tuple(route_configuration(mesh, scope, name, client) for name in names)


@shared
def route_configuration(mesh: Mesh, scope: SidecarScope, name: str, client: RouteClient) -> RouteConfiguration:
    """The configuration of one name (spec: routes 3.1).

    A name that is none of istiod's gets no routes. A sniffed port (`host:port`) belongs to one service, which then
    takes requests to any host; every other name ends with what happens to hosts that nobody knows.
    """
    asked = parse_name(name)
    if asked is None:
        return RouteConfiguration(name=name, origin=Origin(), virtual_hosts=())
    egress = egress_listener(mesh, scope, asked.port, name)
    made = (
        _NOTHING if egress is None else virtual_hosts(mesh, scope.namespace, egress, _mode(egress, asked.port), client)
    )
    if asked.sniffed:
        hosts = _only_host(mesh, made, name)
    else:
        hosts = (*made.hosts, _catch_all(mesh, scope.outbound_policy, client.attempt_count, client.forwarded_host))
    return _configuration(mesh, name, _origin(egress, hosts), hosts, () if asked.sniffed else made.notes)


@shared
def _configuration(
    mesh: Mesh, name: str, origin: Origin, hosts: tuple[VirtualHost, ...], notes: tuple[RouteNote, ...]
) -> RouteConfiguration:
    """One object for all namespaces to which the hosts mean the same; those of sniffed ports are many, and simple."""
    return RouteConfiguration(
        name=name,
        origin=origin,
        virtual_hosts=hosts,
        ignore_port=True,
        direct_response_limit=DIRECT_RESPONSE_LIMIT,
        notes=notes,
    )


def _origin(egress: EgressListener | None, hosts: tuple[VirtualHost, ...]) -> Origin:
    """The egress listener of a Sidecar; a port that no Sidecar names is made from many objects, of which the first."""
    given = (egress.origin,) if egress is not None else ()
    return next((origin for origin in (*given, *(host.origin for host in hosts)) if origin.kind), Origin())


@value
class RouteName:
    """What a route name says: the listener's port (0: unix socket or HTTP proxy), and that its protocol is sniffed."""

    port: int
    sniffed: bool


def parse_name(name: str) -> RouteName | None:
    """The meaning of a route name; None if istiod would not know it (spec: routes 2.2)."""
    if name.startswith(_UNIX) or name == HTTP_PROXY_ROUTES:
        return RouteName(port=EVERY_PORT, sniffed=False)
    _, colon, rest = name.partition(":")
    port = rest if colon else name
    return RouteName(port=int(port), sniffed=bool(colon)) if re.fullmatch(r"[+-]?[0-9]+", port) else None


@shared
def egress_listener(mesh: Mesh, scope: SidecarScope, port: int, name: str) -> EgressListener | None:
    """The egress listener of a route name: the first of that port, or of that unix socket, or for all ports."""
    for egress in scope.egress:
        if egress.port is None or (egress.port.number == port and (port or egress.bind == name)):
            return egress
    return None


def _mode(egress: EgressListener, port: int) -> int:
    """The port that hosts are called on; an HTTP proxy is called for every port, whatever its own."""
    if egress.port is not None and egress.port.protocol is Protocol.HTTP_PROXY:
        return EVERY_PORT
    return port


def _only_host(mesh: Mesh, made: VirtualHosts, name: str) -> tuple[VirtualHost, ...]:
    """The virtual host of a sniffed service, for requests to any host (spec: routes 5.7)."""
    owners = _by_domain(mesh, made)
    found = {owner: None for domain in (name, name.rpartition(":")[0]) if (owner := owners.get(domain)) is not None}
    return tuple(found) if len(found) > 1 else tuple(_of_any_name(mesh, host) for host in found)


@shared
def _of_any_name(mesh: Mesh, host: VirtualHost) -> VirtualHost:
    return replace(host, domains=("*",))


@shared
def _by_domain(mesh: Mesh, made: VirtualHosts) -> dict[str, VirtualHost]:
    """Domain -> the virtual host that has it."""
    return {domain: host for host in made.hosts for domain in host.domains}


@shared
def _catch_all(mesh: Mesh, policy: OutboundPolicy, attempt_count: bool, forwarded_host: bool) -> VirtualHost:
    """Requests to unknown hosts: to where they were going, to the egress proxy, or nowhere (spec: routes 5.6)."""
    name = "allow_any" if policy.allow_any else "block_all"
    action: Action = DirectResponse(status=502)
    if policy.allow_any:
        cluster = catch_all_cluster(policy)
        action = Forward(to=cluster, timeout=0, grpc_timeout_limit=0, append_forwarded_host=forwarded_host)
    route = Route(origin=policy.origin, name=name, match=EVERYTHING, action=action)
    return VirtualHost(name=name, origin=policy.origin, domains=("*",), routes=(route,), attempt_count=attempt_count)
