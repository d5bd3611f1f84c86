"""Which values of EnvoyFilter patches are Envoy messages, and what of them may be ignored or refused."""

from __future__ import annotations

from typing import Any

from meshc.envoy.patch_values import MESSAGES, patch_value_faults
from meshc.envoy.schema import message_class

LUA = "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"


def http_filter(url: str, **config: Any) -> dict[str, Any]:
    return {"name": "mine", "typed_config": {"@type": url, **config}}


def test_every_kind_has_a_message() -> None:
    for name in MESSAGES.values():
        assert message_class(name).DESCRIPTOR.full_name == name


def test_messages_of_both_spellings_are_taken() -> None:
    assert patch_value_faults("CLUSTER", {"connect_timeout": "1s", "lbPolicy": "RANDOM"}).error == ""
    assert patch_value_faults("HTTP_FILTER", http_filter(LUA, defaultSourceCode={"inlineString": "x"})).doubts == ()


def test_wrong_types_are_errors() -> None:
    fault = patch_value_faults("CLUSTER", {"connect_timeout": "soon"})
    assert fault.error.startswith("the value is no envoy.config.cluster.v3.Cluster: ")


def test_unknown_types_are_errors_but_for_contrib() -> None:
    unknown = "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lau"
    assert patch_value_faults("HTTP_FILTER", http_filter(unknown)).error
    contrib = "type.googleapis.com/envoy.extensions.filters.http.golang.v3alpha.Config"
    faults = patch_value_faults("HTTP_FILTER", http_filter(contrib))
    assert faults.error == "" and len(faults.doubts) == 1


def test_unknown_fields_are_doubts() -> None:
    faults = patch_value_faults("CLUSTER", {"no_such_field": 1, "name": "x"})
    assert faults.error == ""
    assert "no_such_field" in faults.doubts[0]


def test_filters_by_name_alone_are_doubts() -> None:
    hcm = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
    value = {"name": "hcm", "typed_config": {"@type": hcm, "http_filters": [{"name": "envoy.filters.http.router"}]}}
    assert patch_value_faults("NETWORK_FILTER", value).doubts == (
        "the filter envoy.filters.http.router has no typed_config, which Envoy requires",
    )


def test_frozen_versions_are_doubts() -> None:
    frozen = "type.googleapis.com/envoy.config.filter.http.gzip.v2.Gzip"
    assert patch_value_faults("HTTP_FILTER", http_filter(frozen)).doubts == (
        f"{frozen} is of a version of Envoy's API that no longer exists",
    )


def test_what_cannot_be_patched() -> None:
    assert patch_value_faults("SOMETHING", {}).error == "SOMETHING cannot be patched"
