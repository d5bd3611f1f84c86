"""Imports: the hosts of a Sidecar egress listener in, the services and VirtualServices that they bring in out."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping

from meshc.frozen import frozen
from meshc.model.hosts import is_wildcard, matches, subset_of
from meshc.model.mesh import Mesh
from meshc.model.service import Alias, Service, ServicePort
from meshc.model.shared import shared
from meshc.model.virtual_services import RouteSemantics, VirtualService, own_routes_first

ANY_NAMESPACE = "*"
EVERYTHING = ("*/*",)
"""The hosts of a listener that nobody configured."""


@frozen
class Patterns:
    """The host names imported from one namespace: exact ones, and wildcards."""

    exact: frozenset[str]
    wildcards: tuple[str, ...]

    def cover(self, host: str) -> bool:
        """A service's host is among them: equal to one, or within a wildcard. A wildcard host needs a wildcard."""
        return host in self.exact or any(subset_of(host, wildcard) for wildcard in self.wildcards)

    def overlap(self, host: str) -> bool:
        """A VirtualService's host and one of them have names in common, whichever is the wider."""
        if host in self.exact or any(matches(host, wildcard) for wildcard in self.wildcards):
            return True
        return is_wildcard(host) and any(matches(host, exact) for exact in self.exact)

    def import_rules(self, rules: VirtualService) -> bool:
        """One host is enough to import a VirtualService; those of Gateway API match as services do."""
        test = self.cover if rules.semantics is RouteSemantics.GATEWAY else self.overlap
        return any(test(host) for host in rules.hosts)


@frozen
class Imports:
    """The `hosts` of an egress listener by namespace (spec: listeners 9)."""

    patterns: Mapping[str, Patterns]

    @staticmethod
    def of(hosts: Iterable[str], namespace: str) -> Imports:
        """Parse `namespace/dnsName` entries; `.` is the proxy's namespace. Other entries count for nothing."""
        grouped: dict[str, list[str]] = {}
        for entry in hosts:
            if entry.count("/") == 1:
                owner, _, host = entry.partition("/")
                grouped.setdefault(namespace if owner == "." else owner, []).append(host)
        return Imports({owner: _patterns(found) for owner, found in grouped.items()})

    def of_namespace(self, namespace: str) -> Iterator[Patterns]:
        """What may import an object of a namespace: its own entries, then those of any namespace."""
        for owner in (namespace, ANY_NAMESPACE):
            found = self.patterns.get(owner)
            if found is not None:
                yield found

    @property
    def imports_everything(self) -> bool:
        """`*/*` and nothing else."""
        return list(self.patterns) == [ANY_NAMESPACE] and "*" in self.patterns[ANY_NAMESPACE].wildcards


def _patterns(hosts: Collection[str]) -> Patterns:
    return Patterns(
        exact=frozenset(host for host in hosts if not is_wildcard(host)),
        wildcards=tuple(dict.fromkeys(host for host in hosts if is_wildcard(host))),
    )


def imported_services(mesh: Mesh, namespace: str, imports: Imports, port: int) -> tuple[Service, ...]:
    """The services that a listener of a namespace imports, of each host those of one namespace.

    With a `port` (0: none) only services that have it, reduced to it.
    """
    visible = mesh.services.visible(namespace)
    if imports.imports_everything and not port:
        return one_namespace_per_host(visible, namespace, mesh.features.pilot_unified_sidecar_scope)
    imported = (_imported(mesh, service, imports, port) for service in visible)
    found = tuple(service for service in imported if service is not None)
    return one_namespace_per_host(found, namespace, mesh.features.pilot_unified_sidecar_scope)


def _imported(mesh: Mesh, service: Service, imports: Imports, port: int) -> Service | None:
    for patterns in imports.of_namespace(service.namespace):
        if not patterns.cover(service.hostname):
            continue
        ports = tuple(p for p in service.ports if p.number == port)[:1] if port else service.ports
        if ports or not port:
            aliases = tuple(alias for alias in service.aliases if patterns.cover(alias.hostname))
            return narrowed(mesh, service, ports, aliases)
    return None


def narrowed(mesh: Mesh, service: Service, ports: tuple[ServicePort, ...], aliases: tuple[Alias, ...]) -> Service:
    """The service with some of its ports and aliases; the very same one if these are all."""
    if len(ports) == len(service.ports) and len(aliases) == len(service.aliases):
        return service
    return _narrowed(mesh, service, ports, aliases)


@shared
def _narrowed(mesh: Mesh, service: Service, ports: tuple[ServicePort, ...], aliases: tuple[Alias, ...]) -> Service:
    """One object for all scopes that narrow a service down in the same way."""
    return dataclasses.replace(service, ports=ports, aliases=aliases)


def one_namespace_per_host(
    services: tuple[Service, ...], namespace: str, prefer_kubernetes: bool
) -> tuple[Service, ...]:
    """Of a host that several namespaces have, the services of one of them (spec: listeners 9).

    That is the client's own namespace, else that of a Kubernetes Service, else that of the first service.
    `prefer_kubernetes` is istiod's PILOT_UNIFIED_SIDECAR_SCOPE.
    """
    chosen: dict[str, Service] = {}
    for service in services:
        current = chosen.setdefault(service.hostname, service)
        if current is not service and (
            service.namespace == namespace
            or (
                prefer_kubernetes
                and current.namespace != namespace
                and service.is_kubernetes
                and not current.is_kubernetes
            )
        ):
            chosen[service.hostname] = service
    if len(chosen) == len(services):
        return services
    return tuple(service for service in services if service.namespace == chosen[service.hostname].namespace)


def imported_virtual_services(mesh: Mesh, namespace: str, imports: Imports) -> tuple[VirtualService, ...]:
    """The VirtualServices for sidecars that a listener of a namespace imports, in istiod's order (spec: routes 4.3)."""
    own_first = mesh.features.pilot_unified_sidecar_scope
    groups = mesh.virtual_services.groups(namespace)
    visible = (r for group in groups for r in (own_routes_first(group, namespace) if own_first else group))
    if imports.imports_everything:
        return tuple(visible)
    return tuple(r for r in visible if any(p.import_rules(r) for p in imports.of_namespace(r.namespace)))
