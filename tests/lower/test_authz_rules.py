"""Rules of AuthorizationPolicies: the conditions they become, for requests and for connections."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lower.inbound import WEB, remarks, web_service
from tests.lower.policies import http_filters, network_filters, permissions, policy, principals, rule
from tests.manifests import mesh_of

ANY = [{"any": True}]


def operation(text: str) -> str:
    return f"{{to: [{{operation: {text}}}]}}"


def source(text: str) -> str:
    return f"{{from: [{{source: {text}}}]}}"


def when(key: str, values: str) -> str:
    return f"{{when: [{{key: '{key}', values: {values}}}]}}"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("hosts: [a]", {"header": {"name": ":authority", "stringMatch": {"exact": "a", "ignoreCase": True}}}),
        ("hosts: ['*']", {"header": {"name": ":authority", "presentMatch": True}}),
        ("methods: ['*ET']", {"header": {"name": ":method", "stringMatch": {"suffix": "ET"}}}),
        ("paths: ['/a*']", {"urlPath": {"path": {"prefix": "/a"}}}),
        ("paths: ['*']", {"urlPath": {"path": {"safeRegex": {"regex": ".+"}}}}),
        ("ports: ['8080']", {"destinationPort": 8080}),
    ],
)
def test_operations(text: str, condition: dict[str, Any]) -> None:
    assert permissions(operation(f"{{{text}}}")) == [{"orRules": {"rules": [condition]}}]


def test_path_templates() -> None:
    (made,) = permissions(operation("{paths: ['/a/{*}/b/{**}', '/a/*']}"))
    template, plain = made["orRules"]["rules"]
    assert template["uriTemplate"]["name"] == "uri-template"
    assert template["uriTemplate"]["typedConfig"]["pathTemplate"] == "/a/*/b/**"
    assert plain == {"urlPath": {"path": {"prefix": "/a/"}}}


def test_fields_stand_in_istiods_order_and_negations_behind() -> None:
    text = "{ports: ['1'], notPorts: ['2'], notPaths: [/p], methods: [GET], notMethods: [PUT], hosts: [h]}"
    (host, method, no_method, no_path, port, no_port) = permissions(operation(text))
    assert host["orRules"]["rules"][0]["header"]["name"] == ":authority"
    assert method["orRules"]["rules"][0]["header"]["stringMatch"] == {"exact": "GET"}
    assert no_method["notRule"]["orRules"]["rules"][0]["header"]["stringMatch"] == {"exact": "PUT"}
    assert no_path["notRule"]["orRules"]["rules"][0] == {"urlPath": {"path": {"exact": "/p"}}}
    assert port == {"orRules": {"rules": [{"destinationPort": 1}]}}
    assert no_port == {"notRule": {"orRules": {"rules": [{"destinationPort": 2}]}}}


def identity(match: dict[str, Any]) -> dict[str, Any]:
    return {"orIds": {"ids": [{"authenticated": {"principalName": match}}]}}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("principals: ['cluster.local/ns/a/sa/b']", identity({"exact": "spiffe://cluster.local/ns/a/sa/b"})),
        ("namespaces: [a]", identity({"safeRegex": {"regex": ".*/ns/a/.*"}})),
        ("serviceAccounts: [b]", identity({"safeRegex": {"regex": "spiffe://.+/ns/shop/(.+/|)sa/b(/.+)?"}})),
        ("serviceAccounts: [a/b]", identity({"safeRegex": {"regex": "spiffe://.+/ns/a/(.+/|)sa/b(/.+)?"}})),
        ("trustDomains: [td]", identity({"prefix": "spiffe://td/"})),
        (
            "ipBlocks: [10.0.0.0/8]",
            {"orIds": {"ids": [{"directRemoteIp": {"addressPrefix": "10.0.0.0", "prefixLen": 8}}]}},
        ),
        ("remoteIpBlocks: ['::1']", {"orIds": {"ids": [{"remoteIp": {"addressPrefix": "::1", "prefixLen": 128}}]}}),
    ],
)
def test_sources(text: str, condition: dict[str, Any]) -> None:
    assert principals(source(f"{{{text}}}")) == [condition]
    assert principals(source(f"{{{text}}}"), tcp=True) == [condition]


def claim(path: list[str], match: dict[str, Any]) -> dict[str, Any]:
    keys = [{"key": key} for key in ("payload", *path)]
    return {"metadata": {"filter": "envoy.filters.http.jwt_authn", "path": keys, "value": match}}


ANY_TEXT = {"safeRegex": {"regex": ".+"}}


@pytest.mark.parametrize(
    ("value", "issuer", "subject"),
    [
        ("*", ANY_TEXT, ANY_TEXT),
        ("*/s", ANY_TEXT, {"exact": "s"}),
        ("*i/s", {"suffix": "i"}, {"exact": "s"}),
        ("*x", ANY_TEXT, {"suffix": "x"}),
        ("i/*", {"exact": "i"}, ANY_TEXT),
        ("a/i/s*", {"exact": "a/i"}, {"prefix": "s"}),
        ("x*", {"prefix": "x"}, ANY_TEXT),
        ("i/s", {"exact": "i"}, {"exact": "s"}),
        ("x", {"exact": "x"}, {"exact": ""}),
        ("*/s*", ANY_TEXT, {"exact": "s*"}),
        ("*/*", ANY_TEXT, {"exact": "*"}),
    ],
)
def test_request_principals(value: str, issuer: dict[str, Any], subject: dict[str, Any]) -> None:
    both = {"andIds": {"ids": [claim(["iss"], {"stringMatch": issuer}), claim(["sub"], {"stringMatch": subject})]}}
    assert principals(source(f"{{requestPrincipals: ['{value}']}}")) == [both]
    assert principals(source(f"{{notRequestPrincipals: ['{value}']}}")) == [{"notId": both}]
    several = principals(source(f"{{requestPrincipals: ['{value}', a/b]}}"))[0]
    assert several["orIds"]["ids"][0] == both


def test_claims_may_be_lists() -> None:
    one = {"stringMatch": {"exact": "x"}}
    expected = {"orMatch": {"valueMatchers": [{"listMatch": {"oneOf": one}}, one]}}
    assert principals(when("request.auth.claims[a][b]", "[x]")) == [claim(["a", "b"], expected)]
    assert principals(when("request.auth.audiences", "[x]")) == [claim(["aud"], expected)]
    assert principals(when("request.auth.presenter", "[x]")) == [claim(["azp"], expected)]
    (made,) = principals(when("request.auth.claims[a]", "[x, y*]"))
    both = {"orMatch": {"valueMatchers": [one, {"stringMatch": {"prefix": "y"}}]}}
    assert made["metadata"]["value"]["orMatch"]["valueMatchers"] == [{"listMatch": {"oneOf": both}}, both]


@pytest.mark.parametrize(
    ("key", "value", "condition"),
    [
        ("destination.ip", "10.0.0.1", {"destinationIp": {"addressPrefix": "10.0.0.1", "prefixLen": 32}}),
        ("destination.port", "'80'", {"destinationPort": 80}),
        ("connection.sni", "'*.a'", {"requestedServerName": {"suffix": ".a"}}),
    ],
)
def test_conditions_on_what_is_done(key: str, value: str, condition: dict[str, Any]) -> None:
    assert permissions(when(key, f"[{value}]"), tcp=True) == [{"orRules": {"rules": [condition]}}]


def test_conditions_on_metadata() -> None:
    def of(value: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"metadata": {"filter": "envoy.filters.a.b", "path": [{"key": "c"}], "value": value}}]

    key = "experimental.envoy.filters.a.b[c]"
    assert permissions(when(key, "[x]")) == of({"stringMatch": {"exact": "x"}})
    assert permissions(when(key, "['[x]']")) == of({"listMatch": {"oneOf": {"stringMatch": {"exact": "x"}}}})


def test_conditions_stand_behind_each_source() -> None:
    text = "{from: [{source: {namespaces: [a]}}, {}], when: [{key: 'request.headers[x-A]', notValues: ['*']}]}"
    made = rule(text)
    assert made is not None
    no_header = {"notId": {"orIds": {"ids": [{"header": {"name": "x-A", "presentMatch": True}}]}}}
    first, second = (principal["andIds"]["ids"] for principal in made["principals"])
    assert first == [identity({"safeRegex": {"regex": ".*/ns/a/.*"}}), no_header]
    assert second == [no_header]


def test_an_empty_rule_matches_everything() -> None:
    assert rule("{}") == {
        "permissions": [{"andRules": {"rules": ANY}}],
        "principals": [{"andIds": {"ids": ANY}}],
    }


def test_a_value_that_cannot_be_read_takes_the_rule_along_or_widens_it() -> None:
    text = operation("{ports: [http, '80'], paths: [/a]}")
    assert rule(text) is None
    assert permissions(text, "DENY")[1] == {"orRules": {"rules": [{"destinationPort": 80}]}}
    assert permissions(operation("{ports: [http]}"), "AUDIT") == ANY


def test_an_unknown_attribute_takes_the_rule_along() -> None:
    assert rule(when("request.cookies[a]", "[x]"), "DENY") is None
    mesh = mesh_of(WEB, policy("[" + when("request.cookies[a]", "[x]") + "]", "DENY"))
    assert remarks(mesh) == []
    assert remarks(mesh, "MC0651") == [
        "MC0651 AuthorizationPolicy shop/p spec.rules[0]: istiod knows no attribute `request.cookies[a]`; the rule is "
        "left out"
    ]


def test_http_fields_on_tcp() -> None:
    text = "{from: [{source: {namespaces: [a]}}], to: [{operation: {methods: [GET]}}]}"
    assert rule(text, tcp=True) is None
    assert permissions(text, "DENY", tcp=True) == ANY
    assert principals(text, "DENY", tcp=True) == [identity({"safeRegex": {"regex": ".*/ns/a/.*"}})]
    allow, deny = policy(f"[{text}]"), policy(f"[{text}]", "DENY", name="q")
    mesh = mesh_of(WEB, web_service(("tcp", 80, 9000)), allow, deny)
    place = "spec.rules[0]: to[0].operation.methods needs HTTP; on TCP ports the rule"
    assert remarks(mesh, "MC0653", "MC0654") == [
        f"MC0653 AuthorizationPolicy shop/p {place} allows nothing",
        f"MC0654 AuthorizationPolicy shop/q {place} holds without it",
    ]


def test_an_allowing_policy_with_http_rules_alone_closes_tcp() -> None:
    (rbac,) = network_filters(mesh_of(WEB, policy("[" + operation("{methods: [GET]}") + "]")))
    assert rbac["typedConfig"]["rules"] == {}
    assert rbac["typedConfig"]["statPrefix"] == "tcp."


def test_rules_keep_their_numbers() -> None:
    rules = "[" + operation("{ports: [x]}") + ", " + operation("{ports: ['1']}") + "]"
    (rbac,) = http_filters(mesh_of(WEB, policy(rules)))
    assert list(rbac["typedConfig"]["rules"]["policies"]) == ["ns[shop]-policy[p]-rule[1]"]


def test_a_condition_on_principals_is_completed_once_for_each_source() -> None:
    sources = "[{source: {namespaces: [a]}}, {source: {namespaces: [b]}}]"
    text = f"{{from: {sources}, when: [{{key: source.principal, values: [td/ns/a/sa/b]}}]}}"
    made = rule(text, trustDomain="td", trustDomainAliases=["old"])
    assert made is not None
    for principal in made["principals"]:
        matches = principal["andIds"]["ids"][1]["orIds"]["ids"]
        names = [match["authenticated"]["principalName"]["exact"] for match in matches]
        assert names == [f"spiffe://{domain}/ns/a/sa/b" for domain in ("td", "old", "td", "old")]
