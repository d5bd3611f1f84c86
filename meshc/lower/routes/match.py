"""One `match` of a VirtualService route in; the condition it is for a proxy, or that it is not for this proxy, out."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.ir.route_match import (
    ANY_PATH,
    ClaimMatch,
    HeaderMatch,
    MatchKind,
    QueryMatch,
    RouteMatch,
    StringMatch,
)
from meshc.lower.routes.facts import RouteFacts, is_subset
from meshc.lower.routes.string_match import string_match, value_match
from meshc.model import api
from meshc.model.api import HTTPMatchRequest

_CLAIMS = "@request.auth.claims"


def applies(match: HTTPMatchRequest, facts: RouteFacts) -> bool:
    """The match is meant for this listener and proxy (spec: routes 9.1).

    A match that names gateways is decided by them alone: istiod then ignores its source labels and namespace.
    """
    if match.port not in (0, facts.port):
        return False
    if match.gateways:
        return not facts.gateways.isdisjoint(match.gateways)
    return is_subset(match.source_labels, facts.labels) and match.source_namespace in ("", facts.namespace)


def is_conditional(match: HTTPMatchRequest) -> bool:
    """The match is not for every listener and proxy."""
    return bool(match.port or match.gateways or match.source_labels or match.source_namespace)


def route_match(match: HTTPMatchRequest | None, *, by_segments: bool = False) -> RouteMatch:
    """The condition on requests (spec: routes 10.3).

    `by_segments`: prefixes are those of Gateway API and Ingress, `/a` is one of `/a/b` and not of `/ab`.
    """
    if match is None:
        return RouteMatch(path=ANY_PATH)
    return RouteMatch(
        path=_path(match.uri, by_segments),
        case_sensitive=not match.ignore_uri_case,
        headers=(*_headers(match), *_pseudo_headers(match)),
        query=tuple(QueryMatch(name=name, match=value_match(m)) for name, m in sorted(match.query_params.items())),
        claims=tuple(_claims(match)),
    )


def _path(uri: api.StringMatch | None, by_segments: bool) -> StringMatch:
    path = (string_match(uri) if uri is not None else None) or ANY_PATH
    if by_segments and path.kind is MatchKind.PREFIX and path != ANY_PATH:
        return StringMatch(kind=MatchKind.SEGMENTS, text=path.text.removesuffix("/"))
    return path


def _headers(match: HTTPMatchRequest) -> list[HeaderMatch]:
    """Wanted and unwanted headers by name, a wanted one before an unwanted one of the same name."""
    made = [HeaderMatch(name=n, match=value_match(m)) for n, m in match.headers.items() if claim_path(n) is None]
    for name, unwanted in match.without_headers.items():
        if claim_path(name) is None:
            content = value_match(unwanted)
            made.append(HeaderMatch(name=name, match=content, invert=True, missing_is_empty=content is not None))
    return sorted(made, key=lambda header: header.name)


def _pseudo_headers(match: HTTPMatchRequest) -> Iterator[HeaderMatch]:
    for name, wanted in ((":method", match.method), (":authority", match.authority), (":scheme", match.scheme)):
        if wanted is not None:
            yield HeaderMatch(name=name, match=value_match(wanted))


def _claims(match: HTTPMatchRequest) -> Iterator[ClaimMatch]:
    for headers, invert in ((match.headers, False), (match.without_headers, True)):
        for name in sorted(headers):
            path = claim_path(name)
            if path is not None:
                yield ClaimMatch(path=path, match=string_match(headers[name]), invert=invert)


def claim_path(header: str) -> tuple[str, ...] | None:
    """The claim that a header named `@request.auth.claims.x.y` or `@request.auth.claims[x][y]` means; else None."""
    if not header.lower().startswith(_CLAIMS):
        return None
    rest = header[len(_CLAIMS) :]
    if len(rest) > 1 and rest.startswith("."):
        return tuple(rest[1:].split("."))
    if len(rest) > 2 and rest.startswith("[") and rest.endswith("]"):
        return tuple(rest[1:-1].split("]["))
    return None
