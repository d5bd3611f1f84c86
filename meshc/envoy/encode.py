"""Messages in, bytes, proto JSON text, plain values or YAML out, as Go's protojson prints them; and JSON into messages.

The text is made by functions compiled once per message type, two to five times faster than by protobuf's own Python
printer, whose dicts still have to be dumped. Fields come in the order of their numbers, map entries in that of keys.
"""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from json.encoder import encode_basestring
from typing import Any

import yaml
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from meshc.envoy.schema import POOL, message_class

Printer = Callable[[Any], str]
"""Prints a value of one type as JSON text."""


class MessageError(ValueError):
    """JSON that is no message of the type wanted; the text says where."""


def to_bytes(message: Message) -> bytes:
    """A message in protobuf's wire format, map entries in the order of their keys: same message, same bytes."""
    return message.SerializeToString(deterministic=True)


def to_text(message: Message) -> str:
    """A message as one line of proto JSON. Raises `UnknownTypeError` on an Any of unknown type."""
    return _message(message.DESCRIPTOR)(message)


def to_text_with(message: Message, **texts: str) -> str:
    """`to_text` of a message with the JSON texts of further fields put in, by their names; an empty text is none."""
    fields = message.DESCRIPTOR.fields_by_name
    printed = [(field.number, _printed(field, value)) for field, value in message.ListFields()]
    printed += ((fields[name].number, f'"{fields[name].json_name}":{text}') for name, text in texts.items() if text)
    return "{" + ",".join(text for _, text in sorted(printed)) + "}"


def list_text(items: Iterable[str]) -> str:
    """The JSON texts of items as that of a repeated field; empty without items, as the field is then not printed."""
    inner = ",".join(items)
    return f"[{inner}]" if inner else ""


def _printed(field: FieldDescriptor, value: Any) -> str:
    return f'"{field.json_name}":{_field(field)(value)}'


def to_value(message: Message) -> Any:
    """A message as plain values (dict, list, str, int, float, bool, None), as a JSON parser gives them."""
    return json.loads(to_text(message))


