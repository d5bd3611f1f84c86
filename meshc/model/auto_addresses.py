"""Addresses that istiod allocates for ServiceEntries without any (spec: listeners 5.5, gateways 15)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from meshc.model import names
from meshc.model.hosts import is_wildcard
from meshc.model.service import UNSPECIFIED, Resolution, Service
from meshc.resources.networking import ServiceEntry

_SLOTS = 256 * 254
_PRIME = 65011
_UINT32 = 0xFFFFFFFF

NONE = ("", "")


def of_status(entry: ServiceEntry, host: str) -> tuple[str, str]:
    """The IPv4 and IPv6 address that the entry's status gives a host; the last one of a family counts."""
    opted_out = entry.meta.labels.get(names.LABEL_AUTO_ALLOCATE, "").lower() == "false"
    if opted_out or entry.spec.addresses or entry.spec.resolution == "NONE":
        return NONE
    v4 = v6 = ""
    for allocated in entry.status.addresses:
        if allocated.host != host:
            continue
        try:
            address = ipaddress.ip_address(allocated.value)
        except ValueError:
            continue
        if address.version == 4:
            v4 = str(address)
        else:
            v6 = str(address)
    return v4, v6


def by_hash(services: Iterable[Service]) -> dict[str, tuple[str, str]]:
    """The addresses of the older allocator by `namespace/host`, used with PILOT_ENABLE_IP_AUTOALLOCATE off.

    A service takes the slot of its hash, or the next free one by double hashing; addresses count the slots upwards.
    """
    slots: dict[int, str] = {}
    for service in services:
        if service.address == UNSPECIFIED and service.resolution is not Resolution.PASSTHROUGH:
            key = f"{service.namespace}/{service.hostname}"
            if not is_wildcard(service.hostname) and len(slots) < _SLOTS:
                slots[_free_slot(key, slots)] = key
    addresses: dict[str, tuple[str, str]] = {}
    extra = 1
    for slot in sorted(slots):
        if (slot + extra) % 255 == 0:
            extra += 1
        if slot + extra >= _SLOTS:
            break
        addresses.setdefault(slots[slot], _pair(slot + extra))
    return addresses


def _free_slot(key: str, taken: dict[int, str]) -> int:
    first = names.fnv1a(key)
    slot, step, tries = first % _SLOTS, _PRIME - first % _PRIME, 0
    while slot in taken:
        tries += 1
        slot = ((first + tries * step) & _UINT32) % (_SLOTS - 1)
    return slot


def _pair(number: int) -> tuple[str, str]:
    high, low = divmod(number, 255)
    return f"240.240.{high}.{low}", f"2001:2::f0f0:{high:x}{low:x}" if high else f"2001:2::f0f0:{low:x}"
