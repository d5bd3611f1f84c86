"""What routes and virtual hosts set for HTTP filters in, `typed_per_filter_config` out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.route_actions import fraction
from meshc.envoy.route_matches import string_match
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration, wrapped
from meshc.ir.route_action import Fraction
from meshc.ir.route_filters import Abort, AbortKind, CookieSession, CorsPolicy, FaultInjection, HeaderSession, Session

_FAULT = "envoy.filters.http.fault"
_CORS = "envoy.filters.http.cors"
_SESSION = "envoy.filters.http.stateful_session"
_EVERY_REQUEST = {"default_value": fraction(Fraction(numerator=100))}


def per_filter_config(
    fault: FaultInjection | None = None, cors: CorsPolicy | None = None, session: Session | None = None
) -> dict[str, Any]:
    """Filter name -> its configuration, packed."""
    made = {}
    if fault is not None:
        made[_FAULT] = _fault(fault)
    if cors is not None:
        made[_CORS] = _cors(cors)
    if session is not None:
        made[_SESSION] = _session(session)
    return made


@lru_cache
def _fault(fault: FaultInjection) -> Any:
    delay, abort = fault.delay, fault.abort
    config = message_class("envoy.extensions.filters.http.fault.v3.HTTPFault")(
        delay=delay and {"fixed_delay": duration(delay.duration), "percentage": fraction(delay.share)},
        abort=_abort(abort) if abort is not None else None,
    )
    return pack(config)


def _abort(abort: Abort) -> dict[str, Any]:
    status = "http_status" if abort.kind is AbortKind.HTTP else "grpc_status"
    return {status: abort.status, "percentage": fraction(abort.share) if abort.share is not None else None}


@lru_cache
def _cors(cors: CorsPolicy) -> Any:
    config = message_class("envoy.extensions.filters.http.cors.v3.CorsPolicy")(
        filter_enabled=_EVERY_REQUEST,
        allow_origin_string_match=[string_match(origin) for origin in cors.origins],
        allow_methods=cors.methods,
        allow_headers=cors.headers,
        expose_headers=cors.expose_headers,
        max_age=cors.max_age,
        allow_credentials=wrapped(cors.credentials),
        forward_not_matching_preflights=wrapped(cors.forward_unmatched_preflights),
    )
    return pack(config)


@lru_cache
def _session(session: Session) -> Any:
    config = message_class("envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute")(
        stateful_session={"session_state": _session_state(session)}
    )
    return pack(config)


def _session_state(session: Session) -> dict[str, Any]:
    match session:
        case CookieSession():
            state = message_class("envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState")(
                cookie={"name": session.cookie, "path": session.path}
            )
            return {"name": "envoy.http.stateful_session.cookie", "typed_config": pack(state)}
        case HeaderSession():
            state = message_class("envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState")(
                name=session.header
            )
            return {"name": "envoy.http.stateful_session.header", "typed_config": pack(state)}
