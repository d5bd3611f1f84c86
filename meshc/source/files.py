"""Files: paths as people give them in (files, folders, globs, `-`), the documents found there out.

A `kind: List`, or any `*List` with `items`, is expanded. Folders are read recursively: *.yaml, *.yml and *.json, hidden
ones left out, in the order of their names.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from meshc.findings import Location, Origin, Sink
from meshc.source.document import Document, Map, Mark, Seq, locate
from meshc.source.text import MAX_LINE, decode, too_long_line
from meshc.source.yaml_events import parse

MAX_FILE = 512 * 2**20
"""Largest file in bytes."""

STDIN = "<stdin>"
"""What stands for the file in places of standard input."""

_SUFFIXES = (".yaml", ".yml", ".json")


class UnreadableError(Exception):
    """No document could be read, and something stood in the way; the text says what was looked at, the findings why."""


def read(paths: Sequence[str], sink: Sink, stdin: BinaryIO | None = None) -> list[Document]:
    """All documents of the paths, in the order of the paths; a file that several of them name is read once.

    `-` is standard input. What cannot be read becomes a finding and the rest is read. Raises `UnreadableError` if
    nothing is left then; an empty list means that there was nothing but empty files and folders.
    """
    before = sink.errors()
    documents: list[Document] = []
    for name in _files(paths, sink):
        data = _data(name, sink, stdin)
        if data is not None:
            documents += documents_of(data, STDIN if name == "-" else name, sink)
    if not documents and sink.errors() > before:
        raise UnreadableError(f"nothing could be read of {', '.join(paths)}")
    return documents


def documents_of(data: bytes, file: str, sink: Sink) -> list[Document]:
    """The documents of a file's bytes that are mappings; any other document becomes a finding."""
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        sink.add("MC0105", _file(file), f"byte {error.start} of the file is not {error.encoding.upper()}")
        return []
    return documents_of_text(text, file, sink)


def documents_of_text(text: str, file: str, sink: Sink) -> list[Document]:
    """As `documents_of`, for a text that stands in another place than a file of its own."""
    if line := too_long_line(text):
        place = Location(file, line, MAX_LINE + 1)
        sink.add("MC0104", Origin(location=place), f"line is longer than {MAX_LINE // 2**20} MiB")
        return []
    documents: list[Document] = []
    for root, at in parse(text, file, sink):
        for item in _objects(root, at, file, sink):
            documents.append(Document(file, item, len(documents)))
    return documents


def _files(paths: Iterable[str], sink: Sink) -> Iterator[str]:
    """The files that the paths name, each once."""
    seen: set[str] = set()
    for path in paths:
        for name in _expand(path, sink):
            real = name if name == "-" else os.path.realpath(name)
            if real not in seen:
                seen.add(real)
                yield name


def _expand(path: str, sink: Sink) -> list[str]:
    if path == "-":
        return [path]
    if os.path.isdir(path):
        found = _folder(path)
        if not found:
            sink.add("MC0103", _file(path), "no *.yaml, *.yml or *.json file in this folder")
        return found
    if os.path.lexists(path):
        return [os.path.normpath(path)]
    found = [file for match in sorted(glob.glob(path, recursive=True)) for file in _match(match)]
    if not found:
        kind = "no file matches this pattern" if glob.has_magic(path) else "no such file or folder"
        sink.add("MC0102", _file(path), kind)
    return found


def _match(path: str) -> list[str]:
    return _folder(path) if os.path.isdir(path) else [os.path.normpath(path)]


def _folder(path: str) -> list[str]:
    """The manifests below a folder, sorted by path."""
    found: list[str] = []
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            os.path.normpath(os.path.join(folder, name))
            for name in names
            if name.endswith(_SUFFIXES) and not name.startswith(".")
        ]
    return sorted(found)


def _data(name: str, sink: Sink, stdin: BinaryIO | None) -> bytes | None:
    try:
        if name == "-":
            data = (stdin or sys.stdin.buffer).read(MAX_FILE + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MAX_FILE + 1)
    except OSError as error:
        sink.add("MC0101", _file(name), error.strerror or str(error))
        return None
    if len(data) > MAX_FILE:
        sink.add("MC0104", _file(name), f"file is larger than {MAX_FILE // 2**20} MiB")
        return None
    return data


def _objects(root: Any, at: Mark, file: str, sink: Sink) -> Iterator[Map]:
    """The mappings of a document: itself, or the items of a list of objects."""
    if type(root) is not Map:
        shape = "list" if type(root) is Seq else "single value"
        sink.add("MC0113", Origin(location=locate(file, at)), f"document is a {shape}, not a mapping")
        return
    kind, items = root.get("kind"), root.get("items")
    if not (type(kind) is str and kind.endswith("List") and type(items) is Seq):
        yield root
        return
    for number, item in enumerate(items):
        if type(item) is Map:
            yield from _objects(_typed(item, root, kind.removesuffix("List")), item.at, file, sink)
        else:
            place = locate(file, items.marks[number])
            sink.add("MC0113", Origin(field=f"items[{number}]", location=place), "list item is not a mapping")


def _typed(item: Map, owner: Map, kind: str) -> Map:
    """The item of a typed list (`PodList`), which need not repeat kind and version."""
    if not kind or "kind" in item or "apiVersion" in item:
        return item
    typed = Map(item.at)
    typed.update({"apiVersion": owner.get("apiVersion"), "kind": kind, **item})
    typed.marks.update({"apiVersion": item.at, "kind": item.at, **item.marks})
    return typed


def _file(name: str) -> Origin:
    return Origin(location=Location(STDIN if name == "-" else name))
