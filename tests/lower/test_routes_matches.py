"""Matches of VirtualService routes: who they are for, and the conditions they become."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.ir.route_match import ClaimMatch, HeaderMatch, MatchKind, RouteMatch, StringMatch
from meshc.lower.routes.facts import RouteFacts
from meshc.lower.routes.match import applies, claim_path, route_match
from meshc.model import api
from meshc.model.api import HTTPMatchRequest

FACTS = RouteFacts(port=80, gateways=frozenset({"mesh"}), namespace="shop", labels=(("app", "web"),))


@pytest.mark.parametrize(
    ("match", "meant"),
    [
        ({}, True),
        ({"port": 80}, True),
        ({"port": 81}, False),
        ({"source_labels": {"app": "web"}}, True),
        ({"source_labels": {"app": "web", "version": "v1"}}, False),
        ({"source_namespace": "shop"}, True),
        ({"source_namespace": "bank"}, False),
        ({"gateways": ("shop/edge",)}, False),
        ({"gateways": ("shop/edge", "mesh"), "source_labels": {"app": "api"}, "source_namespace": "bank"}, True),
    ],
)
def test_who_a_match_is_for(match: dict[str, Any], meant: bool) -> None:
    assert applies(HTTPMatchRequest(**match), FACTS) is meant


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("@request.auth.claims.group", ("group",)),
        ("@Request.Auth.Claims.a.B", ("a", "B")),
        ("@request.auth.claims[realm.roles][admin]", ("realm.roles", "admin")),
        ("@request.auth.claims", None),
        ("@request.auth.claims.", None),
        ("@request.auth.claimsx", None),
        ("@request.auth.claims[x", None),
        ("x-group", None),
    ],
)
def test_headers_that_stand_for_claims(header: str, path: tuple[str, ...] | None) -> None:
    assert claim_path(header) == path


def test_headers_are_sorted_and_pseudo_headers_come_last() -> None:
    exact = api.StringMatch(exact="1")
    match = HTTPMatchRequest(
        method=api.StringMatch(exact="GET"),
        headers={"x-b": exact, "x-a": api.StringMatch(regex="*")},
        without_headers={"x-b": exact, "x-0": api.StringMatch()},
    )
    one = StringMatch(kind=MatchKind.EXACT, text="1")
    assert route_match(match).headers == (
        HeaderMatch(name="x-0", invert=True),
        HeaderMatch(name="x-a"),
        HeaderMatch(name="x-b", match=one),
        HeaderMatch(name="x-b", match=one, invert=True, missing_is_empty=True),
        HeaderMatch(name=":method", match=StringMatch(kind=MatchKind.EXACT, text="GET")),
    )


def test_claims_are_no_headers() -> None:
    match = HTTPMatchRequest(
        headers={"@request.auth.claims.group": api.StringMatch(exact="ops")},
        without_headers={"@request.auth.claims.group": api.StringMatch(prefix="ext")},
    )
    made = route_match(match)
    assert made.headers == ()
    assert made.claims == (
        ClaimMatch(path=("group",), match=StringMatch(kind=MatchKind.EXACT, text="ops")),
        ClaimMatch(path=("group",), match=StringMatch(kind=MatchKind.PREFIX, text="ext"), invert=True),
    )
    assert not made.is_catch_all


@pytest.mark.parametrize(
    ("match", "everything"),
    [
        (None, True),
        (HTTPMatchRequest(port=80), True),
        (HTTPMatchRequest(uri=api.StringMatch(prefix="/"), ignore_uri_case=True), True),
        (HTTPMatchRequest(uri=api.StringMatch(regex=".*")), True),
        (HTTPMatchRequest(uri=api.StringMatch(regex="/.*")), False),
        (HTTPMatchRequest(uri=api.StringMatch(prefix="")), False),
        (HTTPMatchRequest(scheme=api.StringMatch(exact="https")), False),
        (HTTPMatchRequest(query_params={"q": api.StringMatch()}), False),
    ],
)
def test_what_takes_every_request(match: HTTPMatchRequest | None, everything: bool) -> None:
    assert route_match(match).is_catch_all is everything


def test_case_sensitivity_is_only_set_where_there_is_a_match() -> None:
    def sensitive(made: RouteMatch) -> bool | None:
        return made.case_sensitive

    assert sensitive(route_match(None)) is None
    assert sensitive(route_match(HTTPMatchRequest())) is True
    assert sensitive(route_match(HTTPMatchRequest(ignore_uri_case=True))) is False
