"""Which regular expressions Go's regexp package takes."""

from __future__ import annotations

import pytest

from meshc.resources.check.go_regexp import regexp_fault

TAKEN = [
    "",
    "a*b+?c??",
    "^*",
    "(a|b)+|",
    "()",
    "(|a)*",
    "[]a]",
    "[^]a-z-]",
    "[-a]",
    r"[a\-z]",
    r"[\d.]",
    "[[:alpha:]_[:^digit:]]",
    r"\d+\.\w\b\A\z",
    r"\a\f\n\r\t\v\x41\x{1F600}\101\012",
    r"\_\-\ ",
    r"\pL\PN\p{Greek}[\p{Lu}0]",
    r"\Qa.b*\E+",
    r"\Qopen",
    "(?i)a",
    "(?i:a)(?s-m:b)",
    "(?P<x>a)(?<y>b)",
    "a{2}b{2,}c{2,3}",
    "{",
    "a{,3}",
    "a{1000}",
    "(a{10}){100}",
]
REFUSED = {
    "*": "nothing to repeat before *",
    "|*": "nothing to repeat before *",
    "(*)": "nothing to repeat before *",
    "a**": "* repeats a repetition",
    "a++": "+ repeats a repetition",
    "(a": "a ( is not closed",
    "a)": "a ) is not opened",
    "[a": "[a is not closed",
    "[z-a]": "[z-a has a malformed range",
    r"[a-\d]": r"[a-\d has a malformed range",
    "[[:foo:]]": "[:foo:] is no class of characters",
    "(?=a)": "(?= is not supported",
    "(?<=a)": "(?< is not supported",
    "(?P<x>a)(?P<x>b)": "group x stands twice",
    r"\1": r"\1 is no escape",
    r"\q": r"\q is no escape",
    r"\Z": r"\Z is no escape",
    "\\": "\\ is no escape",
    "a{1001}": "{1001} is no repeat count (at most 1000)",
    "a{3,2}": "{3,2} is no repeat count (at most 1000)",
    "(a{100}){100}": "nested repetitions of more than 1000",
    "(" * 1001: "groups are nested too deeply",
}


@pytest.mark.parametrize("pattern", TAKEN)
def test_taken(pattern: str) -> None:
    assert regexp_fault(pattern) == ""


@pytest.mark.parametrize("pattern", REFUSED, ids=lambda pattern: pattern[:20])
def test_refused(pattern: str) -> None:
    assert regexp_fault(pattern) == f"{pattern!r} is no regular expression of RE2: {REFUSED[pattern]}"
