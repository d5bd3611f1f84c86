"""A message in, the validation rules of Envoy's API that it breaks out: what Envoy itself would refuse it for.

The rules are the `validate.*` options of the descriptors. They are compiled once per message type; packed messages are
checked too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from meshc.envoy.constraints import Test, tests
from meshc.envoy.schema import POOL, UnknownTypeError, message_class
from meshc.frozen import frozen


@frozen
class Violation:
    """A rule that does not hold: `path` as in `loadAssignment.endpoints[0].priority`, `text` in Envoy's words."""

    path: str
    text: str

    def below(self, parent: str) -> Violation:
        """The same, seen from a message that holds this one in `parent`."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return Violation(f"{parent}{joint}{self.path}", self.text)

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


Check = Callable[[Any], Iterator[Violation]]
"""Checks a value; paths are relative to it."""


def violations(message: Message) -> tuple[Violation, ...]:
    """The rules that a message, or a message in it, breaks; in the order of the fields."""
    return tuple(_check_message(message))


@dataclass(slots=True)
class _Plan:
    """The rules of a message type. `unset` holds what is wrong with a field that is not there."""

    checks: dict[FieldDescriptor, Check] = field(default_factory=dict)
    unset: dict[FieldDescriptor, tuple[Violation, ...]] = field(default_factory=dict)
    oneofs: list[str] = field(default_factory=list)


def _check_message(message: Message) -> Iterator[Violation]:
    if message.DESCRIPTOR.full_name == "google.protobuf.Any":
        yield from _check_packed(message)
        return
    plan = _plan(message.DESCRIPTOR)
    present = message.ListFields()
    if plan.unset:
        there = {field for field, _ in present}
        for missing, texts in plan.unset.items():
            if missing not in there:
                yield from texts
    for name in plan.oneofs:
        if message.WhichOneof(name) is None:
            yield Violation(name, "value is required")
    for field_, value in present:
        if (check := plan.checks.get(field_)) is not None:
            for found in check(value):
                yield found.below(field_.json_name)


def _check_packed(message: Any) -> Iterator[Violation]:
    if message.type_url:
        yield from _packed(message.type_url, message.value)


@lru_cache(maxsize=4096)
def _packed(type_url: str, value: bytes) -> tuple[Violation, ...]:
    """Few distinct filters and transport sockets are repeated many times, hence the cache."""
    try:
        packed = message_class(type_url.rpartition("/")[2])
    except UnknownTypeError as error:
        return (Violation("", str(error)),)
    return violations(packed.FromString(value))


@cache
def _plan(descriptor: Descriptor) -> _Plan:
    """Compile the rules of a message type. The types of its fields are compiled when they are met."""
    plan = _Plan(oneofs=[oneof.name for oneof in descriptor.oneofs if _oneof_required(oneof)])
    for each in descriptor.fields:
        rules = _options("google.protobuf.FieldOptions", "validate.rules", each)
        if (check := _field(each, rules)) is not None:
            plan.checks[each] = check
        if each.containing_oneof is None and _required(rules):
            plan.unset[each] = (Violation(each.json_name, "value is required"),)
        elif check is not None and not each.has_presence:
            default: Any = () if each.is_repeated else each.default_value
            if wrong := tuple(found.below(each.json_name) for found in check(default)):
                plan.unset[each] = wrong
    return plan


def _options(holder: str, extension: str, described: Any) -> Any:
    """An option of the private pool on a descriptor; None if it is not set.

    protobuf parses options with its global pool, which does not know the extension, hence the way over the bytes.
    """
    raw = described.GetOptions().SerializeToString()
    known = POOL.FindExtensionByName(extension)
    parsed = message_class(holder).FromString(raw)
    return parsed.Extensions[known] if raw and known in parsed.Extensions else None


def _oneof_required(oneof: Any) -> bool:
    return bool(_options("google.protobuf.OneofOptions", "validate.required", oneof))


def _required(rules: Any) -> bool:
    if rules is None:
        return False
    kind = rules.WhichOneof("type")
    return rules.message.required or (kind in ("any", "duration", "timestamp") and getattr(rules, kind).required)


def _field(described: FieldDescriptor, rules: Any) -> Check | None:
    """The check of a field that is set: a map, a list, or a single value."""
    entry = described.message_type
    if entry is not None and entry.GetOptions().map_entry:
        return _map(entry, rules.map if rules else None)
    if described.is_repeated:
        return _list(described, rules.repeated if rules else None)
    return _single(described, rules)


def _single(described: FieldDescriptor, rules: Any) -> Check | None:
    """The check of one value; None if there is nothing to check."""
    kind = rules.WhichOneof("type") if rules else None
    own = list(tests(getattr(rules, kind), described.enum_type)) if kind else []
    below = described.message_type
    if below is None or (rules and rules.message.skip):
        return _all(own) if own else None
    if below.full_name in _WRAPPERS:
        own = [_of_wrapper(test) for test in own]
    if below.file.package == "google.protobuf" and below.name != "Any":
        return _all(own) if own else None
    return _all(own, _check_message)


_WRAPPERS = frozenset(
    f"google.protobuf.{kind}Value"
    for kind in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
)


def _of_wrapper(test: Test) -> Test:
    return lambda wrapper: test(wrapper.value)


def _all(own: Iterable[Test], descend: Check | None = None) -> Check:
    listed = tuple(own)

    def check(value: Any) -> Iterator[Violation]:
        for test in listed:
            if (text := test(value)) is not None:
                yield Violation("", text)
        if descend is not None:
            yield from descend(value)

    return check


def _list(described: FieldDescriptor, rules: Any) -> Check | None:
    of_item = _single(described, rules.items if rules and rules.HasField("items") else None)
    if of_item is None and rules is None:
        return None
    own, of_item = _all(tests(rules) if rules else ()), of_item or _nothing

    def check(values: Any) -> Iterator[Violation]:
        yield from own(values)
        for index, value in enumerate(values):
            for found in of_item(value):
                yield found.below(f"[{index}]")

    return check


def _map(entry: Descriptor, rules: Any) -> Check | None:
    key_rules = rules.keys if rules and rules.HasField("keys") else None
    value_rules = rules.values if rules and rules.HasField("values") else None
    of_key = _single(entry.fields_by_name["key"], key_rules) or _nothing
    of_value = _single(entry.fields_by_name["value"], value_rules) or _nothing
    own = _all(tests(rules) if rules else ())

    def check(entries: Any) -> Iterator[Violation]:
        yield from own(entries)
        for key in sorted(entries):
            for found in (*of_key(key), *of_value(entries[key])):
                yield found.below(f"[{key}]")

    return check


def _nothing(_: Any) -> Iterator[Violation]:
    return iter(())
