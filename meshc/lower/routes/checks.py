"""Checks of routes: route configurations and VirtualServices in, findings about what istiod ignores of them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from meshc.findings import Origin, Sink
from meshc.ir.route import RouteConfiguration, RouteLoss, RouteNote
from meshc.lower.routes.action import REDIRECT_CODES
from meshc.lower.routes.headers import ignored_headers
from meshc.model.api import Headers, HTTPMatchRequest, HTTPRoute, Message
from meshc.model.mesh import Mesh
from meshc.model.virtual_services import VirtualService


class _Remark(NamedTuple):
    """A finding about a part of an HTTP route: `field` is the part's path within the route."""

    code: str
    part: Message
    field: str
    text: str


def check_routes(configurations: Iterable[RouteConfiguration], sink: Sink) -> None:
    """Say what got lost between the routes of one proxy."""
    for configuration in configurations:
        for note in configuration.notes:
            code, text = _explain(note, configuration.name)
            sink.add(code, note.origin, text)


def _explain(note: RouteNote, name: str) -> tuple[str, str]:
    match note.loss:
        case RouteLoss.UNREACHABLE:
            return "MC0601", f"is never reached: {_place(note.winner)} takes every request before"
        case RouteLoss.DOMAIN_TAKEN:
            return "MC0602", f"is not called by the name {note.subject} in routes {name}: {note.winner} has it"
        case RouteLoss.NO_ROUTE:
            return (
                "MC0603",
                f"has no route for some sidecars on {note.subject}: its services get default routes",
            )
        case RouteLoss.NO_HOST:
            return (
                "MC0677",
                "answers every request with 404: no VirtualService has a route for its hosts",
            )


def _place(origin: Origin | None) -> str:
    return str(origin) if origin is not None else "another route"


def check_virtual_services(mesh: Mesh, sink: Sink) -> None:
    """Say what of VirtualServices has no effect for any proxy."""
    for service in mesh.virtual_services.all:
        _check(service, sink)


def _check(service: VirtualService, sink: Sink) -> None:
    for index, route in enumerate(service.http):
        field = f"spec.http[{index}]"
        for remark in _remarks(route):
            path = f"{field}.{remark.field}" if remark.field else field
            sink.add(remark.code, service.origin_of(remark.part, path), remark.text)


def _remarks(route: HTTPRoute) -> Iterator[_Remark]:
    yield from _action_remarks(route)
    yield from _retry_remarks(route)
    yield from _fault_remarks(route)
    yield from _mirror_remarks(route)
    yield from _header_remarks(route.headers, "headers")
    for index, destination in enumerate(route.route):
        yield from _header_remarks(destination.headers, f"route[{index}].headers")
    for index, match in enumerate(route.match):
        yield from _match_remarks(match, f"match[{index}]")


def _action_remarks(route: HTTPRoute) -> Iterator[_Remark]:
    """Of several actions one counts, and a redirect needs one of Envoy's codes."""
    redirect = route.redirect
    if redirect is not None and redirect.redirect_code and redirect.redirect_code not in REDIRECT_CODES:
        code = redirect.redirect_code
        yield _Remark("MC0611", redirect, "redirect", f"code {code} is none of Envoy's: the route has no action")
    if redirect is not None and (route.direct_response is not None or route.route):
        yield _Remark("MC0612", route, "", "redirects, so that its other actions have no effect")
    elif route.direct_response is not None and route.route:
        yield _Remark("MC0612", route, "", "responds directly, so that its destinations have no effect")


def _retry_remarks(route: HTTPRoute) -> Iterator[_Remark]:
    retries = route.retries
    if retries is None or retries.attempts > 0:
        return
    if retries.retry_on or retries.per_try_timeout is not None or retries.backoff is not None:
        yield _Remark("MC0613", retries, "retries", "has no attempts, which switches retries off altogether")


def _fault_remarks(route: HTTPRoute) -> Iterator[_Remark]:
    delay = route.fault.delay if route.fault is not None else None
    abort = route.fault.abort if route.fault is not None else None
    if delay is not None and delay.fixed_delay is None:
        yield _Remark("MC0614", delay, "fault.delay", "has no fixedDelay: nothing is delayed")
    elif delay is not None and delay.percentage is None and not delay.percent:
        yield _Remark("MC0614", delay, "fault.delay", "has no percentage: nothing is delayed")
    if abort is not None and abort.http_status is None and abort.grpc_status is None:
        yield _Remark("MC0614", abort, "fault.abort", "has neither httpStatus nor grpcStatus: nothing is aborted")


def _mirror_remarks(route: HTTPRoute) -> Iterator[_Remark]:
    share = route.mirror_percentage
    if route.mirror is not None and (share.value <= 0 if share is not None else route.mirror_percent == 0):
        yield _Remark("MC0617", route.mirror, "mirror", "has a share of 0 and gets nothing")
    for index, mirror in enumerate(route.mirrors):
        if mirror.destination is None:
            yield _Remark("MC0617", mirror, f"mirrors[{index}]", "has no destination")
        elif mirror.percentage is not None and mirror.percentage.value <= 0:
            yield _Remark("MC0617", mirror, f"mirrors[{index}]", "has a share of 0 and gets nothing")


def _header_remarks(headers: Headers | None, field: str) -> Iterator[_Remark]:
    if headers is not None:
        for path, name in ignored_headers(headers):
            yield _Remark("MC0615", headers, f"{field}.{path}", f"has no effect on {name}")


def _match_remarks(match: HTTPMatchRequest, field: str) -> Iterator[_Remark]:
    if match.gateways and (match.source_labels or match.source_namespace):
        text = "names gateways, so that istiod ignores its source labels and namespace"
        yield _Remark("MC0616", match, field, text)
