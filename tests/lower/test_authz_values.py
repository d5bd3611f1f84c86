"""Values of authorization policies: wildcards, identities, addresses, and names in brackets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshc.ir.address import PrefixRange
from meshc.ir.conditions import TextKind, TextMatch
from meshc.lower.security import authz_values as values
from meshc.lower.security.authz_values import PolicyValueError
from meshc.lower.security.trust_domains import all_domains, in_all_domains


@pytest.mark.parametrize(
    ("value", "prefix", "kind", "text"),
    [
        ("a", "", TextKind.EXACT, "a"),
        ("a*", "", TextKind.PREFIX, "a"),
        ("*a", "", TextKind.SUFFIX, "a"),
        ("*", "", TextKind.REGEX, ".+"),
        ("a*b", "", TextKind.EXACT, "a*b"),
        ("*a*", "", TextKind.SUFFIX, "a*"),
        ("a", "spiffe://", TextKind.EXACT, "spiffe://a"),
        ("a*", "spiffe://", TextKind.PREFIX, "spiffe://a"),
        ("*/sa/b.c", "spiffe://", TextKind.REGEX, r"spiffe://.*/sa/b\.c"),
        ("*", "spiffe://", TextKind.REGEX, ".+"),
    ],
)
def test_wildcards(value: str, prefix: str, kind: TextKind, text: str) -> None:
    assert values.text_match(value, prefix) == TextMatch(kind=kind, text=text)


@given(st.text())
def test_a_quoted_text_matches_itself(text: str) -> None:
    assert re.fullmatch(values.quote(text), text)


@pytest.mark.parametrize(
    ("namespace", "regex"), [("a.b", r".*/ns/a\.b/.*"), ("x-*", ".*/ns/x-.*/.*"), ("*-a-*", ".*/ns/.*-a-.*/.*")]
)
def test_namespaces(namespace: str, regex: str) -> None:
    assert values.identity_in_namespace(namespace).text == regex


@pytest.mark.parametrize(
    ("domain", "kind", "text"),
    [
        ("*", TextKind.PREFIX, "spiffe://"),
        ("td", TextKind.PREFIX, "spiffe://td/"),
        ("*.td", TextKind.REGEX, r"spiffe://[^/]*\.td/.*"),
        ("td-*", TextKind.REGEX, "spiffe://td-[^/]*/.*"),
    ],
)
def test_trust_domains(domain: str, kind: TextKind, text: str) -> None:
    assert values.identity_of_domain(domain) == TextMatch(kind=kind, text=text)


def test_service_accounts() -> None:
    assert values.identity_of_account("a/b.c").text == r"spiffe://.+/ns/a/(.+/|)sa/b\.c(/.+)?"


@pytest.mark.parametrize(
    ("text", "address", "length"),
    [
        ("10.1.2.3", "10.1.2.3", 32),
        ("10.1.2.3/16", "10.1.2.3", 16),
        ("2001:DB8::0:1", "2001:db8::1", 128),
        ("::/0", "::", 0),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4", 128),
    ],
)
def test_addresses(text: str, address: str, length: int) -> None:
    assert values.address_range(text) == PrefixRange(address=address, length=length)


@pytest.mark.parametrize("text", ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/255.0.0.0", "a/8"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(PolicyValueError):
        values.address_range(text)


@pytest.mark.parametrize("text", ["", "65536", "-1", "+1", "80a", "8_0", "http"])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(PolicyValueError):
        values.port_number(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[a]", ("a",)),
        ("[a][b.c]", ("a", "b.c")),
        ("[[a]]", ("[a]",)),
        ("[a]x[b]", ("a]x[b",)),
        ("[]", ("",)),
        ("", ()),
    ],
)
def test_names_in_brackets(text: str, path: tuple[str, ...]) -> None:
    assert values.bracketed_path(text) == path


def test_what_is_not_in_brackets() -> None:
    for text in ("a", "[a", "[a]b"):
        with pytest.raises(PolicyValueError):
            values.bracketed_path(text)


DOMAINS = ("td", "old-td")


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("td/ns/a/sa/b", ("td/ns/a/sa/b", "old-td/ns/a/sa/b")),
        ("old-td/ns/a/sa/b", ("td/ns/a/sa/b", "old-td/ns/a/sa/b")),
        ("cluster.local/ns/a/sa/b", ("td/ns/a/sa/b", "old-td/ns/a/sa/b")),
        ("other/ns/a/sa/b", ("other/ns/a/sa/b",)),
        ("*/ns/a/sa/b", ("*/ns/a/sa/b",)),
        ("*-td/ns/a/sa/b", ("td/ns/a/sa/b", "*-td/ns/a/sa/b")),
        ("*td/ns/a/sa/b", ("*td/ns/a/sa/b",)),
        ("old*/ns/a/sa/b", ("td/ns/a/sa/b", "old-td/ns/a/sa/b")),
        ("spiffe://td/ns/a/sa/b", ("spiffe://td/ns/a/sa/b",)),
        ("td/sa/b", ("td/sa/b",)),
        ("*", ("*",)),
    ],
)
def test_principals_in_all_trust_domains(principal: str, expected: tuple[str, ...]) -> None:
    assert in_all_domains([principal], DOMAINS) == expected


def test_trust_domains_of_the_mesh_stand_for_each_other() -> None:
    assert all_domains(["x", "old-td", "td", "x"], DOMAINS) == ("x", "td", "old-td")
