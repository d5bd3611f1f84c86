"""Messages in, `google.protobuf.Any` out; Python values in, `google.protobuf.Struct` out. All of the private pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.message import Message

from meshc.envoy.encode import to_bytes
from meshc.envoy.schema import message_class

TYPE_URL_PREFIX = "type.googleapis.com/"

Json = Any
"""A plain value as JSON has it: None, bool, int, float, str, a sequence or a mapping of these."""


def type_url(name: str) -> str:
    """The type URL of a message by its full name."""
    return TYPE_URL_PREFIX + name


def pack(message: Message) -> Any:
    """A message as `google.protobuf.Any`."""
    any_class = message_class("google.protobuf.Any")
    return any_class(type_url=TYPE_URL_PREFIX + message.DESCRIPTOR.full_name, value=to_bytes(message))


def unpack(packed: Any) -> Any:
    """The message in an Any. Raises `UnknownTypeError`, or protobuf's DecodeError if the bytes are no such message."""
    name = packed.type_url.rpartition("/")[2]
    return message_class(name).FromString(packed.value)


def typed_struct(url: str, value: Mapping[str, Json] | None = None) -> Any:
    """A `udpa.type.v1.TypedStruct` packed in an Any: how istiod sends messages whose definition it does not have.

    `url` is the full type URL of the message that Envoy shall make of `value`; without a value the field stays unset.
    """
    made = message_class("udpa.type.v1.TypedStruct")(type_url=url)
    if value is not None:
        made.value.CopyFrom(struct(value))
    return pack(made)


def struct(value: Mapping[str, Json]) -> Any:
    """A mapping as `google.protobuf.Struct`."""
    made = message_class("google.protobuf.Struct")()
    for key, item in value.items():
        _set(made.fields[key], item)
    return made


def config_metadata(config: str) -> dict[str, Any] | None:
    """The metadata of a route or a filter chain: the object it comes from, as istiod notes it; None without one."""
    return {"filter_metadata": {"istio": struct({"config": config})}} if config else None


def value(item: Json) -> Any:
    """A plain value as `google.protobuf.Value`."""
    made = message_class("google.protobuf.Value")()
    _set(made, item)
    return made


def _set(target: Any, item: Json) -> None:
    """Set a `google.protobuf.Value`; numbers become doubles."""
    if item is None:
        target.null_value = 0
    elif isinstance(item, bool):
        target.bool_value = item
    elif isinstance(item, int | float):
        target.number_value = item
    elif isinstance(item, str):
        target.string_value = item
    elif isinstance(item, Mapping):
        target.struct_value.SetInParent()
        for key, inner in item.items():
            _set(target.struct_value.fields[key], inner)
    else:
        target.list_value.SetInParent()
        for inner in item:
            _set(target.list_value.values.add(), inner)
