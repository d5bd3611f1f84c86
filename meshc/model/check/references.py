"""References that lead nowhere: hosts of DestinationRules, gateways, and hosts, subsets and ports of destinations."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.model.hosts import is_wildcard, subset_of
from meshc.model.mesh import Mesh
from meshc.model.names import CLUSTER_DOMAIN
from meshc.model.service import Resolution, Service
from meshc.model.short_names import MESH_GATEWAY
from meshc.model.virtual_services import RouteSemantics, VirtualService
from meshc.resources.networking.common import Destination


def report_references(mesh: Mesh, sink: Sink) -> None:
    """Follow every reference of VirtualServices and DestinationRules to a gateway, a service, a port and a subset."""
    references = _References(mesh, sink, _hosts_by_label(mesh))
    references.report_rules()
    known = {MESH_GATEWAY, *(f"{gateway.meta.namespace}/{gateway.meta.name}" for gateway in mesh.gateways)}
    for rules in mesh.virtual_services.all:
        if rules.semantics is RouteSemantics.ISTIO:
            for gateway in rules.gateways:
                if gateway not in known:
                    sink.add("MC0544", rules.origin.at("spec.gateways"), f"there is no Gateway {gateway}")
            for destination, field in _destinations(rules):
                references.report_destination(rules, destination, field)


def _hosts_by_label(mesh: Mesh) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for host in dict.fromkeys(service.hostname for service in mesh.services.all):
        found.setdefault(host.partition(".")[0], []).append(host)
    return found


def _destinations(rules: VirtualService) -> Iterator[tuple[Destination, str]]:
    """Every destination, with its field path."""
    for i, route in enumerate(rules.http):
        for j, weighted in enumerate(route.route):
            if weighted.destination is not None:
                yield weighted.destination, f"spec.http[{i}].route[{j}].destination"
        if route.mirror is not None:
            yield route.mirror, f"spec.http[{i}].mirror"
        for j, mirror in enumerate(route.mirrors):
            if mirror.destination is not None:
                yield mirror.destination, f"spec.http[{i}].mirrors[{j}].destination"
    weights = [(f"spec.tls[{i}].route", route.route) for i, route in enumerate(rules.tls)]
    weights += [(f"spec.tcp[{i}].route", route.route) for i, route in enumerate(rules.tcp)]
    for field, targets in weights:
        for j, target in enumerate(targets):
            if target.destination is not None:
                yield target.destination, f"{field}[{j}].destination"


@frozen
class _References:
    """Follows references; `by_label` are the known hosts by their first label, for a better guess."""

    mesh: Mesh
    sink: Sink
    by_label: dict[str, list[str]]

    def report_rules(self) -> None:
        """Say which DestinationRules are for no service at all."""
        for rule in self.mesh.destination_rules.all:
            if not self._is_served(rule.host):
                self._report_rule_host(rule.host, rule.origin)

    def _is_served(self, host: str) -> bool:
        if is_wildcard(host):
            return any(subset_of(service.hostname, host) for service in self.mesh.services.all)
        return any(service.resolution is not Resolution.ALIAS for service in self.mesh.services.by_host(host))

    def _report_rule_host(self, host: str, origin: Origin) -> None:
        if self.mesh.services.by_host(host):
            text = f"{host} is an ExternalName Service; rules are looked up for the name that it stands for"
            self.sink.add("MC0540", origin, text)
        else:
            self.sink.add("MC0540", origin, f"no service has the host {host}", self._guess(host))

    def report_destination(self, rules: VirtualService, destination: Destination, field: str) -> None:
        """Say what of a destination does not exist."""
        services = self.mesh.services.by_host(destination.host)
        if not services:
            origin = rules.origin_of(destination, field)
            self.sink.add(
                "MC0541", origin, f"no service has the host {destination.host}", self._guess(destination.host)
            )
            return
        port = destination.port.number if destination.port is not None else 0
        if port and all(service.port(port) is None for service in services):
            known = ", ".join(dict.fromkeys(str(p.number) for service in services for p in service.ports)) or "none"
            origin = rules.origin_of(destination, field)
            self.sink.add("MC0543", origin, f"{destination.host} has no port {port}", f"its ports: {known}")
        if destination.subset and not self._has_subset(rules, services, destination.subset):
            text = f"no DestinationRule that {rules.namespace} sees defines subset {destination.subset}"
            self.sink.add("MC0542", rules.origin_of(destination, field), f"{text} of {destination.host}")

    def _has_subset(self, rules: VirtualService, services: tuple[Service, ...], subset: str) -> bool:
        candidates = (self.mesh.destination_rules.candidates(rules.namespace, service) for service in services)
        return any(rule.subset(subset) is not None for found in candidates for rule in found)

    def _guess(self, host: str) -> str:
        """A host that may have been meant: one with the same first label."""
        full = f"{host}.svc.{CLUSTER_DOMAIN}"
        if self.mesh.services.by_host(full):
            return f"names with a dot are not completed: write {full}"
        alike = self.by_label.get(host.partition(".")[0], ())
        return f"did you mean {alike[0]}?" if alike else ""
