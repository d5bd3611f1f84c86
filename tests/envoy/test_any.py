"""Packing: what goes into an Any comes out of it, and the same message always gives the same bytes."""

from __future__ import annotations

import pytest

from meshc.envoy.any import Json, pack, struct, typed_struct, unpack, value
from meshc.envoy.encode import to_bytes, to_value
from meshc.envoy.schema import UnknownTypeError, message_class


def test_pack_and_unpack() -> None:
    router = message_class("envoy.extensions.filters.http.router.v3.Router")(suppress_envoy_headers=True)
    packed = pack(router)
    assert packed.type_url == "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
    assert unpack(packed) == router


def test_packed_message_fits_into_a_message_of_the_pool() -> None:
    packed = pack(message_class("stats.PluginConfig")(disable_host_header_fallback=True))
    made = message_class("envoy.config.listener.v3.Filter")(name="istio.stats", typed_config=packed)
    assert to_value(made) == {
        "name": "istio.stats",
        "typedConfig": {"@type": "type.googleapis.com/stats.PluginConfig", "disableHostHeaderFallback": True},
    }


def test_unpack_of_an_unknown_type() -> None:
    packed = message_class("google.protobuf.Any")(type_url="type.googleapis.com/no.Such")
    with pytest.raises(UnknownTypeError, match=r"no\.Such"):
        unpack(packed)


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"a": None, "b": True, "c": 1, "d": 1.5, "e": "text"},
        {"list": [1, [], {}, [None]], "map": {"map": {"x": []}}},
    ],
)
def test_struct(plain: dict[str, Json]) -> None:
    assert to_value(struct(plain)) == plain


@pytest.mark.parametrize("plain", [None, False, 0, "", [], {}, [{"a": [1]}]])
def test_value(plain: Json) -> None:
    assert to_value(value(plain)) == plain


def test_typed_struct_keeps_presence_of_its_value() -> None:
    head = {"@type": "type.googleapis.com/udpa.type.v1.TypedStruct", "typeUrl": "type.googleapis.com/x.Y"}
    assert to_value(typed_struct("type.googleapis.com/x.Y")) == head
    assert to_value(typed_struct("type.googleapis.com/x.Y", {})) == {**head, "value": {}}
    assert to_value(typed_struct("type.googleapis.com/x.Y", {"a": [1]})) == {**head, "value": {"a": [1]}}


def test_order_of_keys_does_not_move_a_byte() -> None:
    forward = {f"key-{n}": n for n in range(50)}
    backward = dict(reversed(forward.items()))
    assert to_bytes(struct(forward)) == to_bytes(struct(backward))
