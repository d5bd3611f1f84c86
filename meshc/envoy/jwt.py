"""The filter that verifies tokens in, its configuration out."""

from __future__ import annotations

from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration
from meshc.ir.duration import SECOND
from meshc.ir.security import JwtAuthentication, JwtProvider, RemoteKeys

_CONFIG = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication"
_PAYLOAD = "payload"
_CACHED = 300 * SECOND
_ALLOW_MISSING: dict[str, Any] = {"allow_missing": {}}


def jwt_authentication(node: JwtAuthentication) -> tuple[str, Any]:
    """Name and packed configuration of the filter."""
    names = [provider.name for provider in node.providers]
    config = message_class(_CONFIG)(
        providers={provider.name: _provider(provider) for provider in node.providers},
        rules=[{"match": {"prefix": "/"}, "requires": _requirement(names)}],
        bypass_cors_preflight=True,
    )
    return "envoy.filters.http.jwt_authn", pack(config)


def _requirement(names: list[str]) -> dict[str, Any]:
    """A token of one provider is enough; none at all will do too, but each that is there must be good."""
    if len(names) == 1:
        return _valid_or_missing(names[0])
    all_valid = {"requires_all": {"requirements": [_valid_or_missing(name) for name in names]}}
    return _any_of([*({"provider_name": name} for name in names), all_valid])


def _valid_or_missing(name: str) -> dict[str, Any]:
    return _any_of([{"provider_name": name}, _ALLOW_MISSING])


def _any_of(requirements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"requires_any": {"requirements": requirements}}


def _provider(node: JwtProvider) -> dict[str, Any]:
    return {
        "issuer": node.issuer,
        "audiences": node.audiences,
        **_keys(node.keys),
        "forward": node.forward,
        "forward_payload_header": node.payload_header,
        "from_headers": [{"name": header.name, "value_prefix": header.prefix} for header in node.headers],
        "from_params": node.params,
        "from_cookies": node.cookies,
        "payload_in_metadata": _PAYLOAD,
        "normalize_payload_in_metadata": {"space_delimited_claims": node.list_claims},
        "claim_to_headers": [{"header_name": name, "claim_name": claim} for name, claim in node.claim_headers],
        "clear_route_cache": node.clear_route_cache,
    }


def _keys(keys: str | RemoteKeys) -> dict[str, Any]:
    if isinstance(keys, str):
        return {"local_jwks": {"inline_string": keys}}
    uri = {"uri": keys.uri, "cluster": keys.cluster, "timeout": duration(keys.timeout)}
    return {"remote_jwks": {"http_uri": uri, "cache_duration": duration(_CACHED)}}
