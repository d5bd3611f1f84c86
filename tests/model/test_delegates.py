"""Delegates: what becomes of the routes, matches and places of root and delegate."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.model.virtual_services import VirtualService
from meshc.resources.networking.common import StringMatch
from meshc.resources.networking.virtual_service import HTTPMatchRequest
from tests.manifests import built, manifest, mesh_of, said


def root(http: str, namespace: str = "shop", **more: Any) -> dict[str, Any]:
    return manifest("VirtualService", "root", f"hosts: [web.example.com]\nhttp:\n{http}", namespace, **more)


def delegate(http: str, name: str = "part", namespace: str = "shop", export_to: str = "[]") -> dict[str, Any]:
    return manifest("VirtualService", name, f"exportTo: {export_to}\nhttp:\n{http}", namespace, age=1)


def merged(*objects: dict[str, Any]) -> VirtualService:
    (rules,) = mesh_of(*objects).virtual_services.all
    return rules


def uris(rules: VirtualService) -> list[str]:
    return [route.redirect.uri if route.redirect is not None else "" for route in rules.http]


def test_routes_of_the_delegate_take_the_place_of_the_reference() -> None:
    rules = merged(
        root("- redirect: {uri: /first}\n- delegate: {name: part}\n- redirect: {uri: /last}"),
        delegate("- redirect: {uri: /a}\n- redirect: {uri: /b}"),
    )
    assert uris(rules) == ["/first", "/a", "/b", "/last"]
    assert (rules.namespace, rules.name) == ("shop", "root")


def test_unset_settings_come_from_the_root_as_a_whole() -> None:
    rules = merged(
        root("- {name: r, delegate: {name: part}, timeout: 5s, retries: {attempts: 3}, headers: {request: {}}}"),
        delegate("- {name: d, timeout: 1s, headers: {response: {add: {c: d}}}}\n- {redirect: {uri: /b}}"),
    )
    first, second = rules.http
    assert (first.name, second.name) == ("r-d", "r")
    assert (first.timeout, second.timeout) == (10**9, 5 * 10**9)
    assert first.retries is second.retries and first.retries is not None and first.retries.attempts == 3
    assert first.headers is not None and first.headers.request is None


def test_missing_and_hidden_delegates_cost_one_route() -> None:
    objects = (
        root("- delegate: {name: gone}\n- delegate: {name: part, namespace: data}\n- redirect: {uri: /last}"),
        delegate("- redirect: {uri: /a}", namespace="data", export_to='["."]'),
    )
    assert uris(merged(*objects)) == ["/last"]
    assert said(built(*objects)[1], "MC0501", "MC0502", "MC0504") == [
        "MC0501 VirtualService shop/root spec.http[0].delegate: VirtualService shop/gone does not exist; the route is "
        "dropped",
        "MC0502 VirtualService shop/root spec.http[1].delegate: delegate VirtualService data/part is not exported to "
        "shop; the route is dropped",
    ]


def test_a_delegate_named_for_the_roots_namespace_is_visible() -> None:
    rules = merged(
        root("- delegate: {name: part, namespace: data}"),
        delegate("- redirect: {uri: /a}", namespace="data", export_to="[shop]"),
    )
    assert uris(rules) == ["/a"]


def test_the_default_of_the_mesh_counts_for_delegates() -> None:
    objects = (
        root("- delegate: {name: part, namespace: data}"),
        delegate("- redirect: {uri: /a}", namespace="data"),
    )
    (rules,) = mesh_of(*objects, config={"defaultVirtualServiceExportTo": ["shop"]}).virtual_services.all
    assert uris(rules) == ["/a"]


def test_names_resolve_in_the_delegates_namespace() -> None:
    rules = merged(
        root("- delegate: {name: part, namespace: data}"),
        delegate("- route: [{destination: {host: cart}}]", namespace="data"),
    )
    destination = rules.http[0].route[0].destination
    assert destination is not None and destination.host == "cart.data.svc.cluster.local"


def test_a_route_that_contradicts_the_root_disappears() -> None:
    objects = (
        root("- {match: [{uri: {prefix: /shop}}], delegate: {name: part}}"),
        delegate(
            "- {match: [{uri: {prefix: /shop/cart}}, {uri: {prefix: /other}}], redirect: {uri: /a}}\n"
            "- {match: [{uri: {exact: /shop}}], redirect: {uri: /b}}"
        ),
    )
    assert uris(merged(*objects)) == ["/b"]
    assert said(built(*objects)[1], "MC0503") == [
        "MC0503 VirtualService shop/part spec.http[0]: no match fits any of VirtualService shop/root spec.http[0]; the "
        "route is dropped"
    ]


def test_unused_delegates_and_delegates_of_delegates() -> None:
    _, sink = built(
        root("- delegate: {name: part}"),
        delegate("- {delegate: {name: deep}, redirect: {uri: /a}}"),
        delegate("- redirect: {uri: /b}", name="deep"),
    )
    assert [text.split(":")[0] for text in said(sink, "MC0504", "MC0505")] == [
        "MC0505 VirtualService shop/part spec.http[0]",
        "MC0504 VirtualService shop/deep",
    ]


def test_matches_combine_delegate_first() -> None:
    rules = merged(
        root("- {match: [{name: one, port: 80}, {name: two, port: 81}], delegate: {name: part}}"),
        delegate("- {match: [{name: a, uri: {exact: /a}}, {uri: {exact: /b}, port: 81}], redirect: {uri: /}}"),
    )
    found = [(m.name, m.uri.exact if m.uri else None, m.port) for m in rules.http[0].match]
    assert found == [("one-a", "/a", 80), ("two-a", "/a", 81), ("two", "/b", 81)]


def test_places_are_those_of_the_objects_that_contributed() -> None:
    rules = merged(
        root("- redirect: {uri: /}\n- {match: [{uri: {prefix: /}}], delegate: {name: part}, fault: {abort: {}}}"),
        delegate("- {redirect: {uri: /a}}\n- {match: [{uri: {prefix: /b}}], route: [{destination: {host: cart}}]}"),
    )
    own, inherited, combined = rules.http
    assert str(rules.origin_of(own, "spec.http[0]")) == "VirtualService shop/root spec.http[0]"
    assert str(rules.origin_of(inherited, "spec.http[1]")) == "VirtualService shop/part spec.http[0]"
    assert str(rules.origin_of(inherited.match[0], "spec.http[1].match[0]")).endswith("shop/root spec.http[1].match[0]")
    assert str(rules.origin_of(combined.match[0], "spec.http[2].match[0]")).endswith("shop/part spec.http[1].match[0]")
    assert combined.fault is not None
    assert str(rules.origin_of(combined.fault, "spec.http[2].fault")).endswith("shop/root spec.http[1].fault")
    assert str(rules.origin_of(combined.route[0], "spec.http[2].route[0]")).endswith("shop/part spec.http[1].route[0]")


CONFLICTS = [
    ("{uri: {regex: /a}}", "{uri: {regex: /a}}", True),
    ("{uri: {regex: /a.*}}", "{uri: {exact: /ab}}", True),
    ("{uri: {prefix: /a}}", "{uri: {regex: /ab}}", True),
    ("{uri: {exact: /a}}", "{uri: {exact: /a}}", False),
    ("{uri: {exact: /a}}", "{uri: {prefix: /a}}", True),
    ("{uri: {prefix: /a}}", "{uri: {exact: /ab}}", False),
    ("{uri: {prefix: /a}}", "{uri: {prefix: /b}}", True),
    ("{headers: {a: {}}}", "{headers: {a: {}}}", True),
    ("{headers: {a: {exact: x}}}", "{headers: {b: {exact: z}}}", False),
    ("{queryParams: {a: {exact: x}}}", "{queryParams: {a: {exact: z}}}", True),
    ("{withoutHeaders: {a: {exact: x}}}", "{withoutHeaders: {a: {exact: x}}}", False),
    ("{ignoreUriCase: true}", "{}", True),
    ("{port: 80}", "{port: 81}", True),
    ("{port: 80}", "{}", False),
    ("{sourceNamespace: a}", "{}", True),
    ("{}", "{sourceNamespace: a}", False),
    ("{sourceLabels: {a: x}}", "{sourceLabels: {a: z}}", True),
    ("{sourceLabels: {a: x}}", "{sourceLabels: {b: z}}", False),
    ("{gateways: [mesh]}", "{gateways: [mesh, shop/edge]}", True),
    ("{gateways: [mesh, shop/edge]}", "{gateways: [mesh]}", False),
    ("{gateways: [mesh]}", "{gateways: [shop/edge]}", True),
]


@pytest.mark.parametrize(("outer", "inner", "conflict"), CONFLICTS)
def test_conflicts_between_matches(outer: str, inner: str, conflict: bool) -> None:
    rules = merged(
        root(f"- {{match: [{outer}], delegate: {{name: part}}}}"),
        delegate(f"- {{match: [{inner}], redirect: {{uri: /}}}}"),
    )
    assert (rules.http == ()) is conflict


def test_string_matches_of_both_sides_are_kept_by_key() -> None:
    rules = merged(
        root("- {match: [{headers: {a: {prefix: x}, b: {exact: z}}}], delegate: {name: part}}"),
        delegate("- {match: [{headers: {a: {exact: xx}}, uri: {exact: /}}], redirect: {uri: /}}"),
    )
    match: HTTPMatchRequest = rules.http[0].match[0]
    headers: dict[str, StringMatch] = dict(match.headers)
    assert {key: value.exact for key, value in headers.items()} == {"a": "xx", "b": "z"}
