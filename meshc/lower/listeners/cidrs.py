"""Addresses and CIDRs as text in, ranges of filter chain matches out."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.ir.address import PrefixRange
from meshc.model.api import Prefix, parse_prefix
from meshc.model.service import UNSPECIFIED


def prefix_ranges(cidrs: Iterable[str]) -> tuple[PrefixRange, ...]:
    """The ranges sorted as text, host bits as written; what is no address, or starts at 0.0.0.0, matches nothing."""
    return tuple(
        PrefixRange(address=str(found.ip), length=found.network.prefixlen)
        for found in map(_parse, sorted(cidrs))
        if found is not None
    )


def networks(cidrs: Iterable[str]) -> frozenset[str]:
    """The same ranges as networks, without host bits, by which chains conflict."""
    return frozenset(str(found.network) for found in map(_parse, cidrs) if found is not None)


def _parse(cidr: str) -> Prefix | None:
    found = parse_prefix(cidr)
    return None if found is None or str(found.ip) == UNSPECIFIED else found
