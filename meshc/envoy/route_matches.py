"""Conditions of routes in, the fields of `envoy.config.route.v3.RouteMatch` and its parts out."""

from __future__ import annotations

from typing import Any

from meshc.ir.route_match import ClaimMatch, HeaderMatch, MatchKind, QueryMatch, RouteMatch, StringMatch

_JWT_FILTER = "envoy.filters.http.jwt_authn"
_CLAIMS_KEY = "payload"


def route_match(match: RouteMatch) -> dict[str, Any]:
    """The condition of a route."""
    return {
        **_path(match.path),
        "case_sensitive": None if match.case_sensitive is None else {"value": match.case_sensitive},
        "headers": [header_match(header) for header in match.headers],
        "query_parameters": [_query(query) for query in match.query],
        "dynamic_metadata": [_claim(claim) for claim in match.claims],
    }


def string_match(match: StringMatch) -> dict[str, Any]:
    """An `envoy.type.matcher.v3.StringMatcher`."""
    if match.kind is MatchKind.REGEX:
        return {"safe_regex": {"regex": match.text}}
    return {match.kind.value: match.text}


def header_match(match: HeaderMatch) -> dict[str, Any]:
    """A header matcher."""
    return {
        "name": match.name,
        "invert_match": match.invert,
        "treat_missing_header_as_empty": match.missing_is_empty,
        **_content(match.match),
    }


def _path(path: StringMatch) -> dict[str, Any]:
    match path.kind:
        case MatchKind.PREFIX:
            return {"prefix": path.text}
        case MatchKind.EXACT:
            return {"path": path.text}
        case MatchKind.REGEX:
            return {"safe_regex": {"regex": path.text}}
        case MatchKind.SEGMENTS:
            return {"path_separated_prefix": path.text}


def _query(query: QueryMatch) -> dict[str, Any]:
    return {"name": query.name, **_content(query.match)}


def _content(match: StringMatch | None) -> dict[str, Any]:
    return {"present_match": True} if match is None else {"string_match": string_match(match)}


def _claim(claim: ClaimMatch) -> dict[str, Any]:
    """A claim is looked for in what the JWT filter keeps of the token: a list that has the value, or the value."""
    value = {"string_match": string_match(claim.match) if claim.match is not None else {}}
    return {
        "filter": _JWT_FILTER,
        "path": [{"key": key} for key in (_CLAIMS_KEY, *claim.path)],
        "value": {"or_match": {"value_matchers": [{"list_match": {"one_of": value}}, value]}},
        "invert": claim.invert,
    }
