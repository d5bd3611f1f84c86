"""What a request must look like for a route to take it."""

from __future__ import annotations

import enum

from meshc.ir.node import value


class MatchKind(enum.Enum):
    """How a string is compared; a regex must match the whole string.

    `SEGMENTS` is for paths alone: a prefix that ends where the path or one of its segments ends.
    """

    EXACT = "exact"
    PREFIX = "prefix"
    REGEX = "regex"
    SEGMENTS = "segments"


@value
class StringMatch:
    """A comparison with a string."""

    kind: MatchKind
    text: str


@value
class HeaderMatch:
    """A condition on a header; `match` None: it is there. `missing_is_empty`: an absent header counts as empty."""

    name: str
    match: StringMatch | None = None
    invert: bool = False
    missing_is_empty: bool = False


@value
class QueryMatch:
    """A condition on a query parameter; `match` None: the parameter is there."""

    name: str
    match: StringMatch | None = None


@value
class ClaimMatch:
    """A condition on a claim of the request's verified token: the claim itself, or one item of it if it is a list."""

    path: tuple[str, ...]
    match: StringMatch | None
    invert: bool = False


@value
class RouteMatch:
    """All conditions of a route; `case_sensitive` is about the path, None: not set."""

    path: StringMatch
    case_sensitive: bool | None = None
    headers: tuple[HeaderMatch, ...] = ()
    query: tuple[QueryMatch, ...] = ()
    claims: tuple[ClaimMatch, ...] = ()

    @property
    def is_catch_all(self) -> bool:
        """Every request matches (spec: routes 9.2); the prefix `""` and the regex `/.*` do not count."""
        return self.path in _EVERYTHING and not (self.headers or self.query or self.claims)


ANY_PATH = StringMatch(kind=MatchKind.PREFIX, text="/")
"""Matches every path."""

_EVERYTHING = (
    ANY_PATH,
    StringMatch(kind=MatchKind.SEGMENTS, text="/"),
    StringMatch(kind=MatchKind.REGEX, text=".*"),
)
