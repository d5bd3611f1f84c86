"""Rules of a VirtualService that no request reaches, as far as their order tells (spec: tooling 20.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from meshc.resources.check.place import Place
from meshc.resources.encode import to_json
from meshc.resources.networking.common import StringMatch
from meshc.resources.networking.virtual_service import (
    HTTPMatchRequest,
    HTTPRoute,
    L4MatchAttributes,
    TCPRoute,
    TLSMatchAttributes,
    TLSRoute,
    VirtualServiceSpec,
)

Rule = HTTPRoute | TLSRoute | TCPRoute
Match = HTTPMatchRequest | TLSMatchAttributes | L4MatchAttributes


class _Seen(NamedTuple):
    """A match that no earlier one equals, by place and name, with the name of its rule."""

    place: Place
    match: Match
    name: str
    rule: str


def check_unused_rules(at: Place, spec: VirtualServiceSpec) -> None:
    """Rules and matches that others before them leave nothing to do."""
    protocols: Mapping[str, Sequence[Rule]] = {"http": spec.http, "tls": spec.tls, "tcp": spec.tcp}
    for field, rules in protocols.items():
        _check_covered(_check_rules(at, field, rules))


def _check_rules(at: Place, field: str, rules: Sequence[Rule]) -> list[_Seen]:
    """Say what a catch-all or an equal match hides, and give the matches that are left."""
    seen: dict[str, _Seen] = {}
    catch_all = ""
    for index, (entry, rule) in enumerate(at.each(field, rules)):
        name = _name(rule, index)
        if catch_all:
            entry.tell("MC0462", f"rule {name} is never used: rule {catch_all} before it takes every request")
        elif not rule.match:
            catch_all = name
        else:
            _check_matches(entry, rule, name, seen)
    return list(seen.values())


def _check_matches(at: Place, rule: Rule, name: str, seen: dict[str, _Seen]) -> None:
    repeated = 0
    matches: tuple[Match, ...] = rule.match
    for index, (entry, match) in enumerate(at.each("match", matches)):
        one = _Seen(entry, match, _name(match, index), name)
        other = seen.setdefault(_key(match), one)
        if other is not one:
            entry.tell("MC0463", f"match {one.name} of rule {name} is never used: rule {other.rule} has it already")
            repeated += 1
    if repeated == len(matches):
        at.tell("MC0462", f"rule {name} is never used: rules before it have all its matches")


def _name(thing: Rule | Match, index: int) -> str:
    name = getattr(thing, "name", "")
    return f'"{name}"' if name else f"#{index}"


def _key(match: Match) -> str:
    """A text that is the same for matches that differ by name alone."""
    return json.dumps({**to_json(match), "name": None}, sort_keys=True)


def _check_covered(seen: Sequence[_Seen]) -> None:
    """Say which prefixes begin with that of an earlier match that agrees in everything else that istiod compares."""
    listed = [(one, one.match) for one in seen if isinstance(one.match, HTTPMatchRequest) and _prefix(one.match)]
    for index, (late, inner) in enumerate(listed):
        for early, outer in listed[:index]:
            if _covers(outer, inner):
                text = f"match {late.name} of prefix {_prefix(inner)} is never used: match {early.name} of prefix"
                late.place.tell("MC0463", f"{text} {_prefix(outer)} of rule {early.rule} covers it")
                break


def _prefix(match: HTTPMatchRequest) -> str:
    return (match.uri.prefix or "") if match.uri is not None else ""


def _covers(outer: HTTPMatchRequest, inner: HTTPMatchRequest) -> bool:
    return (
        _prefix(outer) != _prefix(inner)
        and _prefix(inner).startswith(_prefix(outer))
        and outer.port == inner.port
        and _agree(_text(outer.method) or "exact:GET", _text(inner.method) or "exact:GET")
        and _agree(_text(outer.authority), _text(inner.authority))
        and _all_agree(outer.headers, inner.headers)
        and _all_agree(outer.query_params, inner.query_params)
        and _all_agree(outer.without_headers, inner.without_headers)
    )


def _agree(outer: str, inner: str) -> bool:
    return outer.startswith(inner)


def _all_agree(outer: Mapping[str, StringMatch], inner: Mapping[str, StringMatch]) -> bool:
    return len(outer) == len(inner) and all(
        key in inner and _agree(_text(match), _text(inner[key])) for key, match in outer.items()
    )


def _text(match: StringMatch | None) -> str:
    """A condition as istiod compares it; regular expressions count as none."""
    if match is None:
        return ""
    if match.exact is not None:
        return f"exact:{match.exact}"
    return f"prefix:{match.prefix}" if match.prefix is not None else ""
