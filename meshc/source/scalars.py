"""Scalars: the text of a plain (unquoted) YAML scalar in, the JSON value that Kubernetes reads from it out.

Kubernetes reads manifests with a YAML 1.1 parser (sigs.k8s.io/yaml) and goes on with JSON. So `yes`, `on` and `y` are
booleans, `010` is eight, dates stay text, and a number without a fraction is an integer however it is spelled.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

Scalar = str | int | float | bool | None

_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_NULL = ("", "~", "null", "Null", "NULL")
_NOT_FINITE = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")) | {
    ".nan",
    ".NaN",
    ".NAN",
}
_WORDS: dict[str, Scalar] = {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False), **dict.fromkeys(_NULL)}

_INTEGER = re.compile(r"([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[oO][0-7]+)|(0[bB][01]+)|0([0-7]*)|([1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_INTEGER = 66
_EXPONENT_FROM = 1e21
"""Go prints smaller whole floats as integers when it makes JSON of them."""


class NoJSONError(ValueError):
    """The scalar has no counterpart in JSON; the text says why."""


@lru_cache(maxsize=65536)
def resolve(text: str) -> Scalar:
    """The value of a plain scalar. Raises `NoJSONError` for infinity and not-a-number."""
    if text and text[0] in "0123456789+-.":
        return _number(text)
    return _WORDS.get(text, text)


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag; tags that YAML does not define leave the text as it is.

    Raises `NoJSONError` where tag and text do not agree.
    """
    kind = tag.removeprefix("tag:yaml.org,2002:")
    if kind == tag or kind in ("str", "timestamp"):
        return text
    if kind == "binary":
        return _binary(text)
    value = resolve(text)
    if kind == "float" and type(value) is int:
        return value
    expected = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(kind)
    if expected is not None and type(value) is not expected:
        raise NoJSONError(f"{text!r} is not a !!{kind}")
    return value


def key_text(value: object) -> str:
    """A scalar as the key of a JSON object. Raises `NoJSONError` for null, a mapping or a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    raise NoJSONError("null cannot be a key" if value is None else "a mapping or list cannot be a key")


def _number(text: str) -> Scalar:
    plain = text.replace("_", "")
    integer = _INTEGER.fullmatch(plain) if len(plain) <= _LONGEST_INTEGER else None
    if integer:
        value = _integer(integer)
        if -(2**63) <= value < 2**64:
            return value
    if _FLOAT.fullmatch(plain):
        return _float(plain, text)
    if text in _NOT_FINITE:
        raise NoJSONError(f"{text} has no counterpart in JSON")
    return text


def _integer(match: re.Match[str]) -> int:
    sign, hexadecimal, octal, binary, old_octal, decimal = match.groups()
    if decimal:
        value = int(decimal)
    elif hexadecimal:
        value = int(hexadecimal, 16)
    elif binary:
        value = int(binary, 2)
    else:
        value = int(octal or old_octal or "0", 8)
    return -value if sign == "-" else value


def _float(plain: str, text: str) -> Scalar:
    value = float(plain)
    if abs(value) == float("inf"):
        return text
    return int(value) if value.is_integer() and abs(value) < _EXPONENT_FROM else value


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise NoJSONError("!!binary does not hold base64 of UTF-8 text") from None
