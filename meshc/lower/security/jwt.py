"""RequestAuthentications of a workload in, the filter that verifies tokens out (spec: inbound 19)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from meshc.findings import Origin
from meshc.ir.duration import SECOND
from meshc.ir.node import node
from meshc.ir.security import JwtAuthentication, JwtProvider, RemoteKeys, TokenHeader
from meshc.lower.names import outbound_cluster_name
from meshc.lower.notes import Note
from meshc.lower.telemetry.providers import provider_service
from meshc.model.api import JWTRule, RequestAuthentication
from meshc.model.mesh import Mesh
from meshc.model.shared import shared

_TIMEOUT = 5 * SECOND
_LISTS = frozenset({"permission", "scope"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ENVOY = "envoy"
"""The value of the flag by which istiod itself fetches no keys at all."""

NO_KEYS = """\
{
  "keys": [
    {
      "kty": "RSA",
      "e": "AQAB",
      "n": "\
0xObjM0UvS_oaazjpEYlAbwctEJ4L8pH3OuTb7qth7gUwqet-EzQB4dgFdvSdMgrLnSncQGRjpEYz3F3viIbH-3EN3TxSlPNviHxeOdyiBVfum\
N8dMxbLvVJUpfNOnvmMxJcl-8NNjAwcOjk4otSALaYgYYyOPyvKtgVdrQr-FoubWX4yrjxW-MJ2-7OBeepUUNOsVwGV23YX03sVkkyvY3otRfl\
kBcY3_HKpBxJl9wk2GyOShN4_PNUF9-vwfnvOXMbCDX-w4PTef4geeb_GiT40YCKHTKMSPVanGRn5GExIWmki-mmqh94-mPTJyBR74ShspL3Bx\
PZitDL574T1w"
    }
  ]
}"""
"""What istiod hands out where it could not fetch keys: a key that nobody has, so that every token is refused."""


@node
class JwtFilter:
    """The filter, None if no token is asked for; `notes` say which keys only a cluster can fetch."""

    filter: JwtAuthentication | None
    notes: tuple[Note, ...]


@shared
def jwt_filter(mesh: Mesh, policies: tuple[RequestAuthentication, ...], is_router: bool) -> JwtFilter:
    """The filter for policies in the order in which they apply. Rules are tried in the order of their issuers."""
    rules = sorted(_rules(policies), key=lambda entry: entry[0].issuer.encode())
    if not rules:
        return JwtFilter(filter=None, notes=())
    providers = tuple(
        _provider(mesh, f"origins-{n}", rule, origin, is_router) for n, (rule, origin) in enumerate(rules)
    )
    notes = tuple(_no_keys_note(provider) for provider in providers if provider.keys == NO_KEYS)
    return JwtFilter(filter=JwtAuthentication(providers=providers), notes=notes)


def _rules(policies: tuple[RequestAuthentication, ...]) -> Iterator[tuple[JWTRule, Origin]]:
    for policy in policies:
        for index, rule in enumerate(policy.spec.jwt_rules):
            yield rule, policy.origin_of(rule, f"spec.jwtRules[{index}]")


def _provider(mesh: Mesh, name: str, rule: JWTRule, origin: Origin, is_router: bool) -> JwtProvider:
    return JwtProvider(
        name=name,
        origin=origin,
        issuer=rule.issuer,
        keys=_keys(mesh, rule),
        list_claims=tuple(sorted(_LISTS.union(rule.space_delimited_claims))),
        audiences=rule.audiences,
        headers=tuple(TokenHeader(name=header.name, prefix=header.prefix) for header in rule.from_headers),
        params=rule.from_params,
        cookies=rule.from_cookies,
        forward=rule.forward_original_token,
        payload_header=rule.output_payload_to_header,
        claim_headers=tuple((entry.header, entry.claim) for entry in rule.output_claim_to_headers),
        clear_route_cache=is_router,
    )


def _keys(mesh: Mesh, rule: JWTRule) -> str | RemoteKeys:
    """The keys of a rule. Where istiod would have to fetch them, it fails for want of a network."""
    if rule.jwks_uri and fetched_by_proxy(mesh):
        return _remote_keys(mesh, rule) or NO_KEYS
    return rule.jwks or NO_KEYS


def fetched_by_proxy(mesh: Mesh) -> bool:
    """Proxies fetch keys themselves (istiod's `PILOT_JWT_ENABLE_REMOTE_JWKS`); otherwise istiod does."""
    return mesh.features.pilot_jwt_enable_remote_jwks in ("true", "hybrid", _ENVOY)


def _remote_keys(mesh: Mesh, rule: JWTRule) -> RemoteKeys | None:
    """Where a proxy fetches the keys of a rule: from a service, or if istiod never fetches any, from whatever host."""
    hostname, port = key_server(rule.jwks_uri)
    service = provider_service(mesh, hostname, port)
    if service is None and mesh.features.pilot_jwt_enable_remote_jwks != _ENVOY:
        return None
    cluster = service.cluster if service is not None else outbound_cluster_name(port, "", hostname)
    timeout = _TIMEOUT if rule.timeout is None else rule.timeout
    return RemoteKeys(uri=rule.jwks_uri, cluster=cluster, timeout=timeout)


def key_server(uri: str) -> tuple[str, int]:
    """The host and port of an http(s) URI, the host in the case it is written in; ("", 0) for any other text."""
    try:
        parts = urlsplit(uri)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", 0
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return "", 0
    start = parts.netloc.lower().rindex(parts.hostname)
    return parts.netloc[start : start + len(parts.hostname)], port


def _no_keys_note(provider: JwtProvider) -> Note:
    message = f"istiod would fetch the keys of `{provider.issuer}`; without them every token of that issuer is refused"
    return Note(code="MC0657", origin=provider.origin, message=message)
