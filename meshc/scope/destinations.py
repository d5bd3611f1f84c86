"""Destinations: the VirtualServices that a listener imports in, the services that they send traffic to out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from meshc.model.api import Destination, HTTPRoute
from meshc.model.mesh import Mesh
from meshc.model.service import Service
from meshc.model.shared import shared
from meshc.model.virtual_services import VirtualService
from meshc.model.visibility import is_visible
from meshc.scope.imports import narrowed

ALL_PORTS = 0
"""Stands for a destination that names no port."""


def destination_services(mesh: Mesh, namespace: str, rules: Iterable[VirtualService], port: int) -> Iterator[Service]:
    """The services that VirtualServices send traffic to, for clients of a namespace (spec: clusters 2.2).

    Reduced to the listener's `port`, or where that is 0 to the ports that a VirtualService names; a service without any
    of these is left out.
    """
    for virtual_service in rules:
        source = namespace if _tells_sources_apart(mesh, virtual_service) else ""
        for host, ports in _destination_ports(mesh, virtual_service, source).items():
            service = _best_service(mesh, host, namespace)
            if service is None:
                continue
            reduced = _reduce_to_listener(mesh, service, port) if port else _reduce(mesh, service, ports)
            if reduced is not None:
                yield reduced


def _reduce(mesh: Mesh, service: Service, numbers: Collection[int]) -> Service | None:
    if ALL_PORTS in numbers:
        return service
    ports = tuple(port for port in service.ports if port.number in numbers)
    return narrowed(mesh, service, ports, service.aliases) if ports else None


def _reduce_to_listener(mesh: Mesh, service: Service, number: int) -> Service | None:
    """The service with the first of its ports of that number."""
    port = service.port(number)
    return narrowed(mesh, service, (port,), service.aliases) if port is not None else None


def _best_service(mesh: Mesh, host: str, namespace: str) -> Service | None:
    """The service of the client's namespace, whoever may see it; else one that the namespace sees.

    That is a Kubernetes Service before the oldest one; without PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE the one of the
    first namespace in the alphabet.
    """
    services = mesh.services.by_host(host)
    if len(services) == 1 and is_visible(services[0], namespace):
        return services[0]
    owners = dict.fromkeys(service.namespace for service in services)
    if namespace in owners:
        return mesh.services.get(host, namespace)
    found = (mesh.services.get(host, owner) for owner in owners)
    visible = [service for service in found if service is not None and is_visible(service, namespace)]
    if mesh.features.pilot_sidecar_pick_best_service_namespace:
        return min(visible, key=lambda s: (not s.is_kubernetes, s.created, s.name, s.namespace), default=None)
    return min(visible, key=lambda s: s.namespace, default=None)


@shared
def _tells_sources_apart(mesh: Mesh, rules: VirtualService) -> bool:
    return any(match.source_namespace for route in rules.http for match in route.match)


@shared
def _destination_ports(mesh: Mesh, rules: VirtualService, namespace: str) -> Mapping[str, Collection[int]]:
    """The hosts that a VirtualService sends traffic of a namespace to, with the ports it names."""
    found: dict[str, set[int]] = {}
    for destination in destinations(rules, namespace):
        port = destination.port.number if destination.port is not None else ALL_PORTS
        found.setdefault(destination.host, set()).add(port)
    return found


def destinations(rules: VirtualService, namespace: str) -> Iterator[Destination]:
    """Where a VirtualService sends the traffic of clients of a namespace."""
    for http in rules.http:
        if _is_for(http, namespace):
            yield from http_destinations(http)
    for weighted in (
        *(w for route in rules.tls for w in route.route),
        *(w for route in rules.tcp for w in route.route),
    ):
        if weighted.destination is not None:
            yield weighted.destination


def http_destinations(route: HTTPRoute) -> Iterator[Destination]:
    """The destinations of an HTTP route, mirrors included."""
    for weighted in route.route:
        if weighted.destination is not None:
            yield weighted.destination
    if route.mirror is not None:
        yield route.mirror
    for mirror in route.mirrors:
        if mirror.destination is not None:
            yield mirror.destination


def _is_for(route: HTTPRoute, namespace: str) -> bool:
    """Not a route that is for clients of other namespaces only."""
    sources = [match.source_namespace for match in route.match if match.source_namespace]
    return not sources or namespace in sources
