"""Route configurations of gateways: the merged Gateways of a proxy and a name in, the routes of that name out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.ir.node import value
from meshc.ir.route import Route, RouteConfiguration, RouteLoss, RouteNote, VirtualHost
from meshc.ir.route_action import HeaderAddition
from meshc.ir.route_filters import Session
from meshc.lower.gateways.hosts import bound_rules, common_hosts
from meshc.lower.gateways.merging import MergedGateway, merged_gateway
from meshc.lower.gateways.virtual_hosts import HostTable
from meshc.lower.routes.client import counts_attempts, keeps_host
from meshc.lower.routes.destinations import destinations
from meshc.lower.routes.facts import Labels, RouteFacts, select_labels
from meshc.lower.routes.hash_policy import HashingRules, hashing_rules
from meshc.lower.routes.http_routes import RouteList, http_routes, source_label_keys
from meshc.lower.routes.routes import DIRECT_RESPONSE_LIMIT
from meshc.lower.routes.sessions import session
from meshc.model.destination_rules import DestinationRule
from meshc.model.gateways import Server
from meshc.model.mesh import Mesh
from meshc.model.service import Service
from meshc.model.shared import shared
from meshc.model.virtual_services import VirtualService
from meshc.model.visibility import is_visible
from meshc.scope.scope import ProxyScope
from meshc.scope.sidecar import SidecarScope


@value
class GatewayRouteClient:
    """What of a proxy its routes depend on: labels that some match asks for, DestinationRules with a consistent hash.

    `attempt_count` and `forwarded_host` are as for sidecars.
    """

    labels: Labels
    rules: HashingRules
    attempt_count: bool
    forwarded_host: bool


def gateway_routes(scope: ProxyScope, names: tuple[str, ...]) -> tuple[RouteConfiguration, ...]:
    """The route configurations of these names, in order."""
    merged, mesh = merged_gateway(scope), scope.mesh
    client = GatewayRouteClient(
        labels=select_labels(scope.proxy.labels, _label_keys(mesh, scope.sidecar.namespace, merged)),
        rules=hashing_rules(mesh, scope.rules),
        attempt_count=counts_attempts(scope.proxy),
        forwarded_host=keeps_host(scope.proxy),
    )
    return tuple(_route_configuration(mesh, merged, scope.sidecar, name, client) for name in names)


@shared
def _label_keys(mesh: Mesh, namespace: str, merged: MergedGateway) -> frozenset[str]:
    """The labels that matches of the bound VirtualServices ask for."""
    gateways = {server.gateway: None for servers in merged.by_route.values() for server in servers}
    bound = (rules for gateway in gateways for rules in bound_rules(mesh, namespace, gateway).all)
    return frozenset().union(*(source_label_keys(mesh, rules) for rules in bound))


@shared
def _route_configuration(
    mesh: Mesh, merged: MergedGateway, scope: SidecarScope, name: str, client: GatewayRouteClient
) -> RouteConfiguration:
    """The routes of a name (spec: gateways 10); nothing but the name if no server has it."""
    servers = merged.by_route.get(name, ())
    if not servers:
        return RouteConfiguration(name=name, origin=Origin(), virtual_hosts=())
    table = HostTable(client.attempt_count)
    assembly = _Assembly(mesh, scope, client, table, advertise=name in merged.http3_routes)
    for server in servers:
        assembly.add(server)
    hosts = table.finish(fold=mesh.features.pilot_enable_route_collapse_optimization)
    lost = () if hosts else tuple(RouteNote(loss=RouteLoss.NO_HOST, origin=server.origin) for server in servers)
    return RouteConfiguration(
        name=name,
        origin=servers[0].origin,
        virtual_hosts=hosts or (_black_hole(servers[0]),),
        ignore_port=True,
        direct_response_limit=DIRECT_RESPONSE_LIMIT,
        notes=(*assembly.notes, *lost, *dict.fromkeys(note for host in hosts for note in _hidden(host))),
    )


def _hidden(host: VirtualHost) -> Iterator[RouteNote]:
    """Of routes that take every request, which VirtualServices of one host may have one each, the first is used."""
    everything = [route.origin for route in host.routes if route.match.is_catch_all]
    for origin in everything[1:]:
        if origin != everything[0]:
            yield RouteNote(loss=RouteLoss.UNREACHABLE, origin=origin, winner=everything[0])


def _black_hole(server: Server) -> VirtualHost:
    """Requests to a server that nothing is routed from find nothing."""
    return VirtualHost(name=f"blackhole:{server.port}", origin=server.origin, domains=("*",), routes=())


@frozen
class _Lookup:
    """Destinations as a gateway finds them for a VirtualService: services of its namespace come first."""

    mesh: Mesh
    scope: SidecarScope
    rules: HashingRules
    namespace: str
    listener_port: int

    def service(self, host: str) -> Service | None:
        """The VirtualService's neighbour if the gateway sees it, else what the gateway itself means by the host."""
        own = self.mesh.services.get(host, self.namespace)
        if own is not None and is_visible(own, self.scope.namespace):
            return own
        return self.scope.by_host.get(host)

    def port(self, service: Service | None) -> int:
        """The service's only port, else that of the server."""
        return service.ports[0].number if service is not None and len(service.ports) == 1 else self.listener_port

    def rule(self, host: str) -> DestinationRule | None:
        """The rule in force for the host, if it has a consistent hash."""
        return self.rules.by_host.get(host)


