"""Rules of protoc-gen-validate in, functions that test a value out: each says what is wrong with it, or None.

Covers every rule that occurs in Envoy's API; an unknown one raises `KeyError` when the rules are compiled. The
sentences are those with which Envoy itself refuses a configuration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import Message

Test = Callable[[Any], str | None]
"""What is wrong with a value; None if nothing is."""

HEADER_NAME = re.compile(r":?[0-9a-zA-Z!#$%&'*+\-.^_|~`]+")
HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
HEADER_LENIENT = re.compile(r"[^\x00\x0a\x0d]*")


def tests(rules: Message, enum: EnumDescriptor | None = None) -> Iterator[Test]:
    """The tests of one type's rules (`validate.StringRules` and the like); `enum` is the field's type if it is one."""
    given = {field.name: value for field, value in rules.ListFields() if field.name not in _NO_TESTS}
    lenient = getattr(rules, "ignore_empty", False)
    for test in (*_enum(given, enum), *_bounds(given), *_others(given, rules)):
        yield _unless_empty(test) if lenient else test


_NO_TESTS = frozenset(("ignore_empty", "items", "keys", "required", "strict", "values"))
"""Names in a type's rules that are no tests by themselves; `required` and the rules of items are the caller's."""


def _others(given: dict[str, Any], rules: Message) -> Iterator[Test]:
    return (_RULES[name](limit, rules) for name, limit in given.items())


def nanoseconds(duration: Any) -> int:
    """A `google.protobuf.Duration` as one number."""
    total: int = duration.seconds * 10**9 + duration.nanos
    return total


def _enum(given: dict[str, Any], enum: EnumDescriptor | None) -> Iterator[Test]:
    if given.pop("defined_only", False) and enum is not None:
        defined = frozenset(enum.values_by_number)
        yield lambda value: None if value in defined else "value must be one of the defined enum values"


_BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "gt": ("greater than", lambda value, bound: value > bound),
    "gte": ("greater than or equal to", lambda value, bound: value >= bound),
    "lt": ("less than", lambda value, bound: value < bound),
    "lte": ("less than or equal to", lambda value, bound: value <= bound),
}


def _bounds(given: dict[str, Any]) -> Iterator[Test]:
    """Bounds of numbers and durations; two bounds are one sentence."""
    named = {name: given.pop(name) for name in _BOUNDS if name in given}
    bounds = [(_BOUNDS[name][1], _number(bound)) for name, bound in named.items()]
    if len(named) == 2:
        (low_name, low), (high_name, high) = named.items()
        brackets = "[" if low_name == "gte" else "(", "]" if high_name == "lte" else ")"
        text = f"value must be inside range {brackets[0]}{_shown(low)}, {_shown(high)}{brackets[1]}"
    else:
        text = " ".join(f"value must be {_BOUNDS[name][0]} {_shown(bound)}" for name, bound in named.items())
    if bounds:
        yield lambda value: None if all(holds(_number(value), bound) for holds, bound in bounds) else text


def _number(value: Any) -> Any:
    return nanoseconds(value) if isinstance(value, Message) else value


def _shown(value: Any) -> str:
    return f"{nanoseconds(value) / 10**9:g}s" if isinstance(value, Message) else f"{value:g}"


def _unless_empty(test: Test) -> Test:
    return lambda value: test(value) if value else None


def _test(holds: Callable[[Any], bool], text: str) -> Test:
    return lambda value: None if holds(value) else text


def _distinct(items: Any) -> bool:
    return len(set(items)) == len(items)


def _pattern(limit: str, _: Message) -> Test:
    """RE2's `$` is the end of the text only, Python's also stands before a last line feed."""
    pattern = re.compile(re.sub(r"\$(?=\||$)", r"\\Z", limit))
    return _test(lambda value: pattern.search(value) is not None, f'value does not match regex pattern "{limit}"')


def _header(limit: int, rules: Any) -> Test:
    """`well_known_regex`: 1 is a header's name, 2 a header's value."""
    strict = {1: HEADER_NAME, 2: HEADER_VALUE}[limit]
    pattern = strict if rules.strict else HEADER_LENIENT
    text = f'value does not match regex pattern "^{pattern.pattern}$"'
    return _test(lambda value: pattern.fullmatch(value) is not None, text)


_RULES: dict[str, Callable[[Any, Message], Test]] = {
    "const": lambda wanted, _: _test(lambda value: value == wanted, f"value must equal {str(wanted).lower()}"),
    "in": lambda some, _: _test(set(some).__contains__, f"value must be in list {list(some)}"),
    "not_in": lambda some, _: _test(lambda value: value not in some, f"value must not be in list {list(some)}"),
    "min_len": lambda n, _: _test(lambda value: len(value) >= n, f"value length must be at least {n} characters"),
    "max_len": lambda n, _: _test(lambda value: len(value) <= n, f"value length must be at most {n} characters"),
    "max_bytes": lambda n, _: _test(lambda value: len(value.encode()) <= n, f"value length must be at most {n} bytes"),
    "prefix": lambda text, _: _test(lambda value: value.startswith(text), f'value does not have prefix "{text}"'),
    "suffix": lambda text, _: _test(lambda value: value.endswith(text), f'value does not have suffix "{text}"'),
    "pattern": _pattern,
    "well_known_regex": _header,
    "min_items": lambda n, _: _test(lambda items: len(items) >= n, f"value must contain at least {n} item(s)"),
    "max_items": lambda n, _: _test(lambda items: len(items) <= n, f"value must contain no more than {n} item(s)"),
    "min_pairs": lambda n, _: _test(lambda items: len(items) >= n, f"value must contain at least {n} pair(s)"),
    "unique": lambda _, __: _test(_distinct, "repeated value must contain unique items"),
}
"""Rule -> what makes its test from the limit and all rules of the type."""
