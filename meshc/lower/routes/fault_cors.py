"""Fault injection and CORS policies of a VirtualService route in, as HTTP filters understand them out."""

from __future__ import annotations

from meshc.ir.duration import SECOND
from meshc.ir.route_filters import Abort, AbortKind, CorsPolicy, Delay, FaultInjection
from meshc.ir.route_match import MatchKind, StringMatch
from meshc.lower.routes.fractions import fraction, unsigned, whole_percent
from meshc.lower.routes.string_match import string_match
from meshc.model import api
from meshc.model.api import GRPC_STATUSES, HTTPFaultAbort, HTTPFaultDelay, HTTPFaultInjection

_GRPC_NUMBERS = {name: number for number, name in enumerate(GRPC_STATUSES)}


def fault_injection(fault: HTTPFaultInjection | None) -> FaultInjection | None:
    """The faults of a route (spec: routes 12.2); kinds of delay and abort that Envoy does not have are left out."""
    if fault is None:
        return None
    return FaultInjection(
        delay=_delay(fault.delay) if fault.delay is not None else None,
        abort=_abort(fault.abort) if fault.abort is not None else None,
    )


def _delay(delay: HTTPFaultDelay) -> Delay | None:
    """A delay without any percentage delays nobody: the deprecated whole number is 0 then."""
    if delay.fixed_delay is None:
        return None
    share = fraction(delay.percentage) if delay.percentage is not None else whole_percent(delay.percent)
    return Delay(duration=delay.fixed_delay, share=share)


def _abort(abort: HTTPFaultAbort) -> Abort | None:
    share = fraction(abort.percentage) if abort.percentage is not None else None
    if abort.http_status is not None:
        return Abort(kind=AbortKind.HTTP, status=unsigned(abort.http_status), share=share)
    if abort.grpc_status is not None:
        return Abort(kind=AbortKind.GRPC, status=_GRPC_NUMBERS.get(abort.grpc_status, 0), share=share)
    return None


def cors_policy(policy: api.CorsPolicy | None) -> CorsPolicy | None:
    """The CORS policy of a route (spec: routes 12.2)."""
    if policy is None:
        return None
    return CorsPolicy(
        origins=_origins(policy),
        methods=",".join(policy.allow_methods),
        headers=",".join(policy.allow_headers),
        expose_headers=",".join(policy.expose_headers),
        max_age=str(_whole_seconds(policy.max_age)) if policy.max_age is not None else "",
        credentials=policy.allow_credentials,
        forward_unmatched_preflights=policy.unmatched_preflights != "IGNORE",
    )


def _whole_seconds(nanoseconds: int) -> int:
    """What is less than a second is cut off, whatever the sign."""
    seconds = abs(nanoseconds) // SECOND
    return seconds if nanoseconds >= 0 else -seconds


def _origins(policy: api.CorsPolicy) -> tuple[StringMatch, ...]:
    """`allowOrigins`, or the deprecated list of exact origins if there are none."""
    if not policy.allow_origins:
        return tuple(StringMatch(kind=MatchKind.EXACT, text=origin) for origin in policy.allow_origin)
    matches = map(string_match, policy.allow_origins)
    return tuple(match for match in matches if match is not None)
