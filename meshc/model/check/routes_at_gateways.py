"""Routes at gateways that lack what only sidecars or only other objects give them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.model.short_names import MESH_GATEWAY
from meshc.model.virtual_services import RouteSemantics, VirtualService
from meshc.model.workloads import Workload
from meshc.resources.check.matches import CLAIMS
from meshc.resources.check.place import Place, Places
from meshc.resources.load import Objects
from meshc.resources.networking.common import Destination


def lint_routes_at_gateways(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Look at the VirtualServices that are for gateways."""
    for_gateways = [
        rules
        for rules in mesh.virtual_services.all
        if rules.semantics is RouteSemantics.ISTIO and any(name != MESH_GATEWAY for name in rules.gateways)
    ]
    for rules in for_gateways:
        at = places.of(rules.resource) / "spec"
        _check_claims(mesh, rules, at)
        for place, destination in _destinations(rules, at):
            _check_port(mesh, place, destination)
            _check_subsets(mesh, rules, place, destination)


def _destinations(rules: VirtualService, at: Place) -> Iterator[tuple[Place, Destination]]:
    """The destinations of HTTP routes, as far as they stand in the VirtualService itself and not in a delegate."""
    for route_at, route in at.each("http", rules.resource.spec.http):
        for place, target in route_at.each("route", route.route):
            if target.destination is not None:
                yield place / "destination", target.destination


def _check_port(mesh: Mesh, at: Place, destination: Destination) -> None:
    """A gateway's own port says nothing about that of the service; only a sole port goes without saying."""
    if destination.port is not None:
        return
    for service in mesh.services.by_host(destination.host):
        if len(service.ports) > 1:
            numbers = ", ".join(str(port.number) for port in service.ports)
            at.tell("MC0558", f"{destination.host} has several ports: {numbers}", "name the one that is meant")
            return


def _check_subsets(mesh: Mesh, rules: VirtualService, at: Place, destination: Destination) -> None:
    """Routes of sidecars do not hold for requests that a gateway sends to the same host."""
    if destination.subset:
        return
    for other in mesh.virtual_services.all:
        if other is rules or destination.host not in other.hosts or set(other.gateways) & {*rules.gateways}:
            continue
        if any(target.destination and target.destination.subset for route in other.http for target in route.route):
            text = f"{other.origin} routes {destination.host} to subsets for sidecars, not for the gateways of this one"
            at.tell("MC0559", text, f"add the gateways to {other.name}, or name the subset here")
            return


def _check_claims(mesh: Mesh, rules: VirtualService, at: Place) -> None:
    """Claims are known where a RequestAuthentication verifies tokens."""
    for route_at, route in at.each("http", rules.resource.spec.http):
        for match_at, match in route_at.each("match", route.match):
            for field, headers in (("headers", match.headers), ("withoutHeaders", match.without_headers)):
                for place, name, _ in match_at.entries(field, headers):
                    if name.lower().startswith(CLAIMS):
                        _check_claim(mesh, rules, place, name)


def _check_claim(mesh: Mesh, rules: VirtualService, at: Place, name: str) -> None:
    for workload in _gateway_pods(mesh, rules.gateways):
        if not mesh.policies.request_authentication(workload.namespace, workload.labels, None):
            text = f"{name} is never known: no RequestAuthentication verifies tokens at {workload.origin}"
            at.tell("MC0593", text)
            return


def _gateway_pods(mesh: Mesh, gateways: Sequence[str]) -> Iterator[Workload]:
    for gateway in mesh.gateways:
        if f"{gateway.meta.namespace}/{gateway.meta.name}" in gateways:
            yield from (w for w in mesh.workloads.all if w.is_pod and selects(gateway.spec.selector, w.labels))
