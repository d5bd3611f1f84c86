"""Which VirtualService serves which hosts on an egress listener: its imports in, hosts and services by rule out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from meshc.model.hosts import is_wildcard, matches
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.protocol import Protocol
from meshc.model.service import Service, ServicePort
from meshc.model.shared import shared
from meshc.model.virtual_services import RouteSemantics, VirtualService
from meshc.scope.sidecar import EgressListener

EVERY_PORT = 0
"""The listener port of HTTP proxies and unix sockets: requests to all ports of all services."""

HTTP_PORT = 80


@node
class WorkingSet:
    """The services that one route configuration is about, by the host that its virtual hosts are named after.

    With a listener `port`, those that have it, hosts in lower case; with `EVERY_PORT` all, hosts as written.
    `wildcards` are those hosts that start with `*`.
    """

    port: int
    services: Mapping[str, Service]
    wildcards: tuple[str, ...]

    def has_match(self, host: str) -> bool:
        """Some service is called by this host, or overlaps with it if either is a wildcard."""
        if host in self.services:
            return True
        return any(matches(host, other) for other in (self.services if is_wildcard(host) else self.wildcards))

    def http_ports(self, service: Service) -> Iterator[ServicePort]:
        """The ports of the service that requests can go to: HTTP, or undeclared."""
        for port in service.ports if self.port == EVERY_PORT else (tcp_port(service, self.port),):
            if port is not None and (port.protocol.is_http or port.protocol is Protocol.AUTO):
                yield port


@node
class Attachment:
    """What a VirtualService serves: hosts that are no service here, and per port the services it is in force for."""

    rule: VirtualService
    hosts: tuple[str, ...]
    services: Mapping[int, tuple[str, ...]]


@shared
def working_set(mesh: Mesh, egress: EgressListener, port: int) -> WorkingSet:
    """The services that a route configuration is about; of several for one host the last (spec: routes 5.1)."""
    if port == EVERY_PORT:
        services = {service.hostname: service for service in egress.services}
    else:
        services = {s.hostname.lower(): s for s in egress.services if tcp_port(s, port) is not None}
    return WorkingSet(port, services, tuple(filter(is_wildcard, services)))


def tcp_port(service: Service, number: int) -> ServicePort | None:
    """The first port of that number that is not UDP."""
    return next((p for p in service.ports if p.number == number and p.protocol is not Protocol.UDP), None)


@shared
def attachments(mesh: Mesh, namespace: str, egress: EgressListener, port: int) -> tuple[Attachment, ...]:
    """The VirtualServices in force on a listener port, in order, with their hosts (spec: routes 5.1, 5.3).

    `namespace` is the clients'.
    """
    working = working_set(mesh, egress, port)
    selected = (rule for rule in egress.virtual_services if _selected(rule, working))
    made = (_attachment(rule, working, egress.owners, namespace) for rule in selected)
    return tuple(one for one in made if one.services)


def _selected(rule: VirtualService, working: WorkingSet) -> bool:
    """Only rules about a service of the port count; on port 80 all do, which istiod keeps for old times' sake."""
    if working.port == HTTP_PORT:
        return True
    return any(working.has_match(host.lower()) for host in rule.hosts)


def _attachment(
    rule: VirtualService, working: WorkingSet, owners: Mapping[str, VirtualService], namespace: str
) -> Attachment:
    """Split the rule's hosts, and group the services by port.

    On port 80 a rule without any service there still serves its other hosts; on other ports it serves nothing.
    """
    hosts, services = _split(rule, working, owners)
    if not _concerns(rule, (working.services[host] for host in services), namespace):
        return Attachment(rule, (), {})
    ports: dict[int, list[str]] = {}
    for host in services:
        for port in working.http_ports(working.services[host]):
            ports.setdefault(port.number, []).append(host)
    if not ports and working.port == HTTP_PORT:
        ports[HTTP_PORT] = []
    grouped = {number: tuple(ports[number]) for number in sorted(ports)}
    return Attachment(rule, tuple(hosts), grouped)


def _concerns(rule: VirtualService, services: Iterable[Service], namespace: str) -> bool:
    """What Gateway API routes say is for clients of their own namespace, or about services of it."""
    return (
        rule.semantics is not RouteSemantics.GATEWAY
        or rule.namespace == namespace
        or any(service.namespace == rule.namespace for service in services)
    )


def _split(
    rule: VirtualService, working: WorkingSet, owners: Mapping[str, VirtualService]
) -> tuple[list[str], list[str]]:
    """Hosts that are no service; and services: named ones, then those under a wildcard that no better rule owns.

    Owners are known by hosts as written: a service or rule in capitals never meets under a wildcard. To Gateway API a
    wildcard is never about services.
    """
    named = [host.lower() for host in rule.hosts if not is_wildcard(host)]
    hosts = [host for host in named if host not in working.services]
    services = [host for host in named if host in working.services]
    for wildcard in (host.lower() for host in rule.hosts if is_wildcard(host)):
        to_services = rule.semantics is not RouteSemantics.GATEWAY
        covered = [host for host in working.services if matches(wildcard, host)] if to_services else []
        services += [host for host in covered if owners.get(host) is rule]
        if not covered:
            hosts.append(wildcard)
    return hosts, services