def yaml_text(value: Any) -> str:
    """Plain values as a YAML document, keys in their order."""
    text: str = yaml.dump(value, Dumper=_YamlDumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def from_value(name: str, value: dict[str, Any], *, newer: bool = False) -> Any:
    """The message of the type with full name `name` from proto JSON as plain values. Raises `MessageError`.

    With `newer`, fields that the schema does not know are passed over: the text may be of a newer Envoy.
    """
    from google.protobuf import json_format  # 20 ms, which only readers of JSON pay

    message = message_class(name)()
    try:
        json_format.ParseDict(value, message, ignore_unknown_fields=newer, descriptor_pool=POOL)
    except json_format.ParseError as error:
        raise MessageError(str(error)) from error
    return message


class _YamlDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes no anchors: equal parts are written out."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@cache
def _message(descriptor: Descriptor) -> Printer:
    """The printer of a message type."""
    return _WELL_KNOWN.get(descriptor.full_name) or _fields()


class _FieldPrinters(dict[FieldDescriptor, tuple[str, Printer]]):
    """Key text and printer of a message's fields, each compiled when it is first met (so types may be recursive)."""

    def __missing__(self, field: FieldDescriptor) -> tuple[str, Printer]:
        made = self[field] = (f'"{field.json_name}":', _field(field))
        return made


def _fields() -> Printer:
    """The printer of an ordinary message: an object of the fields that are set."""
    printers = _FieldPrinters()

    def print_fields(message: Message) -> str:
        parts = []
        for field, value in message.ListFields():
            key, print_value = printers[field]
            parts.append(key + print_value(value))
        return "{" + ",".join(parts) + "}"

    return print_fields


def _field(field: FieldDescriptor) -> Printer:
    """The printer of a field: a list, a map or a single value."""
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        return _map(_single(entry.fields_by_name["value"]))
    return _list(_single(field)) if field.is_repeated else _single(field)


def _single(field: FieldDescriptor) -> Printer:
    """The printer of one value of a field."""
    if field.message_type is not None:
        return _message(field.message_type)
    if field.enum_type is not None:
        return _enum(field.enum_type)
    return _SCALARS[field.type]


def _list(item: Printer) -> Printer:
    return lambda values: "[" + ",".join([item(value) for value in values]) + "]"


def _map(item: Printer) -> Printer:
    """Keys of another type than string are printed as strings but sorted by their own type, as in protojson."""

    def print_map(entries: Mapping[Any, Any]) -> str:
        return "{" + ",".join([f"{_map_key(key)}:{item(entries[key])}" for key in sorted(entries)]) + "}"

    return print_map


def _map_key(key: Any) -> str:
    if isinstance(key, str):
        return encode_basestring(key)
    return f'"{str(key).lower()}"'


def _enum(descriptor: EnumDescriptor) -> Printer:
    """Enums by name, of aliases the first; a number without a name stays a number."""
    if descriptor.full_name == "google.protobuf.NullValue":
        return lambda _: "null"
    names = {value.number: f'"{value.name}"' for value in reversed(descriptor.values)}
    return lambda number: names.get(number) or str(number)


def _bool(value: bool) -> str:
    return "true" if value else "false"


_float32 = struct.Struct("f")


def _double(value: float) -> str:
    """The shortest decimal that reads back as the same number, whole numbers without a fraction."""
    if value.is_integer() and abs(value) < 1e21:
        return f"{value:.0f}"
    text = repr(value)
    return {"inf": '"Infinity"', "-inf": '"-Infinity"', "nan": '"NaN"'}.get(text, text)


def _float(value: float) -> str:
    """A float of 32 bits (which Python holds as a double): the shortest decimal that reads back as the same 32 bits."""
    if not math.isfinite(value):
        return _double(value)
    candidates = (float(f"{value:.{digits}g}") for digits in range(6, 10))
    return _double(next(number for number in candidates if _float32.unpack(_float32.pack(number))[0] == value))


def _bytes(value: bytes) -> str:
    return f'"{base64.b64encode(value).decode()}"'


def _quoted(value: int) -> str:
    """Integers of 64 bits are strings in JSON."""
    return f'"{value}"'


_SCALARS: dict[int, Printer] = {
    **dict.fromkeys((FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_SINT32), str),
    **dict.fromkeys((FieldDescriptor.TYPE_FIXED32, FieldDescriptor.TYPE_SFIXED32), str),
    **dict.fromkeys((FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_SINT64), _quoted),
    **dict.fromkeys((FieldDescriptor.TYPE_FIXED64, FieldDescriptor.TYPE_SFIXED64), _quoted),
    FieldDescriptor.TYPE_STRING: encode_basestring,
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_DOUBLE: _double,
    FieldDescriptor.TYPE_FLOAT: _float,
    FieldDescriptor.TYPE_BYTES: _bytes,
}


def _any(message: Any) -> str:
    """An Any: the message's own fields beside `@type`; a message with a JSON form of its own stands under `value`."""
    return _packed(message.type_url, message.value) if message.type_url else "{}"


def _packed(type_url: str, value: bytes) -> str:
    """Meshes repeat few distinct messages many times; of some kinds all of a message but its first fields."""
    at = _end_of_fields(value, _OWN_FIELDS[type_url]) if type_url in _OWN_FIELDS else 0
    if not 0 < at < len(value):
        return _repeated(type_url, value)
    own, rest = _print_packed(type_url, value[:at]), _repeated(type_url, value[at:])
    return own[:-1] + rest[rest.index(",") :]


def _print_packed(type_url: str, value: bytes) -> str:
    message = message_class(type_url.rpartition("/")[2]).FromString(value)
    text = to_text(message)
    head = '{"@type":' + encode_basestring(type_url)
    if message.DESCRIPTOR.full_name in _WELL_KNOWN:
        return f'{head},"value":{text}}}'
    return f"{head},{text[1:]}" if len(text) > 2 else head + "}"


_repeated = lru_cache(maxsize=4096)(_print_packed)

_OWN_FIELDS = {
    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager": 4,
}
"""Types of which each message differs in the fields up to a number (here: statistics and routes), and little else."""


def _end_of_fields(value: bytes, last: int) -> int:
    """Where the fields with numbers up to `last` end in a serialised message, in which they stand first.

    0 if one of them is not length-delimited.
    """
    at = 0
    while at < len(value) and value[at] >> 3 <= last:
        if value[at] & 7 != 2:
            return 0
        length, shift, at = 0, 0, at + 1
        while value[at] & 0x80:
            length, shift, at = length | (value[at] & 0x7F) << shift, shift + 7, at + 1
        at += 1 + (length | value[at] << shift)
    return at


def _struct(message: Any) -> str:
    fields = message.fields
    return "{" + ",".join([f"{encode_basestring(key)}:{_value(fields[key])}" for key in sorted(fields)]) + "}"


def _value(message: Any) -> str:
    kind = message.WhichOneof("kind")
    return _VALUES[kind](getattr(message, kind)) if kind else "null"


def _list_value(message: Any) -> str:
    return "[" + ",".join([_value(value) for value in message.values]) + "]"


_VALUES: dict[str, Printer] = {
    "null_value": lambda _: "null",
    "number_value": _double,
    "string_value": encode_basestring,
    "bool_value": _bool,
    "struct_value": _struct,
    "list_value": _list_value,
}


def _duration(message: Any) -> str:
    """Seconds with 0, 3, 6 or 9 digits after the point; seconds and nanoseconds have the same sign."""
    sign = "-" if message.seconds < 0 or message.nanos < 0 else ""
    return f'"{sign}{abs(message.seconds)}{_fraction(abs(message.nanos))}s"'


def _fraction(nanos: int) -> str:
    digits = f"{nanos:09}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f".{digits}" if digits else ""


@cache
def _wrapped(descriptor: Descriptor) -> Printer:
    return _single(descriptor.fields_by_name["value"])


def _wrapper(message: Any) -> str:
    return _wrapped(message.DESCRIPTOR)(message.value)


def _own(message: Any) -> str:
    """Types that protobuf's runtime itself can print (`Timestamp`, `FieldMask`)."""
    return encode_basestring(message.ToJsonString())


def _wrappers(kinds: Iterable[str]) -> dict[str, Printer]:
    return {f"google.protobuf.{kind}Value": _wrapper for kind in kinds}


_WELL_KNOWN: dict[str, Printer] = {
    "google.protobuf.Any": _any,
    "google.protobuf.Duration": _duration,
    "google.protobuf.Empty": lambda _: "{}",
    "google.protobuf.FieldMask": _own,
    "google.protobuf.ListValue": _list_value,
    "google.protobuf.Struct": _struct,
    "google.protobuf.Timestamp": _own,
    "google.protobuf.Value": _value,
    **_wrappers(("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")),
}
"""Types with a JSON form of their own."""
