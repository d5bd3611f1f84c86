"""Actions of VirtualService routes: odd numbers, destinations that are none, and what Gateway API does otherwise."""

from __future__ import annotations

import math

import pytest

from meshc.ir.route_action import Denominator, Fraction, Redirect, RegexRewrite, WeightedCluster
from meshc.ir.route_match import ANY_PATH, MatchKind, RouteMatch, StringMatch
from meshc.lower.routes.action import forward, redirect
from meshc.lower.routes.destinations import Upstream
from meshc.lower.routes.facts import RouteFacts
from meshc.lower.routes.fault_cors import cors_policy, fault_injection
from meshc.lower.routes.fractions import fraction, whole_percent
from meshc.lower.routes.match import route_match
from meshc.model import api
from meshc.model.api import Destination, HTTPMatchRequest, HTTPRedirect, HTTPRewrite, HTTPRoute, Percent
from meshc.model.virtual_services import RouteSemantics
from meshc.resources.message import Duration
from meshc.resources.networking.virtual_service import HTTPMirrorPolicy, HTTPRouteDestination
from tests.manifests import mesh_of

FACTS = RouteFacts(port=80, gateways=frozenset({"mesh"}))
SOMEWHERE = Destination(host="web")
UPSTREAMS = {SOMEWHERE: Upstream(cluster="outbound|80||web")}
SEGMENTS = StringMatch(kind=MatchKind.SEGMENTS, text="/a.b")


@pytest.mark.parametrize(
    ("percent", "numerator"),
    [(33.33333, 333333), (-1.0, 2**32 - 10_000), (1e6, 10**10 % 2**32), (1e30, 0), (math.nan, 0), (math.inf, 0)],
)
def test_shares_have_32_bits_without_a_sign(percent: float, numerator: int) -> None:
    assert fraction(Percent(value=percent)) == Fraction(numerator=numerator, denominator=Denominator.MILLION)


def test_negative_numbers_wrap_round() -> None:
    assert whole_percent(-1).numerator == 2**32 - 1
    fault = fault_injection(api.HTTPFaultInjection(abort=api.HTTPFaultAbort(http_status=-1)))
    assert fault is not None
    assert fault.abort is not None
    assert fault.abort.status == 2**32 - 1
    weighted = (HTTPRouteDestination(destination=SOMEWHERE, weight=-1), HTTPRouteDestination(destination=SOMEWHERE))
    made = forward(mesh_of(), HTTPRoute(route=weighted), RouteSemantics.ISTIO, ANY_PATH, UPSTREAMS, FACTS)
    assert made.to == (WeightedCluster(cluster="outbound|80||web", weight=2**32 - 1),)


@pytest.mark.parametrize(("age", "text"), [(1_500_000_000, "1"), (-1_500_000_000, "-1"), (0, "0")])
def test_the_age_of_a_cors_policy_has_whole_seconds(age: int, text: str) -> None:
    made = cors_policy(api.CorsPolicy(max_age=Duration(age)))
    assert made is not None
    assert made.max_age == text


def test_a_mirror_in_a_list_needs_a_destination() -> None:
    mirrors = (HTTPMirrorPolicy(), HTTPMirrorPolicy(destination=SOMEWHERE))
    made = forward(mesh_of(), HTTPRoute(mirrors=mirrors), RouteSemantics.ISTIO, ANY_PATH, UPSTREAMS, FACTS)
    assert [mirror.cluster for mirror in made.mirrors] == ["outbound|80||web"]


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ("/", ANY_PATH),
        ("/a/", StringMatch(kind=MatchKind.SEGMENTS, text="/a")),
        ("/a//", StringMatch(kind=MatchKind.SEGMENTS, text="/a/")),
        ("//", StringMatch(kind=MatchKind.SEGMENTS, text="/")),
    ],
)
def test_prefixes_of_other_apis_end_with_a_segment(prefix: str, path: StringMatch) -> None:
    match = HTTPMatchRequest(uri=api.StringMatch(prefix=prefix))
    assert route_match(match, by_segments=True).path == path
    assert route_match(match).path == StringMatch(kind=MatchKind.PREFIX, text=prefix)


def test_the_prefix_of_the_root_segment_takes_every_request() -> None:
    assert RouteMatch(path=StringMatch(kind=MatchKind.SEGMENTS, text="/")).is_catch_all
    assert not RouteMatch(path=SEGMENTS).is_catch_all


@pytest.mark.parametrize(
    ("semantics", "path", "rewritten"),
    [
        (RouteSemantics.ISTIO, SEGMENTS, "/"),
        (RouteSemantics.INGRESS, SEGMENTS, "/"),
        (RouteSemantics.GATEWAY, SEGMENTS, RegexRewrite(pattern=r"^/a\.b(/?)(.*)", substitution=r"/\2")),
        (RouteSemantics.GATEWAY, ANY_PATH, RegexRewrite(pattern=r"^(/?)(.*)", substitution=r"/\2")),
    ],
)
def test_gateway_api_removes_a_prefix_with_its_slash(
    semantics: RouteSemantics, path: StringMatch, rewritten: str | RegexRewrite
) -> None:
    made = forward(mesh_of(), HTTPRoute(rewrite=HTTPRewrite(uri="/")), semantics, path, UPSTREAMS, FACTS)
    assert (made.regex_rewrite or made.prefix_rewrite) == rewritten
    assert made.missing_is_error is (semantics is RouteSemantics.GATEWAY)


def test_only_redirects_of_gateway_api_can_keep_what_was_not_matched() -> None:
    wanted = HTTPRedirect(uri="%PREFIX()%/new")
    assert redirect(wanted, RouteSemantics.GATEWAY, FACTS) == Redirect(path="/new", prefix_only=True)
    assert redirect(wanted, RouteSemantics.INGRESS, FACTS) == Redirect(path="%PREFIX()%/new")
