"""Any frozen value of the pipeline as plain YAML values: what `--stage` prints."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from meshc.findings import Location, Origin
from meshc.resources.message import Duration

_HIDDEN = frozenset({"memo", "at"})


def plain(value: Any) -> Any:
    """Dataclasses as mappings without their empty fields, enums by value, origins and durations as text.

    A dataclass that was printed before inside the same branch cannot occur: the data has no cycles.
    """
    if isinstance(value, Origin | Location):
        return f"{value} ({value.location})" if isinstance(value, Origin) and value.location else str(value)
    if isinstance(value, Duration):
        return f"{value / 1e9:g}s"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value) if f.name not in _HIDDEN)
        return {name: plain(item) for name, item in fields if item not in (None, "", (), {}, False)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted((plain(item) for item in value), key=str)
    return value.isoformat() if isinstance(value, datetime) else value
