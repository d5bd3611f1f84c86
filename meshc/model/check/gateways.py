"""Gateways that VirtualServices name: those that serve none of their hosts, and those that they are not for."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.model.hosts import matches
from meshc.model.mesh import Mesh
from meshc.model.virtual_services import RouteSemantics, VirtualService
from meshc.resources.check.place import Place, Places
from meshc.resources.load import Objects
from meshc.resources.networking import Gateway

Gateways = Mapping[str, Gateway]


def lint_gateways(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Follow the gateways of every VirtualService."""
    known = {f"{gateway.meta.namespace}/{gateway.meta.name}": gateway for gateway in mesh.gateways}
    for rules in mesh.virtual_services.all:
        if rules.semantics is RouteSemantics.ISTIO:
            at = places.of(rules.resource) / "spec"
            for place, name in at.each("gateways", rules.resource.spec.gateways):
                _check_gateway(place, rules, name, known)
            for route_at, route in at.each("http", rules.resource.spec.http):
                for match_at, match in route_at.each("match", route.match):
                    for place, name in match_at.each("gateways", match.gateways):
                        _check_match(place, rules, name)


def _check_gateway(at: Place, rules: VirtualService, name: str, known: Gateways) -> None:
    gateway = known.get(name)
    if gateway is not None and not any(serves(gateway, host, rules.namespace) for host in rules.hosts):
        at.tell("MC0552", f"Gateway {name} serves none of the hosts: {', '.join(rules.hosts)}")


def serves(gateway: Gateway, host: str, namespace: str) -> bool:
    """Whether some server of a gateway takes a host from VirtualServices of a namespace."""
    for server in gateway.spec.servers:
        for text in server.hosts:
            owner, slash, own = text.rpartition("/")
            audience = gateway.meta.namespace if owner == "." else owner
            if matches(own, host) and (not slash or audience in ("*", namespace)):
                return True
    return False


def _check_match(at: Place, rules: VirtualService, name: str) -> None:
    """A match may only narrow down the gateways of the VirtualService."""
    if name not in rules.gateways:
        at.tell("MC0553", f"the VirtualService is not for gateway {name}, so that the match never holds for it")
