"""YAML: a text in, its documents as `Map`s with positions out, made straight from the events of the C parser.

The grammar is libyaml's, the values are those of `scalars`. A document that is not YAML becomes a finding, and reading
goes on at the next document marker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import yaml
from yaml._yaml import CParser

from meshc.findings import Origin, Sink
from meshc.source.document import Map, Mark, Seq, locate, mark
from meshc.source.scalars import NoJSONError, key_text, resolve, resolve_tagged
from meshc.source.text import UNREADABLE, Chunk, chunks, join_surrogates, looks_like_json, position

MAX_DEPTH = 200
"""Deepest nesting of mappings and lists."""

MAX_ALIASED = 250_000
"""Most values that the aliases of one document may stand for, all told."""

_MERGE = "\x00<<"
"""Stands for the merge key; no key of a text that was let through holds a NUL."""

_NO_MARKER = "did not find expected <document start>"
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_HELM_HINT = "a Helm template? render it first: helm template"


class _BrokenError(Exception):
    """A document cannot be used."""

    def __init__(self, code: str, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.code, self.line, self.column, self.message = code, line, column, message


Root = tuple[Any, Mark]
"""A document's value (`Map`, `Seq` or scalar) and its place."""


def parse(text: str, file: str, sink: Sink) -> list[Root]:
    """The documents of a text that are not empty. What cannot be read becomes a finding, the rest is read."""
    if looks_like_json(text):
        text = join_surrogates(text)
    if UNREADABLE.search(text):
        return [root for chunk in chunks(text) for root in _readable(chunk, file, sink)]
    roots: list[Root] = []
    resume = _parse_into(roots, Chunk(text, 1), file, sink)
    if resume:
        for chunk in chunks(text, after=resume):
            _parse_into(roots, chunk, file, sink)
    return roots


def _readable(chunk: Chunk, file: str, sink: Sink) -> list[Root]:
    """The documents of a chunk, or a finding about its first character that cannot be read."""
    roots: list[Root] = []
    found = UNREADABLE.search(chunk.text)
    if not found:
        _parse_into(roots, chunk, file, sink)
        return roots
    line, column = position(chunk.text, found.start())
    at = Origin(location=locate(file, mark(chunk.line + line - 1, column)))
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        sink.add("MC0105", at, f"byte 0x{code - 0xDC00:02X} is not UTF-8")
    else:
        sink.add("MC0106", at, f"character U+{code:04X} is not allowed in YAML")
    return roots


def _parse_into(roots: list[Root], chunk: Chunk, file: str, sink: Sink) -> int:
    """Append the documents of a chunk. Returns the line from which to look for the next one; 0 if all were read."""
    builder = _Builder(file, sink, chunk.line)
    try:
        roots.extend(root for root in builder.documents(CParser(chunk.text)) if root[0] is not None)
        return 0
    except yaml.MarkedYAMLError as error:
        broken = _syntax_error(error, chunk)
    except _BrokenError as error:
        broken = error
    text = _line(chunk, broken.line - chunk.line)
    if not _next_json_value(broken, text, chunk):
        at = Origin(location=locate(file, mark(broken.line, broken.column)))
        sink.add(broken.code, at, broken.message, _HELM_HINT if "{{" in text else "")
    return max(broken.line, builder.started + 1)


def _next_json_value(broken: _BrokenError, text: str, chunk: Chunk) -> bool:
    """Whether a JSON value follows another one without a document marker, as `jq` prints them, and nothing is wrong."""
    follows = broken.column == 1 and broken.line > chunk.line and text.startswith("{")
    return follows and _NO_MARKER in broken.message and looks_like_json(chunk.text)


def _syntax_error(error: yaml.MarkedYAMLError, chunk: Chunk) -> _BrokenError:
    """What libyaml says, in a sentence, at the place where it gave up."""
    place = error.problem_mark or error.context_mark
    line, column = (place.line, place.column) if place else (0, 0)
    at = (chunk.line + line, column + 1)
    problem = error.problem or "cannot be parsed"
    text = _line(chunk, line)
    if "nesting depth" in problem:
        return _BrokenError("MC0111", *at, _TOO_DEEP)
    if "tab character" in problem or text[column : column + 1] == "\t":
        return _BrokenError("MC0108", *at, "a tab where spaces must indent")
    begun = error.context_mark
    if error.context and begun and begun.line != line:
        problem += f" {error.context} that begins at line {chunk.line + begun.line}"
    return _BrokenError("MC0107", *at, f"not YAML: {problem}")


def _line(chunk: Chunk, number: int) -> str:
    """A line of a chunk, counted from 0; empty beyond its end."""
    lines = chunk.text.split("\n", number + 1)
    return lines[number] if number < len(lines) else ""


