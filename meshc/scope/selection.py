"""Selection: services as they are imported in, one service per host out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from meshc.model.mesh import Mesh
from meshc.model.service import Service
from meshc.model.shared import shared


class Selection:
    """The services of a scope, of each host one, in the order in which the hosts came (spec: clusters 2.2)."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._services: dict[str, Service] = {}

    def add(self, services: Iterable[Service]) -> None:
        """Add services; a host that is known keeps its place, and mostly its service."""
        for service in services:
            current = self._services.setdefault(service.hostname, service)
            if current is not service:
                self._services[service.hostname] = _stronger(self._mesh, current, service)

    @property
    def by_host(self) -> Mapping[str, Service]:
        """The service of each host."""
        return self._services


def _stronger(mesh: Mesh, current: Service, other: Service) -> Service:
    """A Kubernetes Service beats any other; services that differ in their ports only become one with all ports."""
    if current.is_kubernetes != other.is_kubernetes:
        return current if current.is_kubernetes else other
    known = [(port.name, port.number, port.protocol) for port in current.ports]
    if known == [(port.name, port.number, port.protocol) for port in other.ports] or not _alike(current, other):
        return current
    return _joined(mesh, current, other)


def _alike(one: Service, other: Service) -> bool:
    """Equal but for their ports. Lists of `exportTo` count as written: none and one that says the default differ."""
    return (
        one.namespace == other.namespace
        and one.resolution is other.resolution
        and one.labels == other.labels
        and (one.selector or {}) == (other.selector or {})
        and (one.export_to, one.exported_by_default) == (other.export_to, other.exported_by_default)
    )


@shared
def _joined(mesh: Mesh, current: Service, other: Service) -> Service:
    """The current service with those ports of the other whose numbers it lacks; one object for all scopes."""
    known = {port.number for port in current.ports}
    added = tuple(port for port in other.ports if port.number not in known)
    return dataclasses.replace(current, ports=current.ports + added) if added else current
