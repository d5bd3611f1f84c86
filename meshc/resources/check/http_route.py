"""HTTP routes in, what istiod holds against them out (spec: tooling 20, VirtualService)."""

from __future__ import annotations

import enum

from meshc.resources.check.destinations import check_destination, check_weights
from meshc.resources.check.http_actions import (
    PERCENT,
    check_cors,
    check_direct_response,
    check_fault,
    check_redirect,
    check_retries,
    check_rewrite,
)
from meshc.resources.check.http_match import check_http_match
from meshc.resources.check.matches import changed_header_fault, header_value_fault
from meshc.resources.check.numbers import check_bounds, check_duration
from meshc.resources.check.place import Place
from meshc.resources.networking.virtual_service import HeaderOperations, Headers, HTTPRoute


class RouteRole(enum.Enum):
    """A route that hands over to a delegate, one of a delegate, or neither."""

    ROOT = "root"
    DELEGATE = "delegate"
    INDEPENDENT = "independent"


def check_http_route(at: Place, route: HTTPRoute, in_delegate: bool) -> None:
    """A route of a VirtualService; `in_delegate` if that one has no hosts."""
    _check_conflicts(at, route, _role(route, in_delegate))
    for entry, match in at.each("match", route.match):
        check_http_match(entry, match)
    check_headers(at / "headers", route.headers)
    check_cors(at / "corsPolicy", route.cors_policy)
    check_fault(at / "fault", route.fault)
    _check_mirrors(at, route)
    check_redirect(at / "redirect", route.redirect)
    check_direct_response(at / "directResponse", route.direct_response)
    check_retries(at / "retries", route.retries)
    check_rewrite(at / "rewrite", route.rewrite)
    _check_authority(at, route)
    for entry, target in at.each("route", route.route):
        check_destination(entry / "destination", target.destination)
        check_headers(entry / "headers", target.headers)
    check_weights(at, route.route)
    check_duration(at / "timeout", route.timeout)


def _role(route: HTTPRoute, in_delegate: bool) -> RouteRole:
    if in_delegate:
        return RouteRole.DELEGATE
    return RouteRole.ROOT if route.delegate is not None else RouteRole.INDEPENDENT


def _check_conflicts(at: Place, route: HTTPRoute, role: RouteRole) -> None:
    """Which actions may stand together."""
    given = {
        "route": bool(route.route),
        "redirect": route.redirect is not None,
        "directResponse": route.direct_response is not None,
        "fault": route.fault is not None,
        "rewrite": route.rewrite is not None,
    }
    if role is RouteRole.ROOT:
        _exclude(at, given, ("redirect", "route"), "delegate")
        return
    if role is RouteRole.DELEGATE and route.delegate is not None:
        (at / "delegate").tell("MC0424", "a delegate cannot delegate")
    if given["redirect"]:
        _exclude(at, given, ("route", "fault", "rewrite", "directResponse"), "redirect")
    elif given["directResponse"]:
        _exclude(at, given, ("route", "fault", "rewrite"), "directResponse")
    else:
        at.need(given["route"], "route, redirect or directResponse")
    if route.mirror is not None and route.mirrors:
        (at / "mirrors").tell("MC0413", "mirrors cannot stand beside mirror")


def _exclude(at: Place, given: dict[str, bool], fields: tuple[str, ...], beside: str) -> None:
    for field in fields:
        if given[field]:
            (at / field).tell("MC0413", f"{field} cannot stand beside {beside}")


def check_headers(at: Place, headers: Headers | None) -> None:
    """Changes to the headers of requests and responses."""
    if headers is None:
        return
    _check_operations(at / "request", headers.request, authority=True)
    _check_operations(at / "response", headers.response, authority=False)


def _check_operations(at: Place, operations: HeaderOperations | None, *, authority: bool) -> None:
    if operations is None:
        return
    for field, values in (("add", operations.add), ("set", operations.set)):
        for entry, name, value in at.entries(field, values):
            entry.judge("MC0408", changed_header_fault(name, authority=authority))
            entry.judge("MC0409", header_value_fault(value))
    for place, name in at.each("remove", operations.remove):
        place.judge("MC0408", changed_header_fault(name, authority=False))


def _check_mirrors(at: Place, route: HTTPRoute) -> None:
    if route.mirror_percent is not None:
        check_bounds(at / "mirrorPercent", route.mirror_percent, 0, PERCENT)
        (at / "mirrorPercent").tell("MC0451", "mirrorPercent is deprecated", "use mirrorPercentage")
    if route.mirror_percentage is not None:
        check_bounds(at / "mirrorPercentage" / "value", route.mirror_percentage.value, 0, PERCENT)
    if route.mirror is not None:
        check_destination(at / "mirror", route.mirror)
    for entry, mirror in at.each("mirrors", route.mirrors):
        check_destination(entry / "destination", mirror.destination)
        if mirror.percentage is not None:
            check_bounds(entry / "percentage" / "value", mirror.percentage.value, 0, PERCENT)


def _check_authority(at: Place, route: HTTPRoute) -> None:
    """The authority of requests is set once: by the rewrite or by a header, under either of its names."""
    request = route.headers.request if route.headers is not None else None
    places: list[Place] = []
    if route.rewrite is not None and route.rewrite.authority:
        places.append(at / "rewrite" / "authority")
    if request is not None:
        for field, values in (("set", request.set), ("add", request.add)):
            entries = (at / "headers" / "request").entries(field, values)
            places += [entry for entry, name, _ in entries if name.lower() in ("host", ":authority")]
    for place in places[1:]:
        place.tell("MC0413", "the authority is set more than once")