class _Builder:
    """Builds documents out of events. `started` is the line of the document in work."""

    def __init__(self, file: str, sink: Sink, first_line: int) -> None:
        self.started = 0
        self._file = file
        self._sink = sink
        self._first_line = first_line
        self._root: Root = (None, 0)
        self._container: Map | Seq | None = None
        self._key: str | None = None
        self._key_at: Mark = 0
        self._stack: list[tuple[Map | Seq | None, str | None, Mark, str | None, int]] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0
        self._aliased = 0
        self._merged: set[tuple[int, str]] = set()

    def documents(self, parser: CParser) -> Iterator[Root]:
        """The roots of the documents, in order. Raises `_BrokenError` and what the parser raises."""
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open_map,
            yaml.SequenceStartEvent: self._open_seq,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start,
        }
        next_event = parser.get_event
        while True:
            event = next_event()
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
            elif type(event) is yaml.DocumentEndEvent:
                yield self._root
            elif type(event) is yaml.StreamEndEvent:
                return

    def _start(self, event: yaml.DocumentStartEvent) -> None:
        self.started = self._place(event.start_mark) >> 16
        self._root = (None, 0)
        self._container = self._key = None
        self._anchors.clear()
        self._merged.clear()
        self._aliased = 0

    def _place(self, start: Any) -> Mark:
        """A mark of the parser, both of whose numbers count from 0, as ours."""
        return mark(start.line + self._first_line, start.column + 1)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event.start_mark)
        text = event.value
        plain, _ = event.implicit
        if plain and text == "<<" and self._key is None and type(self._container) is Map:
            self._key, self._key_at = _MERGE, place
            return
        try:
            value = resolve(text) if plain else _tagged(event.tag, text)
        except NoJSONError as error:
            raise self._broken("MC0112", place, str(error)) from None
        self._add(value, place)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)

    def _open_map(self, event: yaml.MappingStartEvent) -> None:
        self._open(Map(self._place(event.start_mark)), event)

    def _open_seq(self, event: yaml.SequenceStartEvent) -> None:
        self._open(Seq(self._place(event.start_mark)), event)

    def _open(self, made: Map | Seq, event: yaml.CollectionStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._broken("MC0111", made.at, _TOO_DEEP)
        if self._key is None and type(self._container) is Map:
            raise self._broken("MC0112", made.at, "a mapping or list cannot be a key")
        self._stack.append((self._container, self._key, self._key_at, event.anchor, self._values))
        self._container = made
        self._key = None

    def _close(self, _: yaml.CollectionEndEvent) -> None:
        made = self._container
        self._container, self._key, self._key_at, anchor, before = self._stack.pop()
        assert made is not None
        self._add(made, made.at)
        if anchor:
            self._anchors[anchor] = (made, self._values - before)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._place(event.start_mark)
        if event.anchor not in self._anchors:
            raise self._broken("MC0110", place, f"alias *{event.anchor} has no anchor before it")
        value, size = self._anchors[event.anchor]
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            raise self._broken("MC0110", place, f"the aliases stand for more than {MAX_ALIASED} values")
        self._values += size - 1
        self._add(value, place)

    def _add(self, value: Any, place: Mark) -> None:
        """Put a finished value where it belongs: it is a key, the value of a key, an item of a list or the root."""
        self._values += 1
        container = self._container
        if isinstance(container, Map):
            key = self._key
            if key is None:
                self._key = value if type(value) is str else self._key_text(value, place)
                self._key_at = place
                return
            self._key = None
            if key is _MERGE:
                self._merge(container, value, place)
                return
            if key in container:
                self._repeated(container, key)
            container[key] = value
            container.marks[key] = self._key_at
        elif isinstance(container, Seq):
            container.append(value)
            container.marks.append(place)
        else:
            self._root = (value, place)

    def _key_text(self, value: Any, place: Mark) -> str:
        try:
            return key_text(value)
        except NoJSONError as error:
            raise self._broken("MC0112", place, str(error)) from None

    def _repeated(self, container: Map, key: str) -> None:
        """A key for the second time: the last one counts, as in Kubernetes. Merged ones may be overridden."""
        if (id(container), key) in self._merged:
            self._merged.discard((id(container), key))
            return
        first = locate(self._file, container.marks[key])
        at = Origin(field=key, location=locate(self._file, self._key_at))
        self._sink.add("MC0109", at, f"key {key!r} stands twice in a mapping, first at {first}; the last one counts")

    def _merge(self, container: Map, value: Any, place: Mark) -> None:
        """Merge what `<<` names: the earlier of several mappings wins, and all win over the keys before the `<<`.

        YAML would have the mapping's own keys win wherever they stand; Kubernetes' parser goes by position.
        """
        sources = value if type(value) is Seq else (value,)
        for source in reversed(sources):
            if type(source) is not Map:
                raise self._broken("MC0112", place, "<< merges a mapping or a list of mappings")
            container.update(source)
            container.marks.update(source.marks)
            self._merged.update((id(container), key) for key in source)

    def _broken(self, code: str, place: Mark, message: str) -> _BrokenError:
        return _BrokenError(code, place >> 16, place & 0xFFFF, message)


def _tagged(tag: str | None, text: str) -> Any:
    """The value of a scalar that is quoted or has a tag."""
    return text if tag is None or tag == "!" else resolve_tagged(tag, text)
