"""Istio's string match in, the comparison it means out."""

from __future__ import annotations

from meshc.ir.route_match import MatchKind, StringMatch
from meshc.model import api


def string_match(match: api.StringMatch) -> StringMatch | None:
    """The comparison; None for a match that says nothing. Of several fields the first counts."""
    if match.exact is not None:
        return StringMatch(kind=MatchKind.EXACT, text=match.exact)
    if match.prefix is not None:
        return StringMatch(kind=MatchKind.PREFIX, text=match.prefix)
    if match.regex is not None:
        return StringMatch(kind=MatchKind.REGEX, text=match.regex)
    return None


def value_match(match: api.StringMatch | None) -> StringMatch | None:
    """The comparison of a header's or parameter's value; None if any value will do (spec: routes 10.3)."""
    found = string_match(match) if match is not None else None
    return None if found == _ANY_VALUE else found


_ANY_VALUE = StringMatch(kind=MatchKind.REGEX, text="*")
