"""Places: a field of an object under check, from which a finding goes to the line where the field stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.resources.decoding import MapKey, path_text
from meshc.resources.message import Object
from meshc.source import Document, Map, Mark, Seq, locate

T = TypeVar("T")

Fault = str
"""What is wrong with a value, as a sentence that names it; empty if nothing is."""


@frozen
class Place:
    """A field of an object: `root` is the mapping that was decoded, `path` leads from there to the field.

    `at / "spec" / "http" / 0` is the place of a field below; keys of a map are `MapKey`.
    """

    origin: Origin
    root: Map
    file: str
    sink: Sink
    path: tuple[str | int, ...] = ()

    def __truediv__(self, step: str | int) -> Place:
        return replace(self, path=(*self.path, step))

    def each(self, field: str, items: Iterable[T]) -> Iterator[tuple[Place, T]]:
        """The items of a list field, each with its place."""
        listed = self / field
        return ((listed / index, item) for index, item in enumerate(items))

    def entries(self, field: str, items: Mapping[str, T]) -> Iterator[tuple[Place, str, T]]:
        """The entries of a map field, each with its place."""
        listed = self / field
        return ((listed / MapKey(key), key, item) for key, item in items.items())

    @property
    def given(self) -> Any:
        """The value as it stands in the document; None if it is absent."""
        value, steps, _ = self._walk()
        return value if steps == len(self.path) else None

    def tell(self, code: str, message: str, hint: str = "") -> None:
        """Report a finding about the field."""
        place = locate(self.file, self._walk()[2]) if self.file else None
        self.sink.add(code, self.origin.at(path_text(self.path), place), message, hint)

    def judge(self, code: str, fault: Fault, hint: str = "") -> bool:
        """Report a fault, if it is one; whether there was none."""
        if fault:
            self.tell(code, fault, hint)
        return not fault

    def need(self, present: object, what: str) -> bool:
        """Report that the field is missing unless there is something; whether there is."""
        return self.judge("MC0412", "" if present else f"{what} is missing")

    def _walk(self) -> tuple[Any, int, Mark]:
        """The value at the path or, if it is absent, the nearest one above; the steps taken, and where it stands."""
        value: Any = self.root
        mark = self.root.at
        for count, step in enumerate(self.path):
            if type(value) is Map and step in value:
                mark, value = value.marks[str(step)], value[str(step)]
            elif type(value) is Seq and type(step) is int and step < len(value):
                mark, value = value.marks[step], value[step]
            else:
                return value, count, mark
        return value, len(self.path), mark


class Places:
    """The places of objects in the documents that they were decoded from."""

    def __init__(self, documents: Iterable[Document], sink: Sink) -> None:
        self._roots = {(document.file, document.root.at): document.root for document in documents}
        self._sink = sink

    def of(self, thing: Object) -> Place:
        """The place of an object as a whole; without lines if it stands in none of the documents."""
        root = self._roots.get((thing.meta.file, thing.at), Map())
        return Place(thing.origin, root, thing.meta.file, self._sink)
