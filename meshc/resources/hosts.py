"""Host names with wildcards: how they match and cover each other."""

from __future__ import annotations


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
