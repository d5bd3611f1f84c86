"""Host names with wildcards: the most specific of several patterns for a host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from meshc.resources.hosts import is_wildcard, matches, subset_of

__all__ = ["is_wildcard", "matches", "most_specific", "subset_of"]

T = TypeVar("T")


def most_specific(host: str, patterns: Mapping[str, T]) -> T | None:
    """The value of the host itself, else of the longest wildcard that covers it; None if none does.

    Patterns are tried from the host's first label on, so that the cost depends on the host and not on their number.
    """
    if host in patterns:
        return patterns[host]
    rest = host[1:] if is_wildcard(host) else host
    for start in range(len(rest) + 1):
        found = patterns.get("*" + rest[start:])
        if found is not None:
            return found
    return None
