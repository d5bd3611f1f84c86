"""The filter that verifies tokens: providers, keys, and what the proxy fetches itself."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.lower.security.jwt import NO_KEYS
from meshc.model.mesh import Mesh
from tests.lower.inbound import WEB, remarks
from tests.lower.policies import http_filters
from tests.manifests import manifest, mesh_of, service


def tokens(*rules: dict[str, Any], name: str = "r", namespace: str = "shop") -> dict[str, Any]:
    return manifest("RequestAuthentication", name, {"jwtRules": list(rules)}, namespace)


def config(mesh: Mesh) -> dict[str, Any]:
    (made,) = http_filters(mesh)
    return made["typedConfig"]  # type: ignore[no-any-return]


def issuer(name: str, **fields: Any) -> dict[str, Any]:
    return {"issuer": name, "jwks": "{}", **fields}


def test_one_issuer() -> None:
    made = config(mesh_of(WEB, tokens(issuer("a"))))
    assert made["providers"] == {
        "origins-0": {
            "issuer": "a",
            "localJwks": {"inlineString": "{}"},
            "payloadInMetadata": "payload",
            "normalizePayloadInMetadata": {"spaceDelimitedClaims": ["permission", "scope"]},
        }
    }
    (rule,) = made["rules"]
    required = [{"providerName": "origins-0"}, {"allowMissing": {}}]
    assert rule == {"match": {"prefix": "/"}, "requires": {"requiresAny": {"requirements": required}}}


def test_issuers_of_all_policies_are_sorted() -> None:
    policies = (tokens(issuer("b"), issuer("Z")), tokens(issuer("a"), name="s", namespace="istio-system"))
    made = config(mesh_of(WEB, *policies))
    assert [provider["issuer"] for provider in made["providers"].values()] == ["Z", "a", "b"]
    *single, together = made["rules"][0]["requires"]["requiresAny"]["requirements"]
    assert single == [{"providerName": f"origins-{n}"} for n in range(3)]
    assert len(together["requiresAll"]["requirements"]) == 3


def test_where_tokens_are_and_what_becomes_of_them() -> None:
    rule = issuer(
        "a",
        audiences=["x"],
        fromHeaders=[{"name": "x-jwt", "prefix": "T "}],
        fromParams=["t"],
        fromCookies=["c"],
        forwardOriginalToken=True,
        outputPayloadToHeader="x-payload",
        outputClaimToHeaders=[{"header": "x-sub", "claim": "sub"}],
        spaceDelimitedClaims=["roles", "scope"],
    )
    provider = config(mesh_of(WEB, tokens(rule)))["providers"]["origins-0"]
    assert provider["fromHeaders"] == [{"name": "x-jwt", "valuePrefix": "T "}]
    assert (provider["fromParams"], provider["fromCookies"]) == (["t"], ["c"])
    assert provider["forward"]
    assert provider["forwardPayloadHeader"] == "x-payload"
    assert provider["claimToHeaders"] == [{"headerName": "x-sub", "claimName": "sub"}]
    assert provider["normalizePayloadInMetadata"]["spaceDelimitedClaims"] == ["permission", "roles", "scope"]


def test_keys_that_istiod_would_fetch_are_unknown() -> None:
    uri = {"issuer": "a", "jwksUri": "https://a.example.com/keys"}
    mesh = mesh_of(WEB, tokens(uri, {"issuer": "b"}, {**uri, "issuer": "c", "jwks": "{}"}))
    keys = [provider["localJwks"]["inlineString"] for provider in config(mesh)["providers"].values()]
    assert keys == [NO_KEYS, NO_KEYS, "{}"]
    assert [remark.split(":")[0] for remark in remarks(mesh, "MC0657")] == [
        "MC0657 RequestAuthentication shop/r spec.jwtRules[0]",
        "MC0657 RequestAuthentication shop/r spec.jwtRules[1]",
    ]


@pytest.mark.parametrize(
    ("mode", "uri", "cluster"),
    [
        ("hybrid", "http://keys.shop.svc.cluster.local/k", "outbound|80||keys.shop.svc.cluster.local"),
        ("true", "https://keys.shop.svc.cluster.local:8443/k", "outbound|8443||keys.shop.svc.cluster.local"),
        ("hybrid", "https://a.example.com/k", None),
        ("envoy", "https://a.example.com/k", "outbound|443||a.example.com"),
        ("envoy", "ftp://a.example.com/k", "outbound|0||"),
        ("false", "http://keys.shop.svc.cluster.local/k", None),
    ],
)
def test_keys_that_the_proxy_fetches(mode: str, uri: str, cluster: str | None) -> None:
    rule = {"issuer": "a", "jwksUri": uri, "timeout": "2s"}
    mesh = mesh_of(WEB, service("keys"), tokens(rule), pilot_jwt_enable_remote_jwks=mode)
    provider = config(mesh)["providers"]["origins-0"]
    if cluster is None:
        assert provider["localJwks"]["inlineString"] == NO_KEYS
    else:
        expected = {"httpUri": {"uri": uri, "cluster": cluster, "timeout": "2s"}, "cacheDuration": "300s"}
        assert provider["remoteJwks"] == expected
