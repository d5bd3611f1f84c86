"""Attributes that authorization rules speak about: a field or a `when` key in, what makes conditions of its values out.

Source: spec inbound 21.2 to 21.4.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import partial

from meshc.ir.conditions import (
    AllOf,
    AnyOf,
    ClientAddressIn,
    Condition,
    DestinationAddressIn,
    DestinationPortIs,
    Either,
    HeaderIs,
    IdentityIs,
    ListItem,
    MetadataIs,
    MetadataMatch,
    PathFits,
    PathIs,
    PeerAddressIn,
    ServerNameIs,
    TextMatch,
)
from meshc.ir.node import value
from meshc.lower.security.authz_values import (
    ANY_TEXT,
    PolicyValueError,
    address_range,
    bracketed,
    bracketed_path,
    exact,
    identity,
    identity_in_namespace,
    identity_of_account,
    identity_of_domain,
    port_number,
    text_match,
    wildcard_match,
)

_JWT_FILTER = "envoy.filters.http.jwt_authn"
_JWT_PAYLOAD = "payload"


class Side(enum.Enum):
    """The half of a rule that a condition belongs to: what is done, or who does it."""

    PERMISSION = "permission"
    PRINCIPAL = "principal"


class Completion(enum.Enum):
    """What a value lacks that the policy's surroundings know: the mesh's trust domains, or the policy's namespace."""

    PRINCIPAL = "principal"
    TRUST_DOMAIN = "trust domain"
    ACCOUNT = "service account"


@value
class Attribute:
    """Any attribute. `http_only`: a connection as such does not have it."""

    http_only: bool = False
    completion: Completion | None = None


@value
class Single(Attribute):
    """Each value makes a condition, of which one must be met."""

    make: Callable[[str], Condition]


@value
class Merged(Attribute):
    """All values make one condition."""

    make: Callable[[tuple[str, ...]], Condition]


def _header(name: str, value: str, *, ignore_case: bool = False) -> Condition:
    return HeaderIs(name=name, match=None if value == "*" else wildcard_match(value, ignore_case=ignore_case))


def _path(value: str) -> Condition:
    if "{*}" in value or "{**}" in value:
        return PathFits(template=value.replace("{*}", "*").replace("{**}", "**"))
    return PathIs(match=text_match(value))


def _request_principals(values: tuple[str, ...]) -> Condition:
    """Issuer and subject of the verified token; one value alone needs no disjunction."""
    made = tuple(AllOf(conditions=(_claim_is("iss", i), _claim_is("sub", s))) for i, s in map(_issuer_subject, values))
    return made[0] if len(made) == 1 else AnyOf(conditions=made)


def _claim_is(claim: str, match: TextMatch) -> Condition:
    return MetadataIs(filter=_JWT_FILTER, path=(_JWT_PAYLOAD, claim), match=match)


def _issuer_subject(value: str) -> tuple[TextMatch, TextMatch]:
    """The two halves of `<issuer>/<subject>` around the last slash, with a `*` at one end of the whole."""
    issuer, slash, subject = value.rpartition("/")
    if value == "*":
        return ANY_TEXT, ANY_TEXT
    if value.startswith("*"):
        if not slash:
            return ANY_TEXT, text_match(value)
        return text_match(issuer), exact(subject)
    if value.endswith("*"):
        if not slash:
            return text_match(value), ANY_TEXT
        return exact(issuer), text_match(subject)
    return (exact(issuer), exact(subject)) if slash else (exact(value), exact(""))


def _claims(path: tuple[str, ...], values: tuple[str, ...]) -> Condition:
    """A claim that is one of the values, or a list that holds one of them."""
    one = _either(tuple(map(text_match, values)))
    match = Either(matches=(ListItem(match=one), one))
    return MetadataIs(filter=_JWT_FILTER, path=(_JWT_PAYLOAD, *path), match=match)


def _either(matches: tuple[MetadataMatch, ...]) -> MetadataMatch:
    return matches[0] if len(matches) == 1 else Either(matches=matches)


def _claims_of(key: str, values: tuple[str, ...]) -> Condition:
    return _claims(bracketed_path(key), values)


def _metadata_of(key: str, values: tuple[str, ...]) -> Condition:
    """Metadata of any filter; a value in brackets asks for an item of a list."""
    name, bracket, path = key.removesuffix("]").partition("[")
    if not bracket:
        raise PolicyValueError(f"`{key}` is not of the form filter[key]")
    return MetadataIs(filter=f"envoy.filters.{name}", path=(path,), match=_either(tuple(map(_metadata, values))))


