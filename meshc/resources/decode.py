"""Decoding: plain values of a document in, a frozen message of a declared class out; every error is a finding.

A decoder is compiled once per type from the annotations of the classes, as a closure. Decoders do not raise: they
report to the `Decoding` they are handed and go on, so that all errors of a document are found; whoever started looks at
`failed`.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from types import UnionType
from typing import Any, Literal, TypeVar, Union

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.resources.decoding import Decode, Decoding, Dialect, MapKey, near_miss
from meshc.resources.message import Message, Meta, Object, default_values, json_name
from meshc.resources.scalars import SCALARS, decode_int_or_string, decode_string, enum, integer, shown
from meshc.source import Map, Mark, Seq, locate

M = TypeVar("M", bound=Message)


def decode_value(cls: type[M], value: Map, file: str, sink: Sink, kind: str = "") -> M | None:
    """A value that is no object (MeshConfig, MeshNetworks, a list of proxies), read as proto JSON.

    None if something was wrong; the findings, about an object of that `kind`, say what.
    """
    decoding = Decoding(file, sink, Origin(kind or cls.__name__, location=locate(file, value.at)), Dialect.PROTO_JSON)
    decoded: M = decoder(cls)(value, value.at, decoding)
    return None if decoding.failed else decoded


def decode_part(cls: type[M], value: Map, decoding: Decoding, **given: Any) -> M:
    """A message of which some attributes do not stand in the mapping; worthless if the decoding failed."""
    values = _decode_fields(_plan(cls), value, decoding)
    values.update(given)
    return _made(cls, values)


_DECODERS: dict[Any, Decode] = {}


def decoder(hint: Any) -> Decode:
    """The decoder of an annotation, as `typing.get_type_hints(..., include_extras=True)` gives it."""
    known = _DECODERS.get(hint)
    if known is None:
        known = _DECODERS[hint] = _compile(hint)
    return known


def _compile(hint: Any) -> Decode:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        present = tuple(argument for argument in arguments if argument is not type(None))
        return decode_int_or_string if set(present) == {int, str} else decoder(present[0])
    if origin is tuple:
        return _list_of(decoder(arguments[0]))
    if origin is Literal:
        return enum(arguments)
    if origin is typing.Annotated:
        return integer(arguments[1])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _string_map if arguments[1] is str else _value_map(arguments[1])
    if hint in SCALARS:
        return SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, Message):
        return _message(hint)
    raise TypeError(f"no decoder for a field of type {hint}")


def _list_of(item: Decode) -> Decode:
    def decode(value: Any, at: Mark, decoding: Decoding) -> Any:
        if type(value) is not Seq:
            return decoding.fail("MC0202", at, f"must be a list, not {shown(value)}")
        path = decoding.path
        decoded = []
        for number, (element, place) in enumerate(zip(value, value.marks, strict=True)):
            path.append(number)
            decoded.append(item(element, place, decoding))
            path.pop()
        return tuple(decoded)

    return decode


def _map_of(item: Decode) -> Decode:
    def decode(value: Any, at: Mark, decoding: Decoding) -> Any:
        if type(value) is not Map:
            return decoding.fail("MC0202", at, f"must be a mapping, not {shown(value)}")
        path = decoding.path
        decoded = {}
        for key, element in value.items():
            path.append(MapKey(key))
            decoded[key] = item(element, value.marks[key], decoding)
            path.pop()
        return decoded

    return decode


_strings = _map_of(decode_string)


def _string_map(value: Any, at: Mark, decoding: Decoding) -> Any:
    """A map of texts; Kubernetes reads null in one as an empty text."""
    if type(value) is Map:
        if all(type(element) is str for element in value.values()):
            return dict(value)
        if not decoding.lenient:
            value = _filled(value, "")
    return _strings(value, at, decoding)


def _value_map(hint: Any) -> Decode:
    """The decoder of a map of other values; proto JSON reads null in a map of messages as an empty message."""
    plain = _map_of(decoder(hint))
    if not (isinstance(hint, type) and issubclass(hint, Message)):
        return plain

    def decode(value: Any, at: Mark, decoding: Decoding) -> Any:
        return plain(_filled(value, Map(at)) if type(value) is Map and decoding.lenient else value, at, decoding)

    return decode


def _filled(value: Map, empty: Any) -> Map:
    """The mapping with something empty in place of null; the very same one if there is no null."""
    if None not in value.values():
        return value
    filled = Map(value.at)
    filled.update({key: empty if element is None else element for key, element in value.items()})
    filled.marks = value.marks
    return filled


# Messages


@frozen
class _Field:
    attribute: str
    decode: Decode


@frozen
class _Plan:
    """What the decoder of a class knows: its fields by the names they have in manifests, and by their further names."""

    fields: Mapping[str, _Field]
    proto_names: Mapping[str, _Field]
    ignored: frozenset[str]
    open: bool
    defaults: Mapping[str, Any]
    required: tuple[tuple[str, str], ...]


_OF_OBJECTS = frozenset({"apiVersion", "kind", "metadata", "status"})
"""Fields of a whole document: read elsewhere, or, as the status of most kinds, not at all."""

_OF_THE_SERVER = frozenset(
    {
        "clusterName",
        "deletionGracePeriodSeconds",
        "finalizers",
        "generation",
        "initializers",
        "managedFields",
        "selfLink",
    }
)
"""Fields of the metadata that the API server and other tools keep for themselves."""

_GIVEN: dict[type[Message], frozenset[str]] = {
    Meta: frozenset({"api_version", "kind", "file"}),
    Object: frozenset({"meta"}),
}
"""Attributes that do not stand in the mapping that a message is decoded from."""

_PLANS: dict[type[Message], _Plan] = {}


def _plan(cls: type[Message]) -> _Plan:
    known = _PLANS.get(cls)
    if known is None:
        known = _PLANS[cls] = _compile_plan(cls)
    return known


def _compile_plan(cls: type[Message]) -> _Plan:
    hints = typing.get_type_hints(cls, include_extras=True)
    defaults = default_values(cls)
    given = {"at"}.union(*(names for base, names in _GIVEN.items() if issubclass(cls, base)))
    plain: dict[str, _Field] = {}
    proto: dict[str, _Field] = {}
    required: list[tuple[str, str]] = []
    for declared in fields(cls):
        if declared.name in given:
            continue
        made = _Field(declared.name, decoder(hints[declared.name]))
        plain[json_name(declared)] = made
        plain.update(dict.fromkeys(declared.metadata.get("aliases", ()), made))
        proto[declared.name] = made
        if defaults[declared.name] is MISSING:
            required.append((declared.name, json_name(declared)))
    ignored = _OF_OBJECTS if issubclass(cls, Object) else _OF_THE_SERVER if cls is Meta else frozenset[str]()
    return _Plan(plain, proto, ignored, cls.OPEN, defaults, tuple(required))


def _message(cls: type[Message]) -> Decode:
    plan: _Plan | None = None

    def decode(value: Any, at: Mark, decoding: Decoding) -> Any:
        nonlocal plan
        if type(value) is not Map:
            return decoding.fail("MC0202", at, f"must be a mapping, not {shown(value)}")
        if plan is None:
            plan = _plan(cls)
        return _made(cls, _decode_fields(plan, value, decoding))

    return decode


def _made(cls: type[M], values: Mapping[str, Any], put: Callable[..., None] = object.__setattr__) -> M:
    """A message with all its attributes given: what its constructor does without the checks, on the way of the data."""
    made = object.__new__(cls)
    for name, value in values.items():
        put(made, name, value)
    return made


def _decode_fields(plan: _Plan, value: Map, decoding: Decoding) -> dict[str, Any]:
    """The attributes of a message: those in the mapping, the others with their defaults."""
    values = dict(plan.defaults)
    values["at"] = value.at
    known, marks, path = plan.fields, value.marks, decoding.path
    for key, element in value.items():
        found = known.get(key) or _unusual(plan, key, marks[key], decoding)
        if found is not None and element is not None:
            path.append(key)
            values[found.attribute] = found.decode(element, marks[key], decoding)
            path.pop()
    for attribute, name in plan.required:
        if values[attribute] is MISSING:
            decoding.fail("MC0206", value.at, f"{name} is missing")
    return values


def _unusual(plan: _Plan, key: str, at: Mark, decoding: Decoding) -> _Field | None:
    """A field that is not known under its usual name: known by its proto name, to be ignored, or an error."""
    if decoding.dialect is Dialect.PROTO_JSON and key in plan.proto_names:
        return plan.proto_names[key]
    if not plan.open and key not in plan.ignored:
        hint = near_miss(key, plan.fields) or f"known here: {', '.join(sorted(plan.fields)) or 'no field at all'}"
        decoding.tell("MC0201", at, f"unknown field {key!r} is left out", hint, key)
    return None
