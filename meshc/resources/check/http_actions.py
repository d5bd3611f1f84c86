"""Actions of HTTP routes in, what istiod holds against them out (spec: tooling 20, VirtualService)."""

from __future__ import annotations

from meshc.resources.check.go_regexp import regexp_fault
from meshc.resources.check.matches import check_regex, header_name_fault
from meshc.resources.check.numbers import HTTP_STATUSES, check_bounds, check_duration, check_port
from meshc.resources.check.place import Place
from meshc.resources.message import SECOND, Duration
from meshc.resources.networking.common import HTTPRetry
from meshc.resources.networking.virtual_service import (
    GRPC_STATUSES,
    CorsPolicy,
    HTTPDirectResponse,
    HTTPFaultAbort,
    HTTPFaultDelay,
    HTTPFaultInjection,
    HTTPRedirect,
    HTTPRewrite,
    Percent,
)

PERCENT = 100
LEAST_PERCENT = 0.0001
MAX_BODY = 1024 * 1024
LARGE_BODY = 100 * 1024

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*"))
RETRY_CONDITIONS = frozenset(
    (
        "5xx",
        "gateway-error",
        "reset",
        "reset-before-request",
        "connect-failure",
        "retriable-4xx",
        "refused-stream",
        "retriable-status-codes",
        "retriable-headers",
        "envoy-ratelimited",
        "http3-post-connect-failure",
        "cancelled",
        "deadline-exceeded",
        "internal",
        "resource-exhausted",
        "unavailable",
    )
)


def check_fault(at: Place, fault: HTTPFaultInjection | None) -> None:
    """Faults to inject."""
    if fault is None:
        return
    if fault.abort is None and fault.delay is None:
        at.tell("MC0412", "the fault has neither an abort nor a delay")
    if fault.abort is not None:
        _check_abort(at / "abort", fault.abort)
    if fault.delay is not None:
        _check_delay(at / "delay", fault.delay)


def _check_abort(at: Place, abort: HTTPFaultAbort) -> None:
    _check_share(at / "percentage", abort.percentage)
    if abort.http_status is not None:
        check_bounds(at / "httpStatus", abort.http_status, 200, 600)
    if abort.http2_error is not None:
        (at / "http2Error").tell("MC0423", "http2Error is not supported")
    if abort.grpc_status is not None and abort.grpc_status not in GRPC_STATUSES:
        (at / "grpcStatus").tell("MC0416", f"{abort.grpc_status!r} is no status of gRPC", "as UNAVAILABLE, NOT_FOUND")


def _check_delay(at: Place, delay: HTTPFaultDelay) -> None:
    check_bounds(at / "percent", delay.percent, 0, PERCENT)
    _check_share(at / "percentage", delay.percentage)
    check_duration(at / "fixedDelay", delay.fixed_delay)
    if delay.exponential_delay is not None:
        (at / "exponentialDelay").tell("MC0423", "exponentialDelay is not supported")


def _check_share(at: Place, share: Percent | None) -> None:
    """Envoy counts in millionths, so a smaller share than that would be none."""
    if share is None:
        return
    check_bounds(at / "value", share.value, 0, PERCENT)
    if 0 < share.value < LEAST_PERCENT:
        (at / "value").tell("MC0414", f"{share.value:g} is below the least share of {LEAST_PERCENT:g}")


def check_cors(at: Place, cors: CorsPolicy | None) -> None:
    """What other origins may do."""
    if cors is None:
        return
    for entry, origin in at.each("allowOrigins", cors.allow_origins):
        for field, text in (("exact", origin.exact), ("prefix", origin.prefix)):
            if text == "":
                (entry / field).tell("MC0407", "the origin is empty")
        check_regex(entry, origin)
    for entry, method in at.each("allowMethods", cors.allow_methods):
        entry.judge("MC0416", "" if method in METHODS else f"{method!r} is no method of HTTP")
    for field, names in (("allowHeaders", cors.allow_headers), ("exposeHeaders", cors.expose_headers)):
        for entry, name in at.each(field, names):
            entry.judge("MC0408", "" if name == "*" else header_name_fault(name))
    _check_max_age(at / "maxAge", cors.max_age)


def _check_max_age(at: Place, age: Duration | None) -> None:
    check_duration(at, age)
    if age is not None and age % SECOND:
        at.tell("MC0401", "maxAge is not a whole number of seconds")


def check_redirect(at: Place, redirect: HTTPRedirect | None) -> None:
    """Where to redirect to."""
    if redirect is None:
        return
    ports = (redirect.port, redirect.derive_port)
    if not (redirect.uri or redirect.authority or redirect.scheme or any(port is not None for port in ports)):
        at.tell("MC0412", "the redirect changes nothing: uri, authority, scheme or port is missing")
    if redirect.redirect_code:
        check_bounds(at / "redirectCode", redirect.redirect_code, 300, 399)
    if redirect.scheme not in ("", "http", "https"):
        (at / "scheme").tell("MC0416", f"{redirect.scheme!r} is not one of http, https")
    if redirect.port is not None:
        check_port(at / "port", redirect.port)


def check_direct_response(at: Place, response: HTTPDirectResponse | None) -> None:
    """A response that no upstream makes; proxies keep its body in memory."""
    if response is None:
        return
    check_bounds(at / "status", response.status, 200, 600)
    if response.body is None:
        return
    size = len((response.body.string or "").encode()) + len(response.body.bytes_ or b"")
    if size > MAX_BODY:
        (at / "body").tell("MC0427", f"a body of {size} bytes; {MAX_BODY} are allowed")
    elif size > LARGE_BODY:
        (at / "body").tell("MC0466", f"a body of {size} bytes, which every proxy keeps in memory")


def check_retries(at: Place, retries: HTTPRetry | None) -> None:
    """Retries; 0 attempts switch them off, so that nothing else may be said. Conditions are not trimmed."""
    if retries is None:
        return
    check_bounds(at / "attempts", retries.attempts, 0)
    more = {
        "perTryTimeout": retries.per_try_timeout is not None,
        "retryOn": retries.retry_on,
        "retryRemoteLocalities": retries.retry_remote_localities is not None,
    }
    if retries.attempts == 0:
        for field in (field for field, given in more.items() if given):
            (at / field).tell("MC0413", f"{field} cannot stand beside 0 attempts, which switch retries off")
    check_duration(at / "perTryTimeout", retries.per_try_timeout)
    check_duration(at / "backoff", retries.backoff)
    for condition in retries.retry_on.split(",") if retries.retry_on else ():
        if condition not in RETRY_CONDITIONS | HTTP_STATUSES:
            (at / "retryOn").tell(
                "MC0416", f"{condition!r} is no condition for a retry", "names with commas, no spaces"
            )


def check_rewrite(at: Place, rewrite: HTTPRewrite | None) -> None:
    """Changes of path and authority."""
    if rewrite is None:
        return
    regex = rewrite.uri_regex_rewrite
    if rewrite.uri and regex is not None:
        (at / "uriRegexRewrite").tell("MC0413", "uriRegexRewrite cannot stand beside uri")
    if not (rewrite.uri or rewrite.authority or regex is not None):
        at.tell("MC0412", "the rewrite changes nothing: uri, uriRegexRewrite or authority is missing")
    if regex is not None:
        place = at / "uriRegexRewrite"
        if (place / "match").need(regex.match, "the regular expression"):
            (place / "match").judge("MC0418", regexp_fault(regex.match))
        (place / "rewrite").need(regex.rewrite, "the text to put in its place")
