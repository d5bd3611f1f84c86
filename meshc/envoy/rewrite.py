"""Changes to messages wherever they stand: a message in, the same message changed, also inside what is packed in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from meshc.envoy.any import unpack
from meshc.envoy.encode import to_bytes
from meshc.envoy.schema import UnknownTypeError

Change = Callable[[Any], bool]
"""Changes a message in place and says whether it did."""

ANY = "google.protobuf.Any"
TYPED_STRUCTS = frozenset(("udpa.type.v1.TypedStruct", "xds.type.v3.TypedStruct"))


class Rewriter:
    """Applies changes, by the full name of the message, to a message and everything in it, the outer ones first.

    With `repack` what is packed is packed anew even if nothing in it changed: its maps are in order then.
    """

    def __init__(self, changes: Mapping[str, Change], *, repack: bool = False) -> None:
        self._changes = changes
        self._repack = repack

    def __call__(self, message: Any) -> bool:
        """Change the message in place; whether anything changed."""
        name = message.DESCRIPTOR.full_name
        if name == ANY:
            return self._packed(message)
        change = self._changes.get(name)
        changed = change is not None and change(message)
        for field, value in message.ListFields():
            if field.message_type is None:
                continue
            if field.message_type.GetOptions().map_entry:
                if field.message_type.fields_by_name["value"].message_type is not None:
                    changed |= self.every(value[key] for key in value)
            elif field.is_repeated:
                changed |= self.every(value)
            else:
                changed |= self(value)
        return changed

    def every(self, messages: Iterable[Any]) -> bool:
        """Change each of several messages in place; whether anything changed."""
        changed = False
        for message in messages:
            changed |= self(message)
        return changed

    def _packed(self, packed: Any) -> bool:
        try:
            inner = unpack(packed)
        except UnknownTypeError:
            return False
        changed = self(inner)
        if changed or self._repack:
            packed.value = to_bytes(inner)
        return changed


def packed_type(packed: Any) -> str:
    """The full name of the message that Envoy makes of an Any: of a TypedStruct the one that it stands for."""
    name: str = packed.type_url.rpartition("/")[2]
    if name in TYPED_STRUCTS:
        name = unpack(packed).type_url.rpartition("/")[2]
    return name


def remove(items: Any, unwanted: Callable[[Any], bool]) -> list[Any]:
    """Take the unwanted out of a repeated field; those taken out, as copies."""
    taken = []
    for index in reversed(range(len(items))):
        if unwanted(items[index]):
            copy = type(items[index])()
            copy.CopyFrom(items[index])
            taken.append(copy)
            del items[index]
    return taken[::-1]
