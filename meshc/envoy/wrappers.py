"""Numbers, spans and ranges of the IR in, protobuf's wrappers and Envoy's `CidrRange` out, as keyword values."""

from __future__ import annotations

from typing import Any

from meshc.ir.address import PrefixRange

_NANOS = 1_000_000_000


def duration(nanoseconds: int | None) -> dict[str, int] | None:
    """A `google.protobuf.Duration` of nanoseconds; seconds and nanoseconds have the same sign."""
    if nanoseconds is None:
        return None
    seconds, nanos = divmod(abs(nanoseconds), _NANOS)
    return {"seconds": seconds, "nanos": nanos} if nanoseconds >= 0 else {"seconds": -seconds, "nanos": -nanos}


def wrapped(value: int | float | bool | str | None) -> dict[str, int | float | bool | str] | None:
    """A wrapper message (`UInt32Value`, `BoolValue`, ...): set, also to zero, unless the value is None."""
    return None if value is None else {"value": value}


def cidr_range(node: PrefixRange) -> dict[str, Any]:
    """An `envoy.config.core.v3.CidrRange`."""
    return {"address_prefix": node.address, "prefix_len": {"value": node.length}}
