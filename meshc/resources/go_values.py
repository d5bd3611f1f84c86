"""Texts as Go's standard library reads them: a text in, its value or None out.

istiod takes its flags with these parsers, and some metadata of proxies.
"""

from __future__ import annotations

import ipaddress
import math
import re

from meshc.resources.message import SECOND, Duration

_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))

_INT = re.compile(r"[+-]?[0-9]+", re.ASCII)
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_DECIMAL = re.compile(rf"[+-]?(?:{_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?", re.ASCII)
_HEX_FLOAT = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+", re.ASCII)
_SPECIAL = re.compile(r"[+-]?inf(?:inity)?|nan", re.ASCII | re.IGNORECASE)

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_SPAN = re.compile(r"(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(ns|us|µs|μs|ms|s|m|h)", re.ASCII)

_PREFIX_LENGTH = re.compile(r"0|[1-9][0-9]*", re.ASCII)

_INT64_MAX = 2**63 - 1

Prefix = ipaddress.IPv4Interface | ipaddress.IPv6Interface
"""An address with the length of a prefix; bits behind the prefix are kept."""


def parse_bool(text: str) -> bool | None:
    """`strconv.ParseBool`; None for anything but its twelve spellings."""
    return True if text in _TRUE else False if text in _FALSE else None


def is_true(text: str) -> bool:
    """`strconv.ParseBool`; what it cannot parse is false."""
    return parse_bool(text) is True


def is_ip(text: str) -> bool:
    """An IP address of either family."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def parse_int(text: str) -> int | None:
    """`strconv.Atoi`; None if it is no decimal number of 64 bits."""
    if not _INT.fullmatch(text):
        return None
    value = int(text)
    return value if -(2**63) <= value <= _INT64_MAX else None


def parse_float(text: str) -> float | None:
    """`strconv.ParseFloat` of 64 bits; None for a syntax error and for what is out of range."""
    if _SPECIAL.fullmatch(text):
        return float(text)
    try:
        if _HEX_FLOAT.fullmatch(text):
            value = float.fromhex(text)
        elif _DECIMAL.fullmatch(text):
            value = float(text.replace("_", ""))
        else:
            return None
    except OverflowError:
        return None
    return None if math.isinf(value) else value


def parse_duration(text: str) -> Duration | None:
    """`time.ParseDuration`: numbers with units, as `1h2m3.5s`, or `0`; None if it is none or beyond 64 bits."""
    sign = -1 if text.startswith("-") else 1
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return Duration(0)
    total, end = 0, 0
    while span := _SPAN.match(body, end):
        whole, fraction, only_fraction, unit = span.groups()
        decimals = fraction or only_fraction or ""
        total += int(whole or 0) * _UNITS[unit] + _below_one(decimals, _UNITS[unit])
        end = span.end()
    if not body or end != len(body) or total > _INT64_MAX + (sign < 0):
        return None
    return Duration(sign * total)


def parse_prefix(text: str) -> Prefix | None:
    """`netip.ParsePrefix`, and a bare address as a prefix of full length; None for anything else."""
    address, slash, length = text.partition("/")
    if slash and ("%" in address or not _PREFIX_LENGTH.fullmatch(length)):
        return None
    try:
        return ipaddress.ip_interface(text)
    except ValueError:
        return None


def _below_one(decimals: str, unit: int) -> int:
    return int(decimals) * unit // 10 ** len(decimals) if decimals else 0
