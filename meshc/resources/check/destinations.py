"""Destinations of routes in, what istiod holds against them out (spec: tooling 20, VirtualService)."""

from __future__ import annotations

from collections.abc import Sequence

from meshc.resources.check.names import dns_label_fault, wildcard_host_fault
from meshc.resources.check.numbers import check_port
from meshc.resources.check.place import Place
from meshc.resources.networking.common import Destination
from meshc.resources.networking.virtual_service import HTTPRouteDestination, RouteDestination


def check_destination(at: Place, destination: Destination | None) -> None:
    """Host, subset and port of a destination."""
    if destination is None:
        at.tell("MC0412", "destination is missing")
        return
    host = at / "host"
    if destination.host == "*":
        host.tell("MC0404", "'*' is no destination")
    else:
        host.judge("MC0404", wildcard_host_fault(destination.host))
    if destination.subset:
        (at / "subset").judge("MC0403", dns_label_fault(destination.subset))
    if destination.port is not None:
        check_port(at / "port" / "number", destination.port.number)


def check_weights(at: Place, destinations: Sequence[HTTPRouteDestination | RouteDestination]) -> None:
    """Weights of the destinations of a route: relative, and of several not all 0."""
    for entry, destination in at.each("route", destinations):
        if destination.weight < 0:
            (entry / "weight").tell("MC0414", f"weight {destination.weight} is negative")
    if len(destinations) > 1 and sum(destination.weight for destination in destinations) == 0:
        (at / "route").tell("MC0414", "the weights of all destinations are 0")
