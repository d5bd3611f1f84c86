"""Decoding: every kind of value of a field, and for every kind of error its place, its path and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from meshc.findings import Origin, Sink
from meshc.resources.decode import decode_value, decoder
from meshc.resources.decoding import Decoding, Dialect, near_miss
from meshc.resources.load import load
from meshc.resources.message import (
    Double,
    Duration,
    Int32,
    IntOrString,
    Message,
    Struct,
    Timestamp,
    UInt32,
    UInt64,
    mapping,
    message,
    named,
)
from meshc.resources.networking import DestinationRule, VirtualService
from meshc.source import Map, documents_of_text
from tests.findings import lines


@message
class Inner(Message):
    """A message within a message."""

    deep_value: Int32 = 0


@message
class Everything(Message):
    """A field of every type."""

    text: str = ""
    flag: bool | None = None
    small: UInt32 = 0
    large: UInt64 | None = None
    ratio: Double = 0.0
    span: Duration | None = None
    moment: Timestamp | None = None
    data: bytes = b""
    mode: Literal["UNSET", "STRICT", "PERMISSIVE"] = "UNSET"
    port: IntOrString | None = None
    anything: Struct = None
    inner: Inner | None = None
    inners: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = mapping()
    labels: Mapping[str, str] = mapping()
    from_: str = named("from", "", "old_from")


@message
class Needy(Message):
    """A message with a field that must be given."""

    name: str


@message
class Part(Message):
    """A message of which only some fields are declared."""

    OPEN = True

    name: str = ""


def decode(cls: Any, text: str, dialect: Dialect = Dialect.ISTIO) -> tuple[Any, list[str]]:
    """The decoded value of a text (None if that failed) and the findings."""
    sink = Sink()
    decoding = Decoding("f.yaml", sink, Origin("Thing", "ns", "a"), dialect)
    root = documents_of_text(text, "f.yaml", sink)[0].root
    made = decoder(cls)(root, root.at, decoding)
    return None if decoding.failed else made, lines(sink)


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("text: a", "text", "a"),
        ("flag: false", "flag", False),
        ("small: 4294967295", "small", 2**32 - 1),
        ("small: 80.0", "small", 80),
        ("small: '80'", "small", 80),
        ("large: '18446744073709551615'", "large", 2**64 - 1),
        ("ratio: 1", "ratio", 1.0),
        ("ratio: 0.5", "ratio", 0.5),
        ("ratio: '0.5'", "ratio", 0.5),
        ("span: 1h2m3.5s", "span", Duration(3_723_500_000_000)),
        ("span: 1ns", "span", Duration(1)),
        ("span: -1.5us", "span", Duration(-1500)),
        ("span: '0'", "span", Duration(0)),
        ("moment: 2026-01-31T12:00:00Z", "moment", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("moment: '2026-01-31T14:00:00.1234567+02:00'", "moment", datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)),
        ("data: aGk=", "data", b"hi"),
        ("mode: STRICT", "mode", "STRICT"),
        ("mode: 2", "mode", "PERMISSIVE"),
        ("port: 80", "port", 80),
        ("port: http", "port", "http"),
        ("anything: {a: [1, {b: null}]}", "anything", {"a": [1, {"b": None}]}),
        ("labels: {a: b}", "labels", {"a": "b"}),
        ("from: x", "from_", "x"),
        ("old_from: x", "from_", "x"),
    ],
)
def test_values(text: str, attribute: str, value: Any) -> None:
    made, findings = decode(Everything, text)
    assert findings == []
    assert getattr(made, attribute) == value


def test_null_is_absent() -> None:
    made, findings = decode(
        Everything, "{text: null, flag: ~, small: null, inner: null, inners: null, labels: null, mode: }"
    )
    assert findings == []
    assert (made.text, made.flag, made.small, made.inner, made.inners, made.labels) == ("", None, 0, None, (), {})


def test_null_in_a_map_of_messages_is_an_empty_message() -> None:
    made, findings = decode(Everything, "byName: {a: null, b: {deepValue: 1}}")
    assert findings == []
    assert {name: inner.deep_value for name, inner in made.by_name.items()} == {"a": 0, "b": 1}


def test_messages_know_their_places() -> None:
    made, _ = decode(Everything, "inner: {deepValue: 1}\ninners:\n- deepValue: 2\nbyName:\n  x:\n    deepValue: 3\n")
    assert [part.deep_value for part in (made.inner, *made.inners, made.by_name["x"])] == [1, 2, 3]
    assert [f"{part.at >> 16}:{part.at & 0xFFFF}" for part in (made, made.inner, *made.inners, made.by_name["x"])] == [
        "1:1",
        "1:8",
        "3:3",
        "6:5",
    ]


DURATION = "must be a duration such as 1.5s, 100ms or 1h30m"
TIME = "must be a time such as 2026-01-31T12:00:00Z"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("text: 1", "1:1: error MC0202: Thing ns/a text: must be text, not the number 1"),
        ("text: yes", "1:1: error MC0202: Thing ns/a text: must be text, not true"),
        ("text: {a: b}", "1:1: error MC0202: Thing ns/a text: must be text, not a mapping"),
        ("flag: 'true'", '1:1: error MC0202: Thing ns/a flag: must be true or false, not the text "true"'),
        ("small: x", '1:1: error MC0202: Thing ns/a small: must be an integer, not the text "x"'),
        ("small: 1.5", "1:1: error MC0202: Thing ns/a small: must be an integer, not the number 1.5"),
        ("small: true", "1:1: error MC0202: Thing ns/a small: must be an integer, not true"),
        ("small: -1", "1:1: error MC0203: Thing ns/a small: -1 is out of range: 0 to 4294967295 are allowed"),
        (
            "small: 4294967296",
            "1:1: error MC0203: Thing ns/a small: 4294967296 is out of range: 0 to 4294967295 are allowed",
        ),
        ("ratio: x", '1:1: error MC0202: Thing ns/a ratio: must be a number, not the text "x"'),
        ("span: 5", f"1:1: error MC0205: Thing ns/a span: {DURATION}, not the number 5"),
        ("span: 5 s", f'1:1: error MC0205: Thing ns/a span: {DURATION}, not the text "5 s"'),
        ("span: 5d", f'1:1: error MC0205: Thing ns/a span: {DURATION}, not the text "5d"'),
        ("span: ''", f'1:1: error MC0205: Thing ns/a span: {DURATION}, not the text ""'),
        ("span: 2562048h", f'1:1: error MC0205: Thing ns/a span: {DURATION}, not the text "2562048h"'),
        ("moment: 2026-01-31", f'1:1: error MC0205: Thing ns/a moment: {TIME}, not the text "2026-01-31"'),
        (
            "moment: 2026-02-31T00:00:00Z",
            f'1:1: error MC0205: Thing ns/a moment: {TIME}, not the text "2026-02-31T00:00:00Z"',
        ),
        ("data: '?'", '1:1: error MC0205: Thing ns/a data: must be base64, not the text "?"'),
        (
            "mode: STRCIT",
            '1:1: error MC0204: Thing ns/a mode: the text "STRCIT" is not one of UNSET, STRICT, PERMISSIVE',
        ),
        ("mode: 3", "1:1: error MC0204: Thing ns/a mode: the number 3 is not one of UNSET, STRICT, PERMISSIVE"),
        ("port: 1.5", "1:1: error MC0202: Thing ns/a port: must be an integer or text, not the number 1.5"),
        (
            "port: 4294967296",
            "1:1: error MC0203: Thing ns/a port: 4294967296 is out of range: 1 to 65535 are allowed",
        ),
        ("inner: []", "1:1: error MC0202: Thing ns/a inner: must be a mapping, not a list"),
        ("inners: {}", "1:1: error MC0202: Thing ns/a inners: must be a list, not a mapping"),
        ("inners:\n- {}\n- ", "3:2: error MC0202: Thing ns/a inners[1]: must be a mapping, not null"),
        (
            "inners:\n- {}\n- deepValue: x",
            '3:3: error MC0202: Thing ns/a inners[1].deepValue: must be an integer, not the text "x"',
        ),
        (
            "byName:\n  a.b:\n    deepValue: []",
            "3:5: error MC0202: Thing ns/a byName[a.b].deepValue: must be an integer, not a list",
        ),
        ("labels: {a: b, c: 1}", "1:16: error MC0202: Thing ns/a labels[c]: must be text, not the number 1"),
        ("labels: {a: }", "1:10: error MC0202: Thing ns/a labels[a]: must be text, not null"),
    ],
)
def test_errors(text: str, finding: str) -> None:
    assert decode(Everything, text) == (None, [f"f.yaml:{finding}"])


def test_all_errors_of_a_document_are_found() -> None:
    made, findings = decode(Everything, "text: 1\ninners:\n- {deepValue: x, other: 1}\n- 3\nflag: 0\n")
    assert made is None
    assert [finding.split(": ")[2].removeprefix("Thing ns/a ") for finding in findings] == [
        "text",
        "inners[0].deepValue",
        "inners[0].other",
        "inners[1]",
        "flag",
    ]


def test_kubernetes_reads_values_to_the_letter() -> None:
    for text in ("small: '80'", "ratio: '1'", "mode: 1"):
        assert decode(Everything, text, Dialect.KUBERNETES)[0] is None
    made, findings = decode(Everything, "mode: ''\nlabels: {a: }", Dialect.KUBERNETES)
    assert findings == []
    assert (made.mode, made.labels) == ("UNSET", {"a": ""})


@pytest.mark.parametrize(
    ("text", "path", "hint"),
    [
        ("txet: a", "txet", "did you mean text?"),
        ("inners: [{}, {deep_value: 1}]", "inners[1].deep_value", "did you mean deepValue?"),
        ("inner: {unlike: 1}", "inner.unlike", "known here: deepValue"),
        ("from_: a", "from_", "did you mean from?"),
    ],
)
def test_an_unknown_field_is_left_out_and_the_object_is_kept(text: str, path: str, hint: str) -> None:
    sink = Sink()
    decoding = Decoding("f.yaml", sink, Origin("Thing", "ns", "a"), Dialect.ISTIO)
    root = documents_of_text(text, "f.yaml", sink)[0].root
    assert decoder(Everything)(root, root.at, decoding) is not None
    assert not decoding.failed
    (finding,) = sink
    assert (finding.code, finding.origin.field, finding.hint) == ("MC0201", path, hint)


def test_a_message_that_declares_a_part_of_its_fields_ignores_the_others() -> None:
    made, findings = decode(Part, "{name: a, other: 1}")
    assert (made.name, findings) == ("a", [])


def test_a_field_that_must_be_given() -> None:
    assert decode(Needy, "{}") == (None, ["f.yaml:1:1: error MC0206: Thing ns/a: name is missing"])
    assert decode(Needy, "name: a")[0].name == "a"


def test_near_miss() -> None:
    assert near_miss("PERMISIVE", ("UNSET", "STRICT", "PERMISSIVE")) == "did you mean PERMISSIVE?"
    assert near_miss("retry_on", ("retryOn", "attempts")) == "did you mean retryOn?"
    assert near_miss("zebra", ("retryOn", "attempts")) == ""


def test_values_that_are_no_objects() -> None:
    sink = Sink()
    root = Map(1 << 16 | 1)
    root.update({"deep_value": "7"})
    root.marks["deep_value"] = root.at
    made = decode_value(Inner, root, "mesh.yaml", sink)
    assert made is not None and made.deep_value == 7
    root["deepValue"] = "x"
    root.marks["deepValue"] = root.at
    assert decode_value(Inner, root, "mesh.yaml", sink, "MeshConfig") is None
    assert lines(sink) == ['mesh.yaml:1:1: error MC0202: MeshConfig deepValue: must be an integer, not the text "x"']


VIRTUAL_SERVICE = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  managedFields: []
  generation: 3
  resourceVersion: "7"
spec:
  hosts: [reviews]
  http:
  - match:
    - uri: {perfix: /v1}
    route:
    - destination: {host: reviews, port: {number: 80}}
    - destination: {host: reviews}
      weight: 10%
    timeout: 5
    retries: {attempts: 4294967296}
status: {observedGeneration: 3}
spce: {}
"""


