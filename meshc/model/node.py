"""The `node` decorator: frozen, slotted, compared by identity, so that a mesh object can be the key of a memo."""

from __future__ import annotations

import dataclasses
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False)
def node(cls: type[T]) -> type[T]:
    """Make a class a frozen node that hashes by identity."""
    return dataclasses.dataclass(frozen=True, slots=True, eq=False)(cls)
