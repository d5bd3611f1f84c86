"""Retry policies: the `retries` of a VirtualService route, or the mesh's, in; the retry policy of a route out."""

from __future__ import annotations

import re
from http import HTTPStatus

from meshc.ir.route_action import RetryPolicy
from meshc.model.api import HTTPRetry

DEFAULT_RETRY_ON = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes"
"""Conditions under which istiod has requests retried that nobody said anything about (spec: routes 11.3)."""

INBOUND_RETRIES = RetryPolicy(retry_on="reset-before-request", attempts=2)
"""A sidecar's retries towards its own application: connections that the application closed in between."""

_HOST_ATTEMPTS = 5
_STATUS_CODES = "retriable-status-codes"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_KNOWN_CODES = frozenset(map(int, HTTPStatus))


def retry_policy(retries: HTTPRetry | None, mesh_default: HTTPRetry | None, *, hashed: bool) -> RetryPolicy | None:
    """The policy of the route, else the mesh's, else istiod's own; they are never merged. None: no retries.

    `hashed`: the only destination is chosen by a consistent hash, so another host must not be preferred.
    """
    wanted = retries if retries is not None else mesh_default
    if wanted is None:
        return _default(avoid_previous_hosts=not hashed)
    if wanted.attempts <= 0:
        return None
    retry_on, codes = parse_retry_on(wanted.retry_on) if wanted.retry_on else (DEFAULT_RETRY_ON, ())
    ignore = wanted.retry_ignore_previous_hosts
    return RetryPolicy(
        retry_on=retry_on,
        attempts=wanted.attempts,
        host_attempts=_HOST_ATTEMPTS,
        avoid_previous_hosts=not hashed if ignore is None else ignore,
        prefer_other_priorities=bool(wanted.retry_remote_localities),
        status_codes=codes,
        per_try_timeout=wanted.per_try_timeout,
        back_off=wanted.backoff,
    )


def parse_retry_on(text: str) -> tuple[str, tuple[int, ...]]:
    """Conditions and status codes of a `retryOn`.

    As in istiod, the condition that makes codes effective is appended with a comma, also if there are no others.
    """
    tokens = [token for token in map(str.strip, text.split(",")) if token]
    codes = tuple(int(token) for token in tokens if _is_status_code(token))
    conditions = ",".join(token for token in tokens if not _is_status_code(token))
    if codes and _STATUS_CODES not in conditions:
        conditions += "," + _STATUS_CODES
    return conditions, codes


def _is_status_code(token: str) -> bool:
    return _INTEGER.fullmatch(token) is not None and int(token) in _KNOWN_CODES


def _default(*, avoid_previous_hosts: bool) -> RetryPolicy:
    return RetryPolicy(
        retry_on=DEFAULT_RETRY_ON,
        attempts=2,
        host_attempts=_HOST_ATTEMPTS,
        avoid_previous_hosts=avoid_previous_hosts,
    )
