"""One document being decoded: what it is and where the decoder stands in, findings with field path and place out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from meshc.findings import Origin, Sink
from meshc.source import Mark, locate


class Dialect(Enum):
    """How a document is read."""

    KUBERNETES = "JSON as the API server takes it"
    ISTIO = "values as proto JSON allows them (numbers as text, enums by number), names as in the CRD"
    PROTO_JSON = "values and names as proto JSON allows them (`snake_case` too)"


@dataclass(slots=True)
class Decoding:
    """One document being decoded: what it is, where the decoder stands, and whether something was wrong."""

    file: str
    sink: Sink
    origin: Origin
    dialect: Dialect
    path: list[str | int] = field(default_factory=list)
    failed: bool = False

    @property
    def lenient(self) -> bool:
        """Whether values may be written in the other ways of proto JSON."""
        return self.dialect is not Dialect.KUBERNETES

    def fail(self, code: str, at: Mark, message: str, hint: str = "") -> Any:
        """Report an error that costs the whole object; returns None, to stand for the value."""
        self.failed = True
        self.tell(code, at, message, hint)

    def tell(self, code: str, at: Mark, message: str, hint: str = "", *further: str) -> None:
        """Report at the place where the decoder stands, or at a field below it."""
        origin = self.origin.at(path_text([*self.path, *further]), locate(self.file, at))
        self.sink.add(code, origin, message, hint)


Decode = Callable[[Any, Mark, Decoding], Any]
"""A value, its place and the decoding that it is part of -> the decoded value."""


def near_miss(name: str, known: Iterable[str], similarity: float = 0.7) -> str:
    """The known name that was probably meant, as a hint; empty if none has that similarity (0 to 1)."""
    by_folded = {_folded(candidate): candidate for candidate in known}
    near = difflib.get_close_matches(_folded(name), by_folded, 1, similarity)
    return f"did you mean {by_folded[near[0]]}?" if near else ""


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def path_text(path: Iterable[str | int]) -> str:
    """A path in the form of messages: `spec.http[0].headers[x-user]`; keys of maps are `MapKey`."""
    text = ""
    for part in path:
        if type(part) is int or isinstance(part, MapKey):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else str(part)
    return text


class MapKey(str):
    """A key of a map field in a path."""

    __slots__ = ()
