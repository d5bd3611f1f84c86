"""Messages back to JSON: a message in, the plain value that proto JSON has for it out."""

from __future__ import annotations

import base64
import dataclasses
import typing
from collections.abc import Callable, Mapping
from typing import Any

from meshc.resources.message import SECOND, Duration, Int64, Message, UInt64, default_values, json_name

Printer = Callable[[Any], Any]
Plan = tuple[tuple[str, str, Any, Printer], ...]

_PLANS: dict[type, Plan] = {}


def to_json(message: Message) -> dict[str, Any]:
    """A message as proto JSON: lowerCamelCase, enums by name, 64-bit integers as text; unset fields left out."""
    printed = {}
    for attribute, name, zero, printer in _plan(type(message)):
        value = getattr(message, attribute)
        if value is not None and value != zero:
            printed[name] = printer(value)
    return printed


def duration_text(duration: int) -> str:
    """Nanoseconds as proto JSON has them: seconds with 0, 3, 6 or 9 decimals, as `0.250s`."""
    seconds, nanos = divmod(abs(duration), SECOND)
    fraction = f".{nanos:09d}" if nanos else ""
    while fraction.endswith("000"):
        fraction = fraction[:-3]
    return f"{'-' if duration < 0 else ''}{seconds}{fraction}s"


def _plan(cls: type[Message]) -> Plan:
    """Of each field: attribute, JSON name, the value that counts as unset, and its printer."""
    if cls not in _PLANS:
        hints = typing.get_type_hints(cls, include_extras=True)
        defaults = default_values(cls)
        _PLANS[cls] = tuple(
            (field.name, json_name(field), defaults[field.name], _printer(hints[field.name]))
            for field in dataclasses.fields(cls)
            if field.name != "at"
        )
    return _PLANS[cls]


def _printer(hint: Any) -> Printer:
    """How a value of a declared type is printed."""
    if hint in (Int64, UInt64):
        return str
    arguments = [argument for argument in typing.get_args(hint) if argument not in (type(None), Ellipsis)]
    origin = typing.get_origin(hint)
    if origin is tuple:
        item = _printer(arguments[0])
        return lambda values: [item(value) for value in values]
    if origin is Mapping:
        item = _printer(arguments[1])
        return lambda values: {key: item(value) for key, value in values.items()}
    if type(None) in typing.get_args(hint) and len(arguments) == 1:
        return _printer(arguments[0])
    return _print_scalar


def _print_scalar(value: Any) -> Any:
    if isinstance(value, Message):
        return to_json(value)
    if isinstance(value, Duration):
        return duration_text(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
