"""Config dumps: what is written reads back, and dumps of real Envoys are read as istioctl reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from meshc.envoy.config import MESSAGES, RESOURCE_TYPES, ProxyConfig, Resource
from meshc.envoy.encode import from_value
from meshc.findings import Origin
from meshc.output.dump import DumpError, config_dump, read_dump

PREFIX = "type.googleapis.com/"


def section(name: str, **content: Any) -> dict[str, Any]:
    return {"@type": f"{PREFIX}envoy.admin.v3.{name}ConfigDump", **content}


def dump(*sections: dict[str, Any]) -> str:
    return json.dumps({"configs": sections})


def cluster(name: str) -> dict[str, Any]:
    return {"@type": f"{PREFIX}envoy.config.cluster.v3.Cluster", "name": name}


def read_case(folder: Path) -> ProxyConfig:
    parts: dict[str, Any] = {}
    for kind in RESOURCE_TYPES:
        file = folder / f"{kind}.json"
        values = json.loads(file.read_text()) if file.is_file() else []
        parts[kind] = tuple(
            Resource.of(value.get("name") or value["clusterName"], Origin(), from_value(MESSAGES[kind], value))
            for value in values
        )
    return ProxyConfig("", **parts)


def test_recorded_configurations_read_back(oracle: Path) -> None:
    for folder in sorted(oracle.glob("cases/*/expected/*/"))[::20]:
        config = read_case(folder)
        again = read_dump(config_dump(config))
        assert [(k, r.name, r.json) for k, r in again] == [(k, r.name, r.json) for k, r in config]


def test_both_spellings_and_the_order_of_states() -> None:
    text = dump(
        section("Bootstrap", bootstrap={"node": {"id": "sidecar~10.0.0.1~a.b~b.svc.cluster.local"}}),
        section("Clusters", static_clusters=[{"cluster": cluster("s")}]),
        section(
            "Clusters",
            dynamic_warming_clusters=[{"cluster": cluster("w")}],
            static_clusters=[{"cluster": cluster("s")}],
            dynamicActiveClusters=[{"cluster": {**cluster("d"), "connect_timeout": "1s"}}],
        ),
    )
    config = read_dump(text)
    assert config.proxy == "a.b"
    assert [r.name for r in config.clusters] == ["d", "s"]
    assert config.clusters[0].message.connect_timeout.seconds == 1  # type: ignore[attr-defined]


def test_listeners_count_only_when_active() -> None:
    def named(name: str) -> dict[str, Any]:
        return {"listener": {"@type": f"{PREFIX}envoy.config.listener.v3.Listener", "name": name}}

    text = dump(
        section(
            "Listeners",
            dynamic_listeners=[
                {"name": "warming", "warming_state": named("warming")},
                {"name": "active", "active_state": named("active")},
            ],
            static_listeners=[named("static")],
        )
    )
    assert [r.name for r in read_dump(text).listeners] == ["active", "static"]


def test_unknown_types_and_fields_survive_as_far_as_they_can() -> None:
    socket = {"name": "x", "typed_config": {"@type": f"{PREFIX}acme.Transport", "a": [1, {"b": "c"}]}}
    newer = {**cluster("c"), "field_of_a_newer_envoy": 1, "transport_socket": socket}
    config = read_dump(dump(section("Clusters", dynamic_active_clusters=[{"cluster": newer}])))
    assert json.loads(config.clusters[0].json)["transportSocket"]["typedConfig"] == {
        "@type": f"{PREFIX}udpa.type.v1.TypedStruct",
        "typeUrl": f"{PREFIX}acme.Transport",
        "value": {"a": [1, {"b": "c"}]},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no list `configs`"),
        ('{"configs": {}}', "no list `configs`"),
        (dump(section("Clusters", dynamic_active_clusters=["x"])), "is looked for in 'x'"),
        (dump(section("Clusters", static_clusters=[{"cluster": 1}])), "clusters holds 1"),
        (
            dump(section("Clusters", static_clusters=[{"cluster": {**cluster("c"), "connectTimeout": "x"}}])),
            "clusters:",
        ),
    ],
)
def test_what_is_no_dump_is_refused(text: str, said: str) -> None:
    with pytest.raises(DumpError, match=said):
        read_dump(text)
