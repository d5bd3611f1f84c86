"""Documents: plain YAML values whose mappings and lists remember where every key and item stands."""

from __future__ import annotations

from typing import Any

from meshc.findings import Location
from meshc.frozen import frozen

Mark = int
"""A place in a file, packed: `line << 16 | column`, both from 1 (a column above 65535 is cut off). 0: unknown."""


def mark(line: int, column: int) -> Mark:
    """Pack a line and a column, both counted from 1."""
    return line << 16 | (column if column < 0xFFFF else 0xFFFF)


def locate(file: str, at: Mark) -> Location:
    """Unpack a mark into a location."""
    return Location(file, at >> 16, at & 0xFFFF)


class Map(dict[str, Any]):
    """A YAML mapping; `at` is its own place, `marks[key]` the place of a key."""

    __slots__ = ("at", "marks")

    def __init__(self, at: Mark = 0) -> None:
        super().__init__()
        self.at = at
        self.marks: dict[str, Mark] = {}


class Seq(list[Any]):
    """A YAML list; `at` is its own place, `marks[i]` the place of item i."""

    __slots__ = ("at", "marks")

    def __init__(self, at: Mark = 0) -> None:
        super().__init__()
        self.at = at
        self.marks: list[Mark] = []


@frozen
class Document:
    """One YAML document (or one item of a `kind: List`) of a file, the `index`-th of it.

    `root` holds str, int, float, bool, None, Map and Seq, all of them to be left unchanged.
    """

    file: str
    root: Map
    index: int = 0

    def location(self, at: Mark = 0) -> Location:
        """The place of a mark in this document's file; without one, of the document's start."""
        return locate(self.file, at or self.root.at)