def test_a_virtual_service_with_many_errors() -> None:
    sink = Sink()
    objects = load(documents_of_text(VIRTUAL_SERVICE, "vs.yaml", sink), sink)
    assert objects.by_kind(VirtualService) == ()
    assert lines(sink) == [
        "vs.yaml:12:13: error MC0201: VirtualService default/reviews spec.http[0].match[0].uri.perfix: "
        "unknown field 'perfix' is left out",
        "vs.yaml:16:7: error MC0202: VirtualService default/reviews spec.http[0].route[1].weight: "
        'must be an integer, not the text "10%"',
        "vs.yaml:17:5: error MC0205: VirtualService default/reviews spec.http[0].timeout: "
        f"{DURATION}, not the number 5",
        "vs.yaml:18:15: error MC0203: VirtualService default/reviews spec.http[0].retries.attempts: "
        "4294967296 is out of range: -2147483648 to 2147483647 are allowed",
        "vs.yaml:20:1: error MC0201: VirtualService default/reviews spce: unknown field 'spce' is left out",
    ]
    assert [finding.hint for finding in sink if finding.code == "MC0201"] == [
        "did you mean prefix?",
        "did you mean spec?",
    ]


def test_numbers_of_istio_objects_may_be_text() -> None:
    sink = Sink()
    text = (
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\n"
        "spec: {host: a, trafficPolicy: {connectionPool: {tcp: {maxConnections: '7', connectTimeout: 30ms}}}}\n"
    )
    (rule,) = load(documents_of_text(text, "f.yaml", sink), sink).by_kind(DestinationRule)
    policy = rule.spec.traffic_policy
    assert policy is not None and policy.connection_pool is not None
    tcp = policy.connection_pool.tcp
    assert tcp is not None
    assert (tcp.max_connections, tcp.connect_timeout) == (7, 30_000_000)
    assert lines(sink) == []
