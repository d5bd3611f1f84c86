"""YAML documents: values, places, and a finding for everything that is not YAML, the other documents being read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshc.findings import Sink
from meshc.source import Map, documents_of, documents_of_text, locate
from meshc.source.yaml_events import MAX_ALIASED, MAX_DEPTH
from tests.findings import lines

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def read(text: str | bytes) -> tuple[list[Map], list[str]]:
    sink = Sink()
    data = text.encode() if isinstance(text, str) else text
    return [document.root for document in documents_of(data, "f.yaml", sink)], lines(sink)


@pytest.mark.parametrize(
    ("text", "roots"),
    [
        ("a: 1\n---\nb: [x, {c: d}]\n", [{"a": 1}, {"b": ["x", {"c": "d"}]}]),
        ("a: 1\r\nb:\r\n- c\r\n---\r\nd: |\r\n  e\r\n", [{"a": 1, "b": ["c"]}, {"d": "e\n"}]),
        ('{\n\t"a":\t[1,\t"x\\/y"]\n}\n', [{"a": [1, "x/y"]}]),
        ('{"a": 1}\n{"b": "\\ud83d\\ude00 \\\\ud83d"}\n{\n  "c": {}\n}\n', [{"a": 1}, {"b": "😀 \\ud83d"}, {"c": {}}]),
        ("", []),
        ("# only a comment\n", []),
        ("---\n---\n# nothing\n---\na: 1\n...\n---\n", [{"a": 1}]),
        ("%YAML 1.2\n---\na: 1\n", [{"a": 1}]),
        ("1: a\nyes: b\n1.5: c\n", [{"1": "a", "true": "b", "1.5": "c"}]),
        ("a: '1'\nb: !!str 2\nc: \"yes\"\nd: !Ref 3\n", [{"a": "1", "b": "2", "c": "yes", "d": "3"}]),
        ("a: &x {k: 1}\nb: *x\nc: [*x]\n", [{"a": {"k": 1}, "b": {"k": 1}, "c": [{"k": 1}]}]),
        ("a: &n x\nb: *n\n", [{"a": "x", "b": "x"}]),
    ],
)
def test_values(text: str, roots: list[Any]) -> None:
    assert read(text) == (roots, [])


def test_merge_keys_go_by_position_as_in_kubernetes() -> None:
    roots, findings = read(
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\n"
        "first: {<<: *a, x: 9}\nlast: {x: 9, <<: *a}\nlist: {<<: [*a, *b]}\nquoted: {'<<': 1}\n"
    )
    assert findings == []
    assert roots[0]["first"] == {"x": 9, "true": 1}
    assert roots[0]["last"] == {"x": 1, "true": 1}
    assert roots[0]["list"] == {"x": 1, "true": 1, "z": 2}
    assert roots[0]["quoted"] == {"<<": 1}


def test_places() -> None:
    root = documents_of_text(
        "---\napiVersion: v1\nspec:\n  hosts:\n  - a\n  - b\n  tls: {mode: X}\n", "f.yaml", Sink()
    )[0].root
    spec = root["spec"]
    places = [root.at, root.marks["spec"], spec.at, spec["hosts"].marks[1], spec["tls"].at, spec["tls"].marks["mode"]]
    assert [str(locate("f", at)) for at in places] == ["f:2:1", "f:3:1", "f:4:3", "f:6:5", "f:7:8", "f:7:9"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a: b: c", "1:5: error MC0107: not YAML: mapping values are not allowed in this context"),
        (
            "a: [1\nb: 2",
            "2:2: error MC0107: not YAML: did not find expected ',' or ']' "
            "while parsing a flow sequence that begins at line 1",
        ),
        ("a: 'b", "1:6: error MC0107: not YAML: found unexpected end of stream"),
        (
            "a: 1\nb\nc: 2",
            "3:1: error MC0107: not YAML: could not find expected ':' "
            "while scanning a simple key that begins at line 2",
        ),
        ("a:\n\tb: 1", "2:1: error MC0108: a tab where spaces must indent"),
        ("a:\n  - b\n \t- c", "3:2: error MC0108: a tab where spaces must indent"),
        ("a: *b", "1:4: error MC0110: alias *b has no anchor before it"),
        ("a: &a [*a]", "1:8: error MC0110: alias *a has no anchor before it"),
        ("~: 1", "1:1: error MC0112: null cannot be a key"),
        ("a: .inf", "1:4: error MC0112: .inf has no counterpart in JSON"),
        ("? [a]\n: 1", "1:3: error MC0112: a mapping or list cannot be a key"),
        ("a: &a [x]\n*a : 1", "2:1: error MC0112: a mapping or list cannot be a key"),
        ("a: {<<: 1}", "1:9: error MC0112: << merges a mapping or a list of mappings"),
        ("- a", "1:1: warning MC0113: document is a list, not a mapping"),
        ("some text", "1:1: warning MC0113: document is a single value, not a mapping"),
        ("a: b\x00", "1:5: error MC0106: character U+0000 is not allowed in YAML"),
        ("a: \x1b[1m", "1:4: error MC0106: character U+001B is not allowed in YAML"),
    ],
)
def test_a_document_that_cannot_be_used(text: str, finding: str) -> None:
    assert read(text) == ([], [f"f.yaml:{finding}"])


@pytest.mark.parametrize(
    "text", ["a: b: c", "a: [1", "a: 'b", "a:\n\tb: 1", "a: *b", "~: 1", "- a", "a: \x00", "--- a: b: c"]
)
def test_the_documents_around_it_are_read(text: str) -> None:
    roots, findings = read(f"before: 1\n---\n{text}\n---\nafter: 2\n---\n{text}\n---\nlast: 3\n")
    assert roots == [{"before": 1}, {"after": 2}, {"last": 3}]
    assert len(findings) == 2


def test_bytes_that_are_not_utf8() -> None:
    roots, findings = read(b"a: 1\n---\nb: caf\xe9\n---\nc: 3\n")
    assert roots == [{"a": 1}, {"c": 3}]
    assert findings == ["f.yaml:3:7: error MC0105: byte 0xE9 is not UTF-8"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(encoding: str) -> None:
    assert read("a: ü\n".encode(encoding)) == ([{"a": "ü"}], [])


def test_half_a_character_of_utf16() -> None:
    assert read("a: 1".encode("utf-16")[:-1]) == ([], ["f.yaml: error MC0105: byte 6 of the file is not UTF-16-LE"])


def test_a_duplicate_key_says_where_the_first_one_stands() -> None:
    roots, findings = read("a: 1\nb:\n  c: 1\n  c: 2\n")
    assert roots == [{"a": 1, "b": {"c": 2}}]
    assert findings == [
        "f.yaml:4:3: error MC0109: key 'c' stands twice in a mapping, first at f.yaml:3:3; the last one counts"
    ]


def test_an_anchor_bomb_is_not_followed() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    roots, findings = read(f"l0: &l0 [x]\n{levels}---\nok: 1\n")
    assert roots == [{"ok": 1}]
    assert findings == [f"f.yaml:7:10: error MC0110: the aliases stand for more than {MAX_ALIASED} values"]


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5000, 100_000])
def test_deep_nesting(depth: int) -> None:
    roots, findings = read("a: " + "[" * depth + "]" * depth + "\n---\nok: 1\n")
    assert roots == [{"ok": 1}]
    assert [finding.split(": ", 1)[1] for finding in findings] == [
        f"error MC0111: nested deeper than {MAX_DEPTH} levels"
    ]


def test_a_line_of_100_megabytes() -> None:
    roots, findings = read("a: 1\nb: " + "x" * 100_000_000 + "\n")
    assert roots == []
    assert findings == ["f.yaml:2:16777217: error MC0104: line is longer than 16 MiB"]


def test_a_helm_template_gets_a_hint() -> None:
    sink = Sink()
    assert [d.root for d in documents_of_text("a: {{ .Values.a }}\n---\nb: 1\n", "f.yaml", sink)] == [{"b": 1}]
    assert [finding.hint for finding in sink] == ["a Helm template? render it first: helm template"]


@pytest.mark.parametrize(
    ("text", "roots"),
    [
        ("kind: List\nitems:\n- {kind: A}\n- {kind: List, items: [{kind: B}]}\n", [{"kind": "A"}, {"kind": "B"}]),
        ("apiVersion: v1\nkind: PodList\nitems: [{a: 1}]\n", [{"apiVersion": "v1", "kind": "Pod", "a": 1}]),
        ("kind: List\nitems: []\n", []),
        ("kind: AllowList\nspec: {}\n", [{"kind": "AllowList", "spec": {}}]),
    ],
)
def test_lists_are_expanded(text: str, roots: list[Any]) -> None:
    assert read(text) == (roots, [])


def test_a_list_with_something_else_in_it() -> None:
    roots, findings = read("kind: List\nitems:\n- {kind: A}\n- 3\n")
    assert roots == [{"kind": "A"}]
    assert findings == ["f.yaml:4:3: warning MC0113: list item is not a mapping"]


@given(JSON)
def test_json_is_read_as_json(value: Any) -> None:
    for indent in (None, 2):
        text = json.dumps({"value": value}, indent=indent)
        roots, findings = read(text)
        assert (roots, findings) == ([{"value": value}], [])


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    read(data)


@given(st.text(alphabet="ab:{}[]-,&*<>|!'\"#%?\n\t ~1.", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    read(text)
