"""What a resource class is made of: the `message` decorator and the field types that the decoder understands.

A field is an annotation and a default. The name in the manifest is the attribute in lowerCamelCase unless `named(...)`
says otherwise. Types: `str`, `bool`, `bytes`, `Int32`, `UInt32`, `Int64`, `UInt64`, `Port`, `Double`, `Duration`,
`Timestamp`, `Literal[...]` (an enum by name, in the order of its numbers, the first being the zero value),
`IntOrString` (a port by number or name), `Struct` (any JSON), another message; `X | None` keeps presence,
`tuple[X, ...]` is a list, `Mapping[str, X]` a map. A scalar without `| None` has its zero value when absent.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, TypeVar, dataclass_transform

from meshc.findings import Location, Origin
from meshc.frozen import frozen
from meshc.source.document import Mark, locate

T = TypeVar("T")


@frozen
class Range:
    """Bounds of an integer field, both included."""

    low: int
    high: int


Int32 = Annotated[int, Range(-(2**31), 2**31 - 1)]
UInt32 = Annotated[int, Range(0, 2**32 - 1)]
Int64 = Annotated[int, Range(-(2**63), 2**63 - 1)]
UInt64 = Annotated[int, Range(0, 2**64 - 1)]
Port = Annotated[int, Range(1, 2**16 - 1)]
Double = float
IntOrString = int | str
Struct = Any
Timestamp = datetime


class Duration(int):
    """A span of time in nanoseconds, as Go has it."""

    __slots__ = ()


SECOND = 1_000_000_000
"""A second in the unit of durations."""


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
def message(cls: type[T]) -> type[T]:
    """Make a class a frozen message. Messages compare and hash by identity, so that they can be keys of a memo.

    A message is a dataclass whose methods stand in `Message`: to generate them class by class would take ten times as
    long, and every run of the program imports some 250 of these classes.
    """
    return dataclasses.dataclass(init=False, repr=False, eq=False, match_args=False, slots=True)(cls)


def named(json: str, default: Any = None, *aliases: str) -> Any:
    """A field whose name in the manifest is not the lowerCamelCase of its attribute, or that has further names."""
    return dataclasses.field(default=default, metadata={"json": json, "aliases": aliases})


def json_name(field: dataclasses.Field[Any]) -> str:
    """The name of a field in the manifest."""
    if "json" in field.metadata:
        return str(field.metadata["json"])
    head, *rest = field.name.split("_")
    return head + "".join(word.capitalize() for word in rest)


_EMPTY: Mapping[str, Any] = MappingProxyType({})


def mapping() -> Any:
    """A map field: empty when absent."""
    return dataclasses.field(default_factory=lambda: _EMPTY)


@message
class Message:
    """Base of everything decoded; `at` is the place in the file of the object (0 when it did not come from a file)."""

    OPEN: ClassVar[bool] = False
    """True where the class declares a part of the fields only: others are ignored silently."""

    at: Mark = 0

    def __init__(self, **values: Any) -> None:
        defaults = default_values(type(self))
        for name in values:
            if name not in defaults:
                raise TypeError(f"{type(self).__name__} has no field {name}")
        for name, default in defaults.items():
            value = values.get(name, default)
            if value is dataclasses.MISSING:
                raise TypeError(f"{type(self).__name__} needs {name}")
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __repr__(self) -> str:
        """The fields that do not have their default."""
        defaults = default_values(type(self)).items()
        shown = [f"{name}={getattr(self, name)!r}" for name, default in defaults if getattr(self, name) is not default]
        return f"{type(self).__name__}({', '.join(shown)})"


_DEFAULTS: dict[type, Mapping[str, Any]] = {}


def default_values(cls: type[Message]) -> Mapping[str, Any]:
    """The fields of a message class with their defaults; `dataclasses.MISSING` where a value must be given."""
    known = _DEFAULTS.get(cls)
    if known is None:
        known = _DEFAULTS[cls] = {
            field.name: field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
            for field in dataclasses.fields(cls)
        }
    return known


@message
class OwnerReference(Message):
    """`metadata.ownerReferences[]`."""

    OPEN = True

    api_version: str = ""
    kind: str = ""
    name: str = ""
    controller: bool = False


@message
class Meta(Message):
    """`metadata` of an object, with its kind, API version and file."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    generate_name: str = ""
    labels: Mapping[str, str] = mapping()
    annotations: Mapping[str, str] = mapping()
    creation_timestamp: Timestamp | None = None
    deletion_timestamp: Timestamp | None = None
    uid: str = ""
    resource_version: str = ""
    owner_references: tuple[OwnerReference, ...] = ()
    file: str = ""


@message
class Object(Message):
    """A Kubernetes or Istio object: `meta`, and in subclasses `spec`, `status` or the kind's own top-level fields."""

    meta: Meta

    @property
    def origin(self) -> Origin:
        """The object as an origin, at the place where it stands."""
        return Origin(self.meta.kind, self.meta.namespace, self.meta.name, "", self.locate(self))

    def locate(self, part: Message) -> Location | None:
        """The place of a part of this object; None if the object was not read from a file."""
        return locate(self.meta.file, part.at or self.at) if self.meta.file else None

    def origin_of(self, part: Message, field: str) -> Origin:
        """A part of this object as an origin; `field` is its path, as `spec.http[0]`."""
        return Origin(self.meta.kind, self.meta.namespace, self.meta.name, field, self.locate(part))


RESOURCES: dict[tuple[str, str], type[Object]] = {}
"""(API group, kind) -> class, filled by `resource`."""

VERSIONS: dict[tuple[str, str], tuple[str, ...]] = {}
"""(API group, kind) -> the served versions."""

CLUSTER_SCOPED: set[tuple[str, str]] = set()
"""(API group, kind) of the kinds that have no namespace."""

R = TypeVar("R", bound=Object)


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
def resource(group: str, *versions: str, kind: str = "", namespaced: bool = True) -> Callable[[type[R]], type[R]]:
    """Register a class as a kind of an API group, with its served versions; the kind is the class name unless given."""

    def register(cls: type[R]) -> type[R]:
        made = message(cls)
        key = (group, kind or cls.__name__)
        RESOURCES[key] = made
        VERSIONS[key] = versions
        if not namespaced:
            CLUSTER_SCOPED.add(key)
        return made

    return register
