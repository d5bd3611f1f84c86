"""The `node` decorator: frozen, compared by identity, so that a mesh object can be the key of a memo."""

from __future__ import annotations

import dataclasses
from typing import TypeVar, dataclass_transform

from meshc.frozen import record

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(dataclasses.field,))
def node(cls: type[T]) -> type[T]:
    """Make a class a frozen node that hashes by identity."""
    return record(cls, by_value=False)
