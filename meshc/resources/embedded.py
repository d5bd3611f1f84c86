"""Messages that stand as text inside of other objects: an annotation in, the decoded message out."""

from __future__ import annotations

from typing import TypeVar

from meshc.findings import Origin, Sink
from meshc.resources.decode import decode_value
from meshc.resources.message import Message
from meshc.source import Map, documents_of_text

M = TypeVar("M", bound=Message)


def decode_text(cls: type[M], text: str, origin: Origin, code: str, sink: Sink) -> tuple[M, Map] | None:
    """A message written as YAML or JSON, and the mapping it was decoded from; None if it cannot be read.

    `origin` is where the text stands; what is wrong with it is said there, under `code`.
    """
    inner = Sink()
    documents = documents_of_text(text, "", inner)
    if len(documents) > 1:
        inner.add(code, Origin(), f"holds {len(documents)} documents, not one")
    root = documents[0].root if documents else Map()
    decoded = None if inner else decode_value(cls, root, "", inner)
    for finding in inner:
        field = f"{finding.origin.field}: " if finding.origin.field else ""
        sink.add(code, origin, field + finding.message, finding.hint)
    return None if decoded is None else (decoded, root)
