"""Encoding: the JSON form of every kind of value, equal to that of protobuf's own printer, and the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from meshc.envoy.any import pack
from meshc.envoy.encode import MessageError, from_value, to_text, to_value, yaml_text
from meshc.envoy.schema import POOL, UnknownTypeError, message_class

CLUSTER = "envoy.config.cluster.v3.Cluster"


def wkt(name: str, **fields: Any) -> Any:
    return message_class(f"google.protobuf.{name}")(**fields)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (wkt("Duration"), '"0s"'),
        (wkt("Duration", seconds=3), '"3s"'),
        (wkt("Duration", nanos=500_000_000), '"0.500s"'),
        (wkt("Duration", nanos=1_000), '"0.000001s"'),
        (wkt("Duration", seconds=1, nanos=1), '"1.000000001s"'),
        (wkt("Duration", nanos=-250_000_000), '"-0.250s"'),
        (wkt("Timestamp", seconds=0), '"1970-01-01T00:00:00Z"'),
        (wkt("FieldMask", paths=["a_b", "c"]), '"aB,c"'),
        (wkt("Empty"), "{}"),
        (wkt("Any"), "{}"),
        (wkt("UInt32Value", value=7), "7"),
        (wkt("UInt64Value", value=2**63), '"9223372036854775808"'),
        (wkt("Int64Value", value=-1), '"-1"'),
        (wkt("BoolValue"), "false"),
        (wkt("StringValue", value='a"b\n☃'), '"a\\"b\\n☃"'),
        (wkt("BytesValue", value=b"\x00\xff"), '"AP8="'),
        (wkt("DoubleValue", value=1e-7), "1e-07"),
        (wkt("DoubleValue", value=100.0), "100"),
        (wkt("DoubleValue", value=1e300), "1e+300"),
        (wkt("DoubleValue", value=float("-inf")), '"-Infinity"'),
        (wkt("FloatValue", value=0.1), "0.1"),
        (wkt("FloatValue", value=16777216.0), "16777216"),
        (wkt("FloatValue", value=float("nan")), '"NaN"'),
        (wkt("Value"), "null"),
        (wkt("Value", null_value=0), "null"),
    ],
)
def test_well_known_types(message: Any, text: str) -> None:
    assert to_text(message) == text


@pytest.mark.parametrize(
    ("packed", "value"),
    [
        (wkt("StringValue", value="x"), {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": "x"}),
        (wkt("Duration", seconds=1), {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"}),
        (wkt("Empty"), {"@type": "type.googleapis.com/google.protobuf.Empty", "value": {}}),
    ],
)
def test_a_packed_message_with_a_form_of_its_own_stands_under_value(packed: Any, value: Any) -> None:
    assert to_value(pack(packed)) == value


def test_fields_enums_maps_and_lists() -> None:
    cluster = message_class(CLUSTER)(
        name="a", type="EDS", lb_policy="RING_HASH", ring_hash_lb_config={"minimum_ring_size": {"value": 1024}}
    )
    cluster.metadata.filter_metadata["z"].fields["k"].bool_value = True
    cluster.metadata.filter_metadata["a"].SetInParent()
    cluster.circuit_breakers.thresholds.add(track_remaining=True)
    cluster.circuit_breakers.thresholds.add(priority="HIGH")
    assert to_text(cluster) == (
        '{"name":"a","type":"EDS","lbPolicy":"RING_HASH",'
        '"circuitBreakers":{"thresholds":[{"trackRemaining":true},{"priority":"HIGH"}]},'
        '"ringHashLbConfig":{"minimumRingSize":"1024"},'
        '"metadata":{"filterMetadata":{"a":{},"z":{"k":true}}}}'
    )


def test_an_enum_number_without_a_name_stays_a_number() -> None:
    cluster = message_class(CLUSTER)()
    cluster.lb_policy = 4711
    assert to_value(cluster) == {"lbPolicy": 4711}


def test_map_keys_that_are_no_strings_are_sorted_as_numbers() -> None:
    match = message_class("envoy.extensions.filters.network.dubbo_proxy.v3.MethodMatch")()
    for index in (10, 9):
        match.params_match[index].exact_match = str(index)
    assert to_text(match) == '{"paramsMatch":{"9":{"exactMatch":"9"},"10":{"exactMatch":"10"}}}'


def test_unknown_type_in_an_any() -> None:
    with pytest.raises(UnknownTypeError):
        to_text(wkt("Any", type_url="type.googleapis.com/no.Such"))


def test_yaml_is_the_same_value_without_anchors() -> None:
    tls = message_class("envoy.config.core.v3.TransportSocket")(name="tls")
    cluster = message_class(CLUSTER)(name="a")
    for name in ("one", "two"):
        cluster.transport_socket_matches.add(name=name, transport_socket=tls)
    text = yaml_text(to_value(cluster))
    assert text.startswith("name: a\n")
    assert "&" not in text
    assert yaml.safe_load(text) == to_value(cluster)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"nmae": "a"}, "nmae"),
        ({"name": 1}, "name"),
        ({"type": "SOMETIMES"}, "SOMETIMES"),
        ({"typedExtensionProtocolOptions": {"a": {"@type": "type.googleapis.com/no.Such"}}}, "no.Such"),
    ],
)
def test_json_that_is_no_such_message(value: dict[str, Any], text: str) -> None:
    with pytest.raises(MessageError, match=text):
        from_value(CLUSTER, value)


def values() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    return st.recursive(plain, lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=20)


@given(st.dictionaries(st.text(), values()))
def test_structs_as_protobuf_prints_them(plain: dict[str, Any]) -> None:
    message = from_value("google.protobuf.Struct", plain)
    assert to_value(message) == json_format.MessageToDict(message, descriptor_pool=POOL)


@given(st.floats(width=32, allow_nan=False) | st.floats(allow_nan=False))
def test_floats_read_back(number: float) -> None:
    for name in ("FloatValue", "DoubleValue"):
        message = wkt(name, value=number)
        again = from_value(f"google.protobuf.{name}", json.loads(to_text(message)))
        assert again.value == message.value
