"""Scalar fields: a plain value of a document in, the value of a declared type out, by a `Decode` for each type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from meshc.resources.decoding import Decode, Decoding, near_miss
from meshc.resources.go_values import parse_duration
from meshc.resources.message import Duration, Range
from meshc.resources.values import parse_base64, parse_timestamp
from meshc.source import Mark


def decode_string(value: Any, at: Mark, decoding: Decoding) -> Any:
    """A text; numbers and booleans are none, as in the API server."""
    if type(value) is str:
        return value
    hint = "put it in quotes" if isinstance(value, (int, float)) else ""
    return decoding.fail("MC0202", at, f"must be text, not {shown(value)}", hint)


def _boolean(value: Any, at: Mark, decoding: Decoding) -> Any:
    if type(value) is bool:
        return value
    return decoding.fail("MC0202", at, f"must be true or false, not {shown(value)}")


def _double(value: Any, at: Mark, decoding: Decoding) -> Any:
    if type(value) in (int, float):
        return float(value)
    if decoding.lenient and type(value) is str:
        try:
            return float(value)
        except ValueError:
            pass
    return decoding.fail("MC0202", at, f"must be a number, not {shown(value)}")


def integer(bounds: Range) -> Decode:
    """The decoder of an integer within bounds; proto JSON allows its digits as text."""

    def decode(value: Any, at: Mark, decoding: Decoding) -> Any:
        if type(value) is str and decoding.lenient and value.removeprefix("-").isdecimal():
            value = int(value)
        if type(value) is not int:
            return decoding.fail("MC0202", at, f"must be an integer, not {shown(value)}")
        if not bounds.low <= value <= bounds.high:
            return decoding.fail("MC0203", at, f"{value} is out of range: {bounds.low} to {bounds.high} are allowed")
        return value

    return decode


_port = integer(Range(1, 2**16 - 1))


def decode_int_or_string(value: Any, at: Mark, decoding: Decoding) -> Any:
    """An integer or a text: a port by number or by name, which is all that manifests say so."""
    if type(value) is str:
        return value
    if type(value) is int:
        return _port(value, at, decoding)
    return decoding.fail("MC0202", at, f"must be an integer or text, not {shown(value)}")


def enum(names: tuple[str, ...]) -> Decode:
    """The decoder of an enum by its names in the order of their numbers; proto JSON allows the numbers."""
    allowed = frozenset(names)

    def decode(value: Any, at: Mark, decoding: Decoding) -> Any:
        if type(value) is str:
            if value in allowed:
                return value
            if not value and not decoding.lenient:
                return names[0]
        elif type(value) is int and decoding.lenient and 0 <= value < len(names):
            return names[value]
        listed = ", ".join(name for name in names if name)
        return decoding.fail(
            "MC0204",
            at,
            f"{shown(value)} is not one of {listed}",
            near_miss(value, names) if type(value) is str else "",
        )

    return decode


def _parsed(parse: Callable[[str], object | None], expected: str) -> Decode:
    def decode(value: Any, at: Mark, decoding: Decoding) -> Any:
        parsed = parse(value) if type(value) is str else None
        if parsed is not None:
            return parsed
        return decoding.fail("MC0205", at, f"must be {expected}, not {shown(value)}")

    return decode


def _anything(value: Any, at: Mark, decoding: Decoding) -> Any:
    return value


SCALARS: dict[Any, Decode] = {
    str: decode_string,
    bool: _boolean,
    float: _double,
    Any: _anything,
    Duration: _parsed(parse_duration, "a duration such as 1.5s, 100ms or 1h30m"),
    datetime: _parsed(parse_timestamp, "a time such as 2026-01-31T12:00:00Z"),
    bytes: _parsed(parse_base64, "base64"),
}


def shown(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if len(str(value)) <= 60 else f"{str(value)[:57]}..."
    return f'the text "{text}"' if isinstance(value, str) else f"the number {text}"