@dataclass(slots=True)
class _Assembly:
    """Fills a table with what servers bring. `advertise`: routes tell of HTTP/3.

    `made` are the routes of a VirtualService at a Gateway: made once for all of its servers, with the port of the first
    that gets any.
    """

    mesh: Mesh
    scope: SidecarScope
    client: GatewayRouteClient
    table: HostTable
    advertise: bool
    made: dict[tuple[str, VirtualService], RouteList] = field(default_factory=dict)
    notes: dict[RouteNote, None] = field(default_factory=dict)

    def add(self, server: Server) -> None:
        """The hosts of a server: those that VirtualServices serve, then those that it only redirects."""
        for rules in bound_rules(self.mesh, self.scope.namespace, server.gateway).of(server):
            hosts = common_hosts(server, rules)
            if rules.http and hosts:
                self._add_rules(server, rules, hosts)
        if server.redirects_to_https:
            for host in server.hosts:
                self.table.redirect(host.lower(), server.port, server.origin)

    def _add_rules(self, server: Server, rules: VirtualService, hosts: tuple[str, ...]) -> None:
        lookup = _Lookup(self.mesh, self.scope, self.client.rules, rules.namespace, server.port)
        routes = self._routes(server, rules, lookup)
        if not routes.routes:
            return
        sessions = self._sessions(rules, lookup)
        for host in hosts:
            self.table.add(
                host,
                server.port,
                routes,
                rules.origin,
                sessions.get(host),
                redirect=server.redirects_to_https,
            )

    def _routes(self, server: Server, rules: VirtualService, lookup: _Lookup) -> RouteList:
        key = server.gateway, rules
        known = self.made.get(key)
        if known is not None:
            return known
        facts = RouteFacts(
            port=server.port,
            gateways=frozenset({server.gateway}),
            namespace=self.scope.namespace,
            labels=self.client.labels,
            append_forwarded_host=self.client.forwarded_host,
            tls=server.tls is not None,
        )
        routes = http_routes(self.mesh, rules, facts, lookup)
        if routes.routes:
            routes = _advertised(self.mesh, routes, server.port) if self.advertise else routes
            self.made[key] = routes
            self.notes.update(dict.fromkeys(routes.notes))
        return routes

    def _sessions(self, rules: VirtualService, lookup: _Lookup) -> Mapping[str, Session]:
        """The sessions of services that the VirtualService sends requests to, by their hosts."""
        if not self.mesh.features.pilot_enable_persistent_session_filter:
            return {}
        found = {d.host: session(self.mesh, lookup.service(d.host)) for d in destinations(rules.http)}
        return {host: sticky for host, sticky in found.items() if sticky is not None}


@shared
def _advertised(mesh: Mesh, routes: RouteList, port: int) -> RouteList:
    """The routes, with a response header that tells clients of HTTP/3 on the same port."""
    header = HeaderAddition(name="alt-svc", value=f'h3=":{port}"; ma=86400', overwrite=False)
    return RouteList(routes=tuple(_with_header(route, header) for route in routes.routes), notes=routes.notes)


def _with_header(route: Route, header: HeaderAddition) -> Route:
    headers = replace(route.headers, response_add=(*route.headers.response_add, header))
    return replace(route, headers=headers)
