"""The decorators of IR classes: `node` for what is shared and named, `value` for the parts it is made of."""

from __future__ import annotations

import dataclasses
from typing import TypeVar, dataclass_transform

from meshc.frozen import record

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False, kw_only_default=True, field_specifiers=(dataclasses.field,))
def node(cls: type[T]) -> type[T]:
    """A frozen class that compares and hashes by identity: listeners, routes, clusters, endpoint groups."""
    return record(cls, by_value=False, kw_only=True)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,))
def value(cls: type[T]) -> type[T]:
    """A frozen class that compares by value: the parts of a node."""
    return record(cls, by_value=True, kw_only=True)
