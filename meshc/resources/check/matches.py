"""String matches and headers in, what istiod holds against them out (spec: tooling 19.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from meshc.resources.check.go_regexp import regexp_fault
from meshc.resources.check.place import Fault, Place
from meshc.resources.networking.common import StringMatch

MAX_REGEX = 1024
CLAIMS = "@request.auth.claims"

_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_PSEUDO = frozenset((":method", ":scheme", ":authority", ":path", ":status"))
_CLAIM = re.compile(rf"{re.escape(CLAIMS)}(?:\..+|(?:\[[^\[\]]+\])+)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_COMMAND = re.compile(r"%%|%[^%()\s]+(?:\([^()]*\))?[^%()\s]*%")


def match_regex_fault(match: StringMatch | None) -> Fault:
    """The regular expression of a match: not empty, at most 1024 bytes, and of RE2."""
    regex = match.regex if match is not None else None
    if regex is None:
        return ""
    if not regex:
        return "the regular expression is empty"
    length = len(regex.encode())
    return (
        f"a regular expression of {length} bytes; {MAX_REGEX} are allowed"
        if length > MAX_REGEX
        else regexp_fault(regex)
    )


def check_regex(at: Place, match: StringMatch | None) -> None:
    """The regular expression of a match, if it is one."""
    (at / "regex").judge("MC0418", match_regex_fault(match))


def check_string_match(at: Place, match: StringMatch | None) -> None:
    """A match whose prefix, too, must not be empty."""
    if match is not None and match.prefix == "":
        (at / "prefix").tell("MC0407", "the prefix is empty")
    check_regex(at, match)


def is_claim(name: str) -> bool:
    """The header name stands for a claim of a JWT: `@request.auth.claims.x` or `@request.auth.claims[x]`."""
    return _CLAIM.fullmatch(name) is not None


def header_name_fault(name: str) -> Fault:
    """A header name as RFC 7230 has it."""
    return "" if _TOKEN.fullmatch(name) else f"{name!r} is no name of a header"


def matched_header_fault(name: str) -> Fault:
    """A header to match on: also one of HTTP/2's pseudo headers, or a claim of a JWT."""
    return "" if name in _PSEUDO or is_claim(name) else header_name_fault(name)


def changed_header_fault(name: str, *, authority: bool) -> Fault:
    """A header to add, set or remove; requests may have their authority set, by either of its names."""
    if not name:
        return "the name of the header is empty"
    folded = name.lower()
    if authority and folded in ("host", ":authority"):
        return ""
    return f"header {name!r} cannot be changed" if folded == "host" or folded.startswith(":") else ""


def header_value_fault(value: str) -> Fault:
    """A value to give to a header: text in which `%` is doubled or encloses a command, as in %PROTOCOL% or %REQ(x)%."""
    if _CONTROL.search(value):
        return f"{value!r} holds a control character"
    return (
        f"{value!r} has a % that is neither doubled nor part of a %COMMAND%" if "%" in _COMMAND.sub("", value) else ""
    )


def check_header_matches(at: Place, field: str, headers: Mapping[str, StringMatch], *, star: bool = False) -> None:
    """Headers to match on. `star`: the regular expression `*` stands for presence."""
    for entry, name, match in at.entries(field, headers):
        entry.judge("MC0408", matched_header_fault(name))
        if not (star and match.regex == "*"):
            check_string_match(entry, match)
