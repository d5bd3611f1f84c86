"""Frozen records: dataclasses whose methods are compiled when first called.

A run of the program imports several hundred record classes and uses a few dozen. `dataclasses` compiles five methods
for each while it is being imported, which would be most of a short run; here a class costs what its slots cost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: type[T]) -> type[T]:
    """A record that cannot change and compares by value."""
    return record(cls, by_value=True)


def record(cls: type[T], *, by_value: bool, kw_only: bool = False) -> type[T]:
    """Make a class a record that cannot change; `dataclasses.fields` and `replace` work as for a dataclass.

    It compares by value, or by identity, which makes it cheap as a key, however much it holds.
    """
    made = dataclasses.dataclass(init=False, repr=False, eq=False, match_args=False, slots=True, kw_only=kw_only)(cls)
    methods: dict[str, Any] = {
        "__init__": _first_init(made),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__repr__": _repr,
    }
    if by_value:
        methods |= {"__eq__": _first_eq(made), "__hash__": _first_hash(made)}
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _repr(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _first_init(cls: type) -> Callable[..., None]:
    """Compiles the initialiser of a class when the first instance is made, puts it in its place and calls it."""

    def __init__(self: Any, *args: Any, **values: Any) -> None:  # noqa: N807
        made = _compile_init(cls)
        setattr(cls, "__init__", made)  # noqa: B010
        made(self, *args, **values)

    return __init__


def _compile_init(cls: type) -> Callable[..., None]:
    scope: dict[str, Any] = {"_put": object.__setattr__, "_made": dataclasses.MISSING}
    positional: list[str] = []
    keywords: list[str] = []
    body: list[str] = []
    for field in dataclasses.fields(cls):
        name, value, default = field.name, field.name, ""
        if field.default_factory is not dataclasses.MISSING:
            scope[f"_make_{name}"] = field.default_factory
            default, value = "=_made", f"_make_{name}() if {name} is _made else {name}"
        elif field.default is not dataclasses.MISSING:
            scope[f"_default_{name}"] = field.default
            default = f"=_default_{name}"
        (keywords if field.kw_only else positional).append(name + default)
        body.append(f"    _put(self, {name!r}, {value})")
    star = ["*"] if keywords else []
    head = f"def __init__({', '.join(['self', *positional, *star, *keywords])}):"
    exec("\n".join([head, *body] if body else [head, "    pass"]), scope)
    made: Callable[..., None] = scope["__init__"]
    return made


def _first_eq(cls: type) -> Callable[[Any, object], Any]:
    def __eq__(self: Any, other: object) -> Any:  # noqa: N807
        made = _compile_eq(cls)
        setattr(cls, "__eq__", made)  # noqa: B010
        return made(self, other)

    return __eq__


def _compile_eq(cls: type) -> Callable[[Any, object], Any]:
    names = [f.name for f in dataclasses.fields(cls) if f.compare]
    equal = " and ".join(f"self.{n} == other.{n}" for n in names) or "True"
    scope: dict[str, Any] = {}
    exec(
        "def __eq__(self, other):\n"
        "    if other.__class__ is not self.__class__:\n        return NotImplemented\n"
        f"    return self is other or ({equal})",
        scope,
    )
    made: Callable[[Any, object], Any] = scope["__eq__"]
    return made


def _first_hash(cls: type) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:  # noqa: N807
        made = _compile_hash(cls)
        setattr(cls, "__hash__", made)  # noqa: B010
        return made(self)

    return __hash__


def _compile_hash(cls: type) -> Callable[[Any], int]:
    names = [f.name for f in dataclasses.fields(cls) if f.compare]
    scope: dict[str, Any] = {}
    exec(f"def __hash__(self):\n    return hash(({''.join(f'self.{n}, ' for n in names)}))", scope)
    made: Callable[[Any], int] = scope["__hash__"]
    return made
