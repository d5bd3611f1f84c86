"""Messages that stand as text inside of other objects: an annotation in, the decoded message out."""

from __future__ import annotations

from typing import TypeVar

from meshc.findings import Origin, Sink
from meshc.resources.decode import decode_value
from meshc.resources.message import Message
from meshc.source import Map
from meshc.source.yaml_events import parse

M = TypeVar("M", bound=Message)


def decode_text(cls: type[M], text: str, origin: Origin, code: str, sink: Sink) -> tuple[M, Map] | None:
    """A message written as YAML or JSON, and the mapping it was decoded from; None if it cannot be read.

    `origin` is where the text stands; what is wrong with it is said there, under `code`.
    """
    inner = Sink()
    roots = parse(text, "", inner)
    root = roots[0] if roots else Map()
    if not inner and (len(roots) > 1 or not isinstance(root, Map)):
        sink.add(code, origin, "must be one mapping")
        return None
    decoded = None if inner else decode_value(cls, root, "", inner)
    for finding in inner:
        field = f"{finding.origin.field}: " if finding.origin.field else ""
        sink.add(code, origin, field + finding.message, finding.hint)
    return None if decoded is None else (decoded, root)
