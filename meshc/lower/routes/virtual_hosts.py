"""One egress listener and its port in, the virtual hosts of its route configuration out (spec: routes 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from meshc.frozen import frozen
from meshc.ir.route import Route, RouteLoss, RouteNote, VirtualHost
from meshc.ir.route_filters import Session
from meshc.lower.routes.attached_hosts import EVERY_PORT, HTTP_PORT, WorkingSet, attachments, working_set
from meshc.lower.routes.client import RouteClient
from meshc.lower.routes.default_routes import default_route
from meshc.lower.routes.domains import Domains, host_domain, join_port, service_domains
from meshc.lower.routes.facts import RouteFacts
from meshc.lower.routes.hash_policy import HashingRules
from meshc.lower.routes.http_routes import http_routes
from meshc.lower.routes.sessions import session
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.service import Resolution, Service
from meshc.model.shared import shared
from meshc.model.short_names import MESH_GATEWAY
from meshc.model.virtual_services import VirtualService
from meshc.scope.sidecar import EgressListener

_SIDECAR = frozenset({MESH_GATEWAY})

Owner = VirtualService | Service


@node
class VirtualHosts:
    """Virtual hosts by name, and what got lost between them."""

    hosts: tuple[VirtualHost, ...]
    notes: tuple[RouteNote, ...]


@shared
def virtual_hosts(mesh: Mesh, namespace: str, egress: EgressListener, port: int, client: RouteClient) -> VirtualHosts:
    """All virtual hosts of a listener port; with `EVERY_PORT` those of an HTTP proxy. `namespace` is the proxy's."""
    working = working_set(mesh, egress, port)
    lookup = SidecarLookup(working, client.rules)
    groups = list(_rule_groups(mesh, namespace, egress, port, client, lookup))
    served = {host for group in groups for host in group.services}
    groups += _default_groups(mesh, working, served, lookup)
    assembly = _Assembly(mesh, working, client)
    for group in groups:
        assembly.know(group)
    for group in groups:
        assembly.add(group)
    return assembly.finish()


@frozen
class SidecarLookup:
    """Destinations as a sidecar finds them: services among those of the listener, rules in all of its scope."""

    working: WorkingSet
    rules: HashingRules

    def service(self, host: str) -> Service | None:
        """The service of that host that has the listener's port."""
        return self.working.services.get(host)

    def port(self, service: Service | None) -> int:
        """The listener's port; for an HTTP proxy the service's only one, else 0."""
        if self.working.port == EVERY_PORT and service is not None and len(service.ports) == 1:
            return service.ports[0].number
        return self.working.port

    def rule(self, host: str) -> DestinationRule | None:
        """The rule in force for the host, if it has a consistent hash."""
        return self.rules.by_host.get(host)


@node
class _Group:
    """Virtual hosts with the same port and routes: hosts that are no service, and services by host."""

    port: int
    owner: Owner
    hosts: tuple[str, ...]
    services: tuple[str, ...]
    routes: tuple[Route, ...]
    notes: tuple[RouteNote, ...] = ()


def _rule_groups(
    mesh: Mesh, namespace: str, egress: EgressListener, port: int, client: RouteClient, lookup: SidecarLookup
) -> Iterator[_Group]:
    """What VirtualServices serve; one without a route for this listener and proxy serves nothing."""
    facts = RouteFacts(
        port=port,
        gateways=_SIDECAR,
        namespace=namespace,
        labels=client.labels,
        append_forwarded_host=client.forwarded_host,
    )
    for attached in attachments(mesh, namespace, egress, port):
        made = http_routes(mesh, attached.rule, facts, lookup)
        if made.routes:
            for number, services in attached.services.items():
                yield _Group(number, attached.rule, attached.hosts, services, made.routes, made.notes)
        elif any(attached.services.values()):
            yield _Group(port, attached.rule, (), (), (), made.notes)


def _default_groups(mesh: Mesh, working: WorkingSet, served: set[str], lookup: SidecarLookup) -> Iterator[_Group]:
    """Services that no VirtualService serves; an alias is served under the name of what it stands for."""
    for host, service in working.services.items():
        if host not in served and service.resolution is not Resolution.ALIAS:
            rule = lookup.rule(host)
            for port in working.http_ports(service):
                route = default_route(mesh, service, host, port.number, rule)
                yield _Group(port.number, service, (), (host,), (route,))


@dataclass(slots=True)
class _Assembly:
    """Virtual hosts as they come; names and domains belong to the first that asks for them.

    `known` are the full hosts of services (also with port), which no short form of another service may take.
    """

    mesh: Mesh
    working: WorkingSet
    client: RouteClient
    known: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    domains: dict[str, Owner] = field(default_factory=dict)
    hosts: list[VirtualHost] = field(default_factory=list)
    notes: dict[RouteNote, None] = field(default_factory=dict)

    def know(self, group: _Group) -> None:
        """The full hosts of a group's services."""
        for host in group.services:
            self.known |= {host, join_port(host, group.port)}

    def add(self, group: _Group) -> None:
        """The virtual hosts of a group."""
        self.notes.update(dict.fromkeys(group.notes))
        for host in group.hosts:
            self._add(group, host, host_domain(self.mesh, host), None)
        for host in group.services:
            service, client = self.working.services[host], self.client
            with_port = self.working.port == EVERY_PORT
            domains = service_domains(
                self.mesh, service, host, group.port, with_port, client.dns_domain, client.addresses
            )
            self._add(group, host, domains, session(self.mesh, service))

    def finish(self) -> VirtualHosts:
        """Everything that was added."""
        return VirtualHosts(tuple(sorted(self.hosts, key=lambda host: host.name)), tuple(self.notes))

    def _add(self, group: _Group, host: str, wanted: Domains, sticky: Session | None) -> None:
        name = join_port(host, group.port)
        if name in self.names:
            return
        self.names.add(name)
        domains = self._claim(wanted, group.owner)
        if self.working.port == EVERY_PORT and group.port != HTTP_PORT:
            domains = tuple(domain for domain in domains if ":" in domain)
        if domains:
            count = self.client.attempt_count
            self.hosts.append(_virtual_host(self.mesh, name, group.owner, domains, group.routes, count, sticky))

    def _claim(self, wanted: Domains, owner: Owner) -> tuple[str, ...]:
        """Those of the domains that are still free."""
        if self.domains.keys().isdisjoint(wanted.keys) and self.known.isdisjoint(wanted.alternates):
            self.domains.update(dict.fromkeys(wanted.keys, owner))
            return wanted.names
        kept = []
        for domain, key in zip(wanted.names, wanted.keys, strict=True):
            if key in self.domains:
                self._note(owner, self.domains[key], domain)
            elif domain in self.known and domain in wanted.alternates:
                self._note(owner, self.working.services.get(domain), domain)
            else:
                self.domains[key] = owner
                kept.append(domain)
        return tuple(kept)

    def _note(self, loser: Owner, winner: Owner | None, domain: str) -> None:
        if winner is not loser:
            origin = winner.origin if winner is not None else None
            note = RouteNote(loss=RouteLoss.DOMAIN_TAKEN, origin=loser.origin, winner=origin, subject=domain)
            self.notes[note] = None


@shared
def _virtual_host(
    mesh: Mesh,
    name: str,
    owner: Owner,
    domains: tuple[str, ...],
    routes: tuple[Route, ...],
    attempt_count: bool,
    sticky: Session | None,
) -> VirtualHost:
    return VirtualHost(
        name=name,
        origin=owner.origin,
        domains=domains,
        routes=routes,
        attempt_count=attempt_count,
        session=sticky,
    )
