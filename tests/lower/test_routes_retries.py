"""Retry policies of routes: which one counts, and what istiod makes of `retryOn`."""

from __future__ import annotations

import pytest

from meshc.ir.route_action import RetryPolicy
from meshc.lower.routes.retries import DEFAULT_RETRY_ON, parse_retry_on, retry_policy
from meshc.model.api import HTTPRetry

BUILT_IN = RetryPolicy(retry_on=DEFAULT_RETRY_ON, attempts=2, host_attempts=5, avoid_previous_hosts=True)


@pytest.mark.parametrize(
    ("text", "conditions", "codes"),
    [
        ("5xx,gateway-error", "5xx,gateway-error", ()),
        ("503", ",retriable-status-codes", (503,)),
        (" 5xx , 418 ,, 503 ", "5xx,retriable-status-codes", (418, 503)),
        ("retriable-status-codes,503", "retriable-status-codes", (503,)),
        ("1000,299", "1000,299", ()),
        (",", "", ()),
    ],
)
def test_retry_on_splits_into_conditions_and_known_status_codes(
    text: str, conditions: str, codes: tuple[int, ...]
) -> None:
    assert parse_retry_on(text) == (conditions, codes)


def test_without_any_policy_istiod_has_its_own() -> None:
    assert retry_policy(None, None, hashed=False) == BUILT_IN


def test_the_policies_of_route_and_mesh_are_not_merged() -> None:
    mesh = HTTPRetry(attempts=7, retry_on="5xx")
    made = retry_policy(HTTPRetry(attempts=1), mesh, hashed=False)
    assert made is not None
    assert (made.attempts, made.retry_on) == (1, DEFAULT_RETRY_ON)
    fallback = retry_policy(None, mesh, hashed=False)
    assert fallback is not None
    assert (fallback.attempts, fallback.retry_on) == (7, "5xx")


@pytest.mark.parametrize("attempts", [0, -1])
def test_a_policy_without_attempts_switches_retries_off(attempts: int) -> None:
    assert retry_policy(HTTPRetry(attempts=attempts, retry_on="5xx"), None, hashed=False) is None


@pytest.mark.parametrize(
    ("ignore", "hashed", "avoids"),
    [(None, False, True), (None, True, False), (True, True, True), (False, False, False)],
)
def test_previous_hosts_are_avoided_unless_a_hash_decides(ignore: bool | None, hashed: bool, avoids: bool) -> None:
    made = retry_policy(HTTPRetry(attempts=1, retry_ignore_previous_hosts=ignore), None, hashed=hashed)
    assert made is not None
    assert made.avoid_previous_hosts is avoids


def test_a_hash_leaves_the_built_in_policy_without_its_predicate() -> None:
    made = retry_policy(None, None, hashed=True)
    assert made is not None
    assert not made.avoid_previous_hosts
    assert made.host_attempts == 5
