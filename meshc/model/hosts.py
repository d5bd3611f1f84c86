"""Host names with wildcards: how patterns match hosts and each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def is_wildcard(host: str) -> bool:
    """The host starts with `*`."""
    return host.startswith("*")


def matches(one: str, other: str) -> bool:
    """There is a name that both hosts cover; a wildcard covers every name that ends with what follows its `*`."""
    if is_wildcard(one):
        if is_wildcard(other):
            return one.endswith(other[1:]) or other.endswith(one[1:])
        return other.endswith(one[1:])
    return one.endswith(other[1:]) if is_wildcard(other) else one == other


def subset_of(inner: str, outer: str) -> bool:
    """Every name that `inner` covers is covered by `outer`."""
    if is_wildcard(outer):
        return (inner[1:] if is_wildcard(inner) else inner).endswith(outer[1:])
    return inner == outer


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
