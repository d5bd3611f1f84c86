"""Regular expressions: a pattern in, what Go's regexp package (RE2's syntax) has against it out.

Python's own `re` allows what RE2 does not (look-around, back references) and lacks some of what it has, so the
syntax is walked here, without recursion and without building anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from meshc.resources.check.place import Fault

MAX_REPEAT = 1000
MAX_DEPTH = 1000

_REPEAT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")
_NAMED = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>", re.ASCII)
_ESCAPE = re.compile(
    r"\\(?:[afnrtv]|[dDsSwW]|[1-7][0-7]{1,2}|0[0-7]{0,2}|x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]+\}|[pP](?:\{\^?[A-Za-z_]+\}|[A-Z])"
    r"|[^A-Za-z0-9\x80-\U0010ffff])",
    re.ASCII,
)
_ASSERTION = re.compile(r"\\[AzbB]")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
_POSIX = re.compile(r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]")
_WIDE = frozenset("dDsSwWpP")
"""Letters of escapes that stand for many characters."""


class _SyntaxError(ValueError):
    """The text says what is wrong."""


def regexp_fault(pattern: str) -> Fault:
    """A pattern that Go's `regexp.Compile` takes."""
    try:
        _Walk(pattern).run()
    except _SyntaxError as error:
        return f"{pattern!r} is no regular expression of RE2: {error}"
    return ""


@dataclass(slots=True)
class _Group:
    """An open group: the heaviest repetition inside of it, and of its last item (0: nothing to repeat yet)."""

    heaviest: int = 1
    last: int = 0
    repeated: bool = False


class _Walk:
    """Walks a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._groups = [_Group()]
        self._names: set[str] = set()

    def run(self) -> None:
        """Raises `_SyntaxError`."""
        while self._at < len(self._text):
            self._step(self._text[self._at])
        if len(self._groups) > 1:
            raise _SyntaxError("a ( is not closed")

    def _step(self, char: str) -> None:
        match char:
            case "(":
                self._open()
            case ")":
                self._close()
            case "|":
                self._groups[-1].last = 0
                self._groups[-1].repeated = False
                self._at += 1
            case "*" | "+" | "?":
                self._repeat(1, 1)
            case "{" if found := _REPEAT.match(self._text, self._at):
                self._counted(found)
            case "[":
                self._class()
                self._item()
            case "\\":
                self._escape()
            case _:
                self._at += 1
                self._item()

    def _item(self, weight: int = 1) -> None:
        group = self._groups[-1]
        group.heaviest = max(group.heaviest, weight)
        group.last, group.repeated = weight, False

    def _open(self) -> None:
        if self._text.startswith("(?", self._at):
            if named := _NAMED.match(self._text, self._at):
                if named[1] in self._names:
                    raise _SyntaxError(f"group {named[1]} stands twice")
                self._names.add(named[1])
                self._at = named.end()
            elif flags := _FLAGS.match(self._text, self._at):
                self._at = flags.end()
                if flags[3] == ")":
                    return
            else:
                raise _SyntaxError(f"{self._text[self._at : self._at + 3]} is not supported")
        else:
            self._at += 1
        self._groups.append(_Group())
        if len(self._groups) > MAX_DEPTH:
            raise _SyntaxError("groups are nested too deeply")

    def _close(self) -> None:
        if len(self._groups) == 1:
            raise _SyntaxError("a ) is not opened")
        self._at += 1
        self._item(self._groups.pop().heaviest)

    def _counted(self, found: re.Match[str]) -> None:
        low = int(found[1])
        high = int(found[3]) if found[3] else low
        if high < low or high > MAX_REPEAT:
            raise _SyntaxError(f"{found[0]} is no repeat count (at most {MAX_REPEAT})")
        self._repeat(len(found[0]), high)

    def _repeat(self, length: int, count: int) -> None:
        group, sign = self._groups[-1], self._text[self._at : self._at + length]
        if not group.last:
            raise _SyntaxError(f"nothing to repeat before {sign}")
        if group.repeated:
            raise _SyntaxError(f"{sign} repeats a repetition")
        self._at += length
        if self._text.startswith("?", self._at):
            self._at += 1
        weight = max(count, 1) * group.last
        if count > 1 and weight > MAX_REPEAT:
            raise _SyntaxError(f"nested repetitions of more than {MAX_REPEAT}")
        self._item(weight)
        group.repeated = True

    def _escape(self) -> None:
        if quoted := _QUOTED.match(self._text, self._at):
            self._at = quoted.end()
            if quoted[1]:
                self._item()
            return
        found = _ASSERTION.match(self._text, self._at) or self._escaped()
        self._at = found.end()
        self._item()

    def _escaped(self) -> re.Match[str]:
        found = _ESCAPE.match(self._text, self._at)
        if found is None:
            raise _SyntaxError(f"{self._text[self._at : self._at + 2]} is no escape")
        return found

    def _class(self) -> None:
        """A character class in brackets; `]` first in it is a character, and so is `-` at an end."""
        start = self._at
        self._at += 2 if self._text.startswith("[^", start) else 1
        first = True
        while first or not self._text.startswith("]", self._at):
            first = False
            if posix := _POSIX.match(self._text, self._at):
                self._at = posix.end()
                continue
            low = self._member(start)
            if self._text.startswith("-", self._at) and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                high = self._member(start)
                if low is None or high is None or high < low:
                    raise _SyntaxError(f"{self._text[start : self._at]} has a malformed range")
        self._at += 1

    def _member(self, start: int) -> int | None:
        """The code of a single character in a class; None for an escape that stands for many."""
        if self._at >= len(self._text):
            raise _SyntaxError(f"{self._text[start:]} is not closed")
        if self._text.startswith("[:", self._at) and ":]" in self._text[self._at :]:
            raise _SyntaxError(f"{self._text[self._at :].partition(']')[0]}] is no class of characters")
        if self._text[self._at] != "\\":
            self._at += 1
            return ord(self._text[self._at - 1])
        found = self._escaped()
        self._at = found.end()
        return None if found[0][1] in _WIDE else _code(found[0][1:])


_CONTROL = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


def _code(escape: str) -> int:
    if escape[0] == "x":
        return int(escape[1:].strip("{}"), 16)
    if escape.isdigit():
        return int(escape, 8)
    return _CONTROL.get(escape, ord(escape[0]))
