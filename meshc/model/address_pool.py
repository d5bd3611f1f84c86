"""Addresses that stay where they are: each key has its own place in a range, whatever other keys there are."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from meshc.model.names import fnv1a


class AddressPool:
    """Hands out the addresses of an IPv4 range, but for its first and last one."""

    def __init__(self, network: str, taken: Iterable[str]) -> None:
        self._network = ipaddress.IPv4Network(network)
        self._taken = set(taken)

    def assign(self, keys: Iterable[str]) -> dict[str, str]:
        """An address for each key: at the offset of its hash, or the next free one; keys are served in sorted order."""
        return {key: self._next_free(key) for key in sorted(keys)}

    def _next_free(self, key: str) -> str:
        size = self._network.num_addresses - 2
        offset = fnv1a(key) % size
        while (address := str(self._network[1 + offset])) in self._taken:
            offset = (offset + 1) % size
        self._taken.add(address)
        return address
