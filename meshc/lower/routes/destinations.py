"""Destinations: a `destination` of a VirtualService in, the cluster and what its service and rule add out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from meshc.ir.node import value
from meshc.ir.route_action import HashPolicy
from meshc.ir.route_filters import Session
from meshc.lower.names import destination_cluster_name
from meshc.lower.routes.hash_policy import destination_hash, hash_policy
from meshc.lower.routes.sessions import session
from meshc.model.api import Destination, HTTPRoute
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.service import Resolution, Service
from meshc.model.shared import shared
from meshc.scope.destinations import http_destinations


@value
class Upstream:
    """A destination for a proxy. `hashed`: its rule has a consistent hash, even one without a key."""

    cluster: str
    hash_policy: HashPolicy | None = None
    hashed: bool = False
    session: Session | None = None


class Lookup(Protocol):
    """How a proxy finds what a destination's host means to it; sidecars and gateways differ (spec: routes 11.3)."""

    def service(self, host: str) -> Service | None:
        """The service of that host, if the proxy knows it."""

    def port(self, service: Service | None) -> int:
        """The port of a destination that names none."""

    def rule(self, host: str) -> DestinationRule | None:
        """The DestinationRule in force for the host, if it has a consistent hash."""


def destinations(routes: tuple[HTTPRoute, ...]) -> Iterator[Destination]:
    """Every destination of the routes, in a fixed order."""
    for route in routes:
        yield from http_destinations(route)


def upstream(mesh: Mesh, destination: Destination, lookup: Lookup) -> Upstream:
    """What the destination is for this proxy."""
    service = lookup.service(destination.host)
    port = destination.port.number if destination.port is not None else lookup.port(service)
    alias = service.external_name if service is not None and service.resolution is Resolution.ALIAS else ""
    rule = lookup.rule(destination.host)
    return _upstream(mesh, destination, port, alias, rule, session(mesh, service))


@shared
def _upstream(
    mesh: Mesh,
    destination: Destination,
    port: int,
    alias: str,
    rule: DestinationRule | None,
    sticky: Session | None,
) -> Upstream:
    """An alias is replaced by what it stands for, once; a destination without host has no cluster."""
    host = alias or destination.host
    found = destination_hash(rule, destination) if rule is not None else None
    return Upstream(
        cluster=destination_cluster_name(port, destination.subset, host),
        hash_policy=hash_policy(found),
        hashed=found is not None,
        session=sticky,
    )