def _metadata(value: str) -> MetadataMatch:
    if value.startswith("[") and value.endswith("]"):
        return ListItem(match=text_match(value.strip("[]")))
    return text_match(value)


def _request_header(key: str, value: str) -> Condition:
    return _header(bracketed(key), value)


_SNI = Single(make=lambda v: ServerNameIs(match=text_match(v)))
_PORT = Single(make=lambda v: DestinationPortIs(port=port_number(v)))
_DESTINATION = Single(make=lambda v: DestinationAddressIn(range=address_range(v)))
_PEER_ADDRESS = Single(make=lambda v: PeerAddressIn(range=address_range(v)))
_CLIENT_ADDRESS = Single(make=lambda v: ClientAddressIn(range=address_range(v)))
_PRINCIPAL = Single(make=lambda v: IdentityIs(match=identity(v)), completion=Completion.PRINCIPAL)
_NAMESPACE = Single(make=lambda v: IdentityIs(match=identity_in_namespace(v)))
_ACCOUNT = Single(make=lambda v: IdentityIs(match=identity_of_account(v)), completion=Completion.ACCOUNT)
_DOMAIN = Single(make=lambda v: IdentityIs(match=identity_of_domain(v)), completion=Completion.TRUST_DOMAIN)
_REQUEST_PRINCIPAL = Merged(make=_request_principals, http_only=True)

OPERATION: Mapping[str, Single | Merged] = {
    "hosts": Single(make=partial(_header, ":authority", ignore_case=True), http_only=True),
    "methods": Single(make=partial(_header, ":method"), http_only=True),
    "paths": Single(make=_path, http_only=True),
    "ports": _PORT,
}
"""The fields of `to[].operation`, in istiod's order."""

SOURCE: Mapping[str, Single | Merged] = {
    "principals": _PRINCIPAL,
    "request_principals": _REQUEST_PRINCIPAL,
    "service_accounts": _ACCOUNT,
    "trust_domains": _DOMAIN,
    "namespaces": _NAMESPACE,
    "remote_ip_blocks": _CLIENT_ADDRESS,
    "ip_blocks": _PEER_ADDRESS,
}
"""The fields of `from[].source`, in istiod's order."""

_WHEN: Mapping[str, tuple[Side, Single | Merged]] = {
    "destination.ip": (Side.PERMISSION, _DESTINATION),
    "destination.port": (Side.PERMISSION, _PORT),
    "connection.sni": (Side.PERMISSION, _SNI),
    "source.ip": (Side.PRINCIPAL, _PEER_ADDRESS),
    "remote.ip": (Side.PRINCIPAL, _CLIENT_ADDRESS),
    "source.namespace": (Side.PRINCIPAL, _NAMESPACE),
    "source.serviceAccount": (Side.PRINCIPAL, _ACCOUNT),
    "source.trustDomain": (Side.PRINCIPAL, _DOMAIN),
    "source.principal": (Side.PRINCIPAL, _PRINCIPAL),
    "request.auth.principal": (Side.PRINCIPAL, _REQUEST_PRINCIPAL),
    "request.auth.audiences": (Side.PRINCIPAL, Merged(make=partial(_claims, ("aud",)), http_only=True)),
    "request.auth.presenter": (Side.PRINCIPAL, Merged(make=partial(_claims, ("azp",)), http_only=True)),
}
_HEADERS = "request.headers"
_CLAIMS = "request.auth.claims"
_METADATA = "experimental.envoy.filters."


def when_attribute(key: str) -> tuple[Side, Single | Merged] | None:
    """The attribute of a `when` key, and the half of the rule it stands in; None for an unknown key."""
    if key in _WHEN:
        return _WHEN[key]
    if key.startswith(_METADATA):
        return Side.PERMISSION, Merged(make=partial(_metadata_of, key.removeprefix(_METADATA)))
    if key.startswith(_HEADERS):
        return Side.PRINCIPAL, Single(make=partial(_request_header, key.removeprefix(_HEADERS)), http_only=True)
    if key.startswith(_CLAIMS):
        return Side.PRINCIPAL, Merged(make=partial(_claims_of, key.removeprefix(_CLAIMS)), http_only=True)
    return None
