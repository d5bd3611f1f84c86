"""JSON Web Key Sets: a text in, whether it is one, and which of its keys are secret, out (RFC 7517, 7518)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from meshc.resources.check.place import Fault
from meshc.resources.values import parse_base64

_PARTS = {"RSA": ("n", "e"), "EC": ("x", "y"), "OKP": ("x",), "oct": ("k",)}
"""Type of a key -> the parts that it must have, as base64."""

_NAMED = {"EC": "crv", "OKP": "crv"}
_PRIVATE = "d"


def jwks_fault(text: str) -> Fault:
    """A key set, or a single key in place of one."""
    try:
        value = json.loads(text)
    except ValueError as error:
        return f"the key set is not JSON: {error}"
    if not isinstance(value, dict):
        return "the key set is no JSON object"
    if not isinstance(value.get("keys", []), list) or not ("keys" in value or "kty" in value):
        return "the key set has no list of keys"
    faults = (f"key {index} {fault}" for index, key in enumerate(_keys(value)) if (fault := _key_fault(key)))
    return next(faults, "")


def secret_keys(text: str) -> Iterator[tuple[int, str]]:
    """The keys of a well-formed set that do more than verify, with what they hold."""
    for index, key in enumerate(_keys(json.loads(text))):
        if key["kty"] == "oct":
            yield index, "a symmetric key"
        elif _PRIVATE in key:
            yield index, "private key material"


def _keys(value: dict[str, Any]) -> list[Any]:
    keys = value.get("keys", [value])
    return keys if isinstance(keys, list) else []


def _key_fault(key: Any) -> Fault:
    if not isinstance(key, dict):
        return "is no JSON object"
    kind = key.get("kty")
    if not isinstance(kind, str) or kind not in _PARTS:
        return f"is of no known type: {', '.join(_PARTS)}"
    curve = _NAMED.get(kind)
    if curve is not None and not isinstance(key.get(curve), str):
        return f"of type {kind} has no {curve}"
    missing = next((part for part in _PARTS[kind] if not _is_base64(key.get(part))), None)
    return f"of type {kind} has no {missing}" if missing is not None else ""


def _is_base64(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and parse_base64(value) is not None
