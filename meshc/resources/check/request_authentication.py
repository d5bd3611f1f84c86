"""RequestAuthentications in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from meshc.resources.check.jwks import jwks_fault, secret_keys
from meshc.resources.check.numbers import check_duration
from meshc.resources.check.place import Fault, Place
from meshc.resources.check.selectors import check_attachment
from meshc.resources.security import JWTRule, RequestAuthentication

_OUTPUT_HEADER = re.compile(r"[-_A-Za-z0-9]+")


def check_request_authentication(policy: RequestAuthentication, root: Place) -> None:
    """Selector or targets, and the rules."""
    at = root / "spec"
    check_attachment(at, policy.spec)
    for entry, rule in at.each("jwtRules", policy.spec.jwt_rules):
        _check_rule(entry, rule)


def _check_rule(at: Place, rule: JWTRule) -> None:
    if not (rule.issuer or rule.jwks_uri):
        at.tell("MC0412", "issuer or jwksUri is missing")
    for entry, audience in at.each("audiences", rule.audiences):
        entry.need(audience, "the audience")
    if rule.jwks_uri:
        (at / "jwksUri").judge("MC0417", _uri_fault(rule.jwks_uri))
    if rule.jwks:
        _check_keys(at / "jwks", rule.jwks)
    for entry, header in at.each("fromHeaders", rule.from_headers):
        (entry / "name").need(header.name, "the name of the header")
    for entry, parameter in at.each("fromParams", rule.from_params):
        entry.need(parameter, "the name of the parameter")
    for entry, cookie in at.each("fromCookies", rule.from_cookies):
        entry.need(cookie, "the name of the cookie")
    for entry, output in at.each("outputClaimToHeaders", rule.output_claim_to_headers):
        (entry / "claim").need(output.claim, "the claim")
        if (entry / "header").need(output.header, "the header") and not _OUTPUT_HEADER.fullmatch(output.header):
            (entry / "header").tell("MC0408", f"{output.header!r} is no name of a header: letters, digits, - and _")
    check_duration(at / "timeout", rule.timeout)


def _uri_fault(uri: str) -> Fault:
    try:
        scheme = urlsplit(uri).scheme
    except ValueError:
        scheme = ""
    return "" if scheme in ("http", "https") else f"{uri!r} is no URL of HTTP or HTTPS"


def _check_keys(at: Place, jwks: str) -> None:
    if at.judge("MC0429", jwks_fault(jwks)):
        for index, kind in secret_keys(jwks):
            at.tell("MC0460", f"key {index} holds {kind}; to verify tokens the public key is enough")
