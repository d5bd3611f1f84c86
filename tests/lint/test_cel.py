"""Which texts are expressions of CEL."""

from __future__ import annotations

import pytest

from meshc.resources.check.cel import cel_fault

EXPRESSIONS = [
    "response.code >= 400",
    "has(request.headers.foo) && request.headers['x'] == \"a\"",
    "a ? b : c ? d : e",
    "!!a || --1 < 2",
    "[1, 2u, 0x1F, 1.5e3,]",
    "{'a': 1, b: [],}",
    "x.exists(e, e > 1)",
    "response.code in [1, 2]",
    r"'''a'b''' + r'\d' + b\"x\"".replace('\\"', '"'),
    "google.rpc.Status{code: 1}",
    ".a.b[c].d()",
    "connection.mtls && request.duration > duration('1s') // why",
    "a.`b-c`",
    "(" * 60 + "a" + ")" * 60,
]
OTHERS = {
    "": "unexpected the end",
    "a ==": "unexpected the end",
    "a b": "unexpected b",
    "a = 1": "unexpected '='",
    "(a": "unexpected the end",
    "a.": "unexpected the end",
    "a.if": "unexpected if",
    "f(a,)": "unexpected )",
    "{1}": "unexpected }",
    "'abc": 'unexpected "\'"',
    "has(a)": "has() wants a field, as in has(request.headers)",
    "#": "unexpected '#'",
    "[" * 100: "it is nested too deeply",
}


@pytest.mark.parametrize("text", EXPRESSIONS, ids=lambda text: text[:20])
def test_expressions(text: str) -> None:
    assert cel_fault(text) == ""


@pytest.mark.parametrize("text", OTHERS, ids=lambda text: text[:20])
def test_other_texts(text: str) -> None:
    assert cel_fault(text) == f"{text!r} is no expression of CEL: {OTHERS[text]}"
