"""Text: the bytes of a file in, its characters out, and the parts of it that stand between document markers.

Knows encodings and lines, nothing of YAML's grammar.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from meshc.frozen import frozen

MAX_LINE = 16 * 2**20
"""Longest line in characters: ten times what a whole object may hold in a cluster."""

UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""A character that YAML does not allow; surrogates stand for bytes that are not UTF-8."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_YAML_MARKER = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
_JSON_OBJECT = re.compile(r"^\{", re.MULTILINE)
_SURROGATE_PAIR = re.compile(r"(\\\\)|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


@frozen
class Chunk:
    """A part of a file that can be parsed on its own; `line` is the number of its first line, from 1."""

    text: str
    line: int


def decode(data: bytes) -> str:
    """The characters of a file: UTF-8, or what its byte order mark says.

    Bytes that are not UTF-8 become lone surrogates, so that the rest of the file can be read. Raises
    `UnicodeDecodeError` for bad UTF-16 or UTF-32.
    """
    for order_mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(order_mark):
            return data[len(order_mark) :].decode(encoding, "surrogateescape" if encoding == "utf-8" else "strict")
    return data.decode("utf-8", "surrogateescape")


def looks_like_json(text: str) -> bool:
    """Whether a text is JSON, judged by its first character as Kubernetes does."""
    return text.lstrip()[:1] in ("{", "[")


def join_surrogates(text: str) -> str:
    r"""JSON with `\ud83d\ude00` as one character: JSON writes it so, YAML cannot."""
    return _SURROGATE_PAIR.sub(_join, text) if "\\u" in text else text


def _join(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    code = 0x10000 + (int(match[2], 16) - 0xD800) * 0x400 + int(match[3], 16) - 0xDC00
    return f"\\U{code:08X}"


def too_long_line(text: str) -> int:
    """The number of the first line above `MAX_LINE` characters; 0 if there is none."""
    if len(text) <= MAX_LINE:
        return 0
    start = 0
    line = 1
    while (end := text.find("\n", start)) >= 0:
        if end - start > MAX_LINE:
            return line
        start, line = end + 1, line + 1
    return line if len(text) - start > MAX_LINE else 0


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def chunks(text: str, first_line: int = 1, after: int = 0) -> Iterator[Chunk]:
    """The parts of a text that begin at a document marker (in JSON: at a `{` in the first column).

    `first_line` is the number of the text's first line; parts that begin before line `after` are left out.
    """
    marker = _JSON_OBJECT if looks_like_json(text) else _YAML_MARKER
    starts = [0, *(match.start() for match in marker.finditer(text) if match.start())]
    line = first_line
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if line >= after:
            yield Chunk(text[start:end], line)
        line += text.count("\n", start, end)
