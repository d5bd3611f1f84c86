"""Texts with a meaning: a point in time or bytes as manifests write them in, the value or None out."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([-+])(\d\d):(\d\d))", re.ASCII)


def parse_timestamp(text: str) -> datetime | None:
    """A point in time as RFC 3339 has it, digits below a microsecond cut off; None for anything else."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    date, time, fraction, sign, hours, minutes = match.groups()
    offset = f"{sign}{hours}:{minutes}" if sign else "+00:00"
    try:
        return datetime.fromisoformat(f"{date}T{time}.{(fraction or '').ljust(6, '0')[:6]}{offset}")
    except ValueError:
        return None


def parse_base64(text: str) -> bytes | None:
    """Bytes as base64, of either alphabet, padded or not; None for anything else."""
    plain = text.replace("\n", "").replace("\r", "").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
