"""Expressions of CEL: a text in, whether it parses out. Names and types are not looked at, as in istiod."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from meshc.resources.check.place import Fault

MAX_DEPTH = 64

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\n\r\f]+|//[^\n]*)
    |(?P<text>(?:[rR][bB]?|[bB][rR]?)?(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'))
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
    |(?P<sign>\|\||&&|==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = (
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
)
_RESERVED = frozenset((*_KEYWORDS, "namespace", "return", "var", "void", "while", "true", "false", "null"))
_LITERALS = frozenset(("true", "false", "null"))
_RELATIONS = ("<", "<=", ">", ">=", "==", "!=", "in")
_LEVELS = (("||",), ("&&",), _RELATIONS, ("+", "-"), ("*", "/", "%"))
"""Binary operators, from those that bind weakest."""


class _SyntaxError(ValueError):
    """The text says what is wrong."""


class _Token(NamedTuple):
    kind: str
    text: str


def cel_fault(text: str) -> Fault:
    """An expression of the Common Expression Language."""
    try:
        _Parser(list(_tokens(text))).expression_alone()
    except _SyntaxError as error:
        return f"{text!r} is no expression of CEL: {error}"
    return ""


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _SyntaxError(f"unexpected {text[at]!r}")
        at = found.end()
        kind = found.lastgroup or ""
        if kind != "space":
            yield _Token(kind, found[0])
    yield _Token("end", "the end")


class _Parser:
    """Recognises an expression by recursive descent."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression_alone(self) -> None:
        """An expression and nothing after it. Raises `_SyntaxError`."""
        self._expression()
        if self._next.kind != "end":
            raise self._unexpected()

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _unexpected(self) -> _SyntaxError:
        return _SyntaxError(f"unexpected {self._next.text}")

    def _accept(self, *texts: str) -> bool:
        found = self._next.kind in ("sign", "name") and self._next.text in texts
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected()

    def _name(self) -> str:
        token = self._next
        if token.kind != "name" or token.text in _RESERVED:
            raise self._unexpected()
        self._at += 1
        return token.text

    def _expression(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _SyntaxError("it is nested too deeply")
        self._binary(0)
        if self._accept("?"):
            self._binary(0)
            self._expect(":")
            self._expression()
        self._depth -= 1

    def _binary(self, weakest: int) -> None:
        """Operands with operators between them that bind at least as strongly as a level."""
        self._unary()
        while True:
            level = next((n for n in range(weakest, len(_LEVELS)) if self._accept(*_LEVELS[n])), None)
            if level is None:
                return
            self._binary(level + 1)

    def _unary(self) -> None:
        sign = self._next.text
        if sign in ("!", "-"):
            while self._accept(sign):
                pass
        self._primary()
        while True:
            if self._accept("."):
                self._member()
            elif self._accept("["):
                self._accept("?")
                self._expression()
                self._expect("]")
            else:
                return

    def _member(self) -> None:
        """What follows a dot: a field, a method, or the fields of a message that is being made."""
        self._accept("?")
        if self._next.kind == "quoted":
            self._at += 1
            return
        self._name()
        self._arguments()

    def _primary(self) -> None:
        token = self._next
        if token.kind in ("text", "number") or token.text in _LITERALS:
            self._at += 1
        elif self._accept("("):
            self._expression()
            self._expect(")")
        elif self._accept("["):
            self._listed("]", self._item)
        elif self._accept("{"):
            self._listed("}", self._entry)
        else:
            self._accept(".")
            self._call(self._name())

    def _call(self, name: str) -> None:
        """A name with its arguments; `has` is a macro that wants to see a field selected."""
        start = self._at
        self._arguments()
        inside = self._tokens[start + 1 : self._at - 1]
        if name == "has" and self._at > start and not any(token.text == "." for token in inside):
            raise _SyntaxError("has() wants a field, as in has(request.headers)")

    def _arguments(self) -> None:
        if self._accept("("):
            self._listed(")", self._expression)
        elif self._accept("{"):
            self._listed("}", self._field)

    def _listed(self, end: str, item: Callable[[], None]) -> None:
        """Items with commas between them, up to an end; lists and maps allow a last comma."""
        while not self._accept(end):
            item()
            if self._accept(end):
                return
            self._expect(",")
            if end == ")" and self._next.text == end:
                raise self._unexpected()

    def _item(self) -> None:
        self._accept("?")
        self._expression()

    def _entry(self) -> None:
        self._accept("?")
        self._expression()
        self._expect(":")
        self._expression()

    def _field(self) -> None:
        self._accept("?")
        self._name()
        self._expect(":")
        self._expression()
