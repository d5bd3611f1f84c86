"""Numbers and spans of the IR in, the fields of protobuf's wrapper types out, as keyword values of a message."""

from __future__ import annotations

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
