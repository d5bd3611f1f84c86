"""What a sidecar sees in, plans of its outbound listeners out: the loop over services (spec: listeners 10)."""

from __future__ import annotations

from meshc.lower.listeners.candidates import candidates, surroundings
from meshc.lower.listeners.client import ListenerClient
from meshc.lower.listeners.conflicts import Listeners
from meshc.lower.listeners.plan import ListenerPlan, ListenPort
from meshc.lower.listeners.stream_destinations import StreamView
from meshc.lower.listeners.stream_routes import destination_hosts, names_source_namespace, stream_routes
from meshc.lower.routes.facts import Labels
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.service import Resolution, Service
from meshc.model.shared import shared
from meshc.model.virtual_services import VirtualService
from meshc.scope.sidecar import EgressListener, SelectedRules, SidecarScope


@node
class OutboundView:
    """A scope for the proxies of one DNS domain that have certain labels, of those that some match asks for."""

    scope: SidecarScope
    rules: SelectedRules
    dns_domain: str
    labels: Labels

    def of_service(self, mesh: Mesh, service: Service, routes: tuple[VirtualService, ...]) -> StreamView | None:
        """What decides about the connections to a service besides itself; None if nothing does.

        Clients of different namespaces get the same answer unless the routes mean something else to them.
        """
        if not routes and not service.aliases:
            return None
        hosts = dict.fromkeys(host for vs in routes for host in destination_hosts(mesh, vs))
        services, rules = self.scope.by_host, self.rules.outbound
        local = any(names_source_namespace(mesh, vs) for vs in routes)
        return _stream_view(
            mesh,
            tuple((host, services[host]) for host in hosts if host in services),
            tuple((host, rules[host]) for host in hosts if host in rules),
            self.scope.namespace if local else "",
            self.labels,
            self.dns_domain if service.aliases else "",
            routes,
        )


@shared
def _stream_view(
    mesh: Mesh,
    services: tuple[tuple[str, Service], ...],
    rules: tuple[tuple[str, DestinationRule], ...],
    namespace: str,
    labels: Labels,
    dns_domain: str,
    virtual_services: tuple[VirtualService, ...],
) -> StreamView:
    return StreamView(dict(services), dict(rules), namespace, dict(labels), dns_domain, virtual_services)


@shared
def outbound_plans(
    mesh: Mesh,
    scope: SidecarScope,
    rules: SelectedRules,
    client: ListenerClient,
    dns_domain: str,
    labels: Labels,
    own_address: str,
) -> tuple[ListenerPlan, ...]:
    """The listeners of a scope for all clients with these facts, those of one egress listener after the other.

    `own_address` is the client's if that is one of the `headless_addresses`, else empty: it has no listener for itself.
    """
    view = OutboundView(scope, rules, dns_domain, labels)
    listeners = Listeners(own_address)
    for egress in scope.egress:
        if egress.port is None:
            listeners.lock()
        _add_services(mesh, view, client, egress, listeners)
    return tuple(listeners.plans(mesh))


@shared
def headless_addresses(mesh: Mesh, scope: SidecarScope) -> frozenset[str]:
    """First addresses of the endpoints that may have listeners of their own."""
    services = {s for egress in scope.egress for s in egress.services if s.resolution is Resolution.PASSTHROUGH}
    return frozenset(endpoint.address for service in services for endpoint in mesh.endpoints.of(service))


def _add_services(
    mesh: Mesh, view: OutboundView, client: ListenerClient, egress: EgressListener, listeners: Listeners
) -> None:
    port = egress.port
    listen = None if port is None else ListenPort(number=port.number, protocol=port.protocol, name=port.name)
    around = surroundings(mesh, client, egress.bind, egress.capture_mode, listen)
    routes, rules = stream_routes(mesh, egress), view.rules.outbound
    for service in egress.services:
        stream = view.of_service(mesh, service, routes.of(service.hostname))
        for candidate in candidates(mesh, around, service, rules.get(service.hostname), stream):
            listeners.add(candidate)
