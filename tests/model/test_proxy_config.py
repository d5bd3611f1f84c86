"""The configuration of one proxy: which ProxyConfig resources count, and what annotations do to the result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from meshc.findings import Origin, Sink
from meshc.model.proxy_config import effective_proxy_config
from meshc.resources.decode import decode_value
from meshc.resources.encode import to_json
from meshc.resources.load import load
from meshc.resources.mesh_config import DEFAULT_MESH_CONFIG, MeshConfig, overlay_mesh_config
from meshc.resources.networking import ProxyConfig
from meshc.resources.pod import Pod
from meshc.source import documents_of_text, read

RESOURCE = """
apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata: {{name: {name}, namespace: {namespace}, creationTimestamp: "2026-01-01T00:00:0{age}Z"}}
spec: {{{selector} environmentVariables: {{{name}: "1", LAST: {name}}}}}
---
"""


def resource(name: str, namespace: str = "shop", age: int = 0, selector: str | None = None) -> str:
    written = f"selector: {{matchLabels: {selector}}}," if selector else "selector: {}," if selector == "" else ""
    return RESOURCE.format(name=name, namespace=namespace, age=age, selector=written)


def effective(
    manifests: str = "", annotations: dict[str, str] | None = None, namespace: str = "shop"
) -> tuple[dict[str, Any], list[str]]:
    sink = Sink()
    resources = load(documents_of_text(manifests, "in.yaml", sink), sink).by_kind(ProxyConfig)
    pod = Origin("Pod", namespace, "a")
    labels = {"app": "web", "tier": "front"}
    config = effective_proxy_config(DEFAULT_MESH_CONFIG, resources, namespace, labels, annotations or {}, pod, sink)
    return to_json(config), [f"{f.code} {f.origin.field}: {f.message}" for f in sink]


def metadata(manifests: str, annotations: dict[str, str] | None = None, namespace: str = "shop") -> dict[str, str]:
    found: dict[str, str] = effective(manifests, annotations, namespace)[0].get("proxyMetadata", {})
    return found


ROOT = resource("root", "istio-system")
NAMESPACE = resource("ns")
WORKLOAD = resource("wl", selector="{app: web}")


@pytest.mark.parametrize(
    ("manifests", "names"),
    [
        (WORKLOAD + NAMESPACE + ROOT, ["root", "ns", "wl"]),
        (ROOT + resource("other", "elsewhere"), ["root"]),
        (resource("young", age=2) + resource("old", age=1), ["old"]),
        (resource("b", age=1) + resource("a", age=1), ["a"]),
        (resource("young", age=2, selector="{app: web}") + resource("old", age=1, selector="{tier: front}"), ["old"]),
        (resource("miss", selector="{app: db}"), []),
        (resource("empty", selector=""), []),
        (resource("rootwl", "istio-system", selector="{app: web}"), []),
    ],
)
def test_which_resources_count(manifests: str, names: list[str]) -> None:
    found = metadata(manifests)
    assert [name for name in found if name != "LAST"] == names
    assert found.get("LAST") == (names[-1] if names else None)


def test_proxies_of_the_root_namespace() -> None:
    found = metadata(ROOT + resource("wl", "istio-system", selector="{app: web}"), namespace="istio-system")
    assert found == {"root": "1", "wl": "1", "LAST": "wl"}


def test_annotation_is_over_everything() -> None:
    annotation = {"proxy.istio.io/config": "proxyMetadata: {LAST: annotation}\nstatusPort: 0\n"}
    shown, findings = effective(WORKLOAD, annotation)
    assert shown["proxyMetadata"] == {"wl": "1", "LAST": "annotation"}
    assert "statusPort" not in shown
    assert findings == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("concurrency: many", 'concurrency: must be an integer, not the text "many"'),
        ("[1]", "document is a list, not a mapping"),
        ("concurrency: 1\n---\nstatusPort: 1", "holds 2 documents, not one"),
        ("concurency: 1", "concurency: unknown field 'concurency' is left out"),
    ],
)
def test_annotation_that_cannot_be_read(text: str, finding: str) -> None:
    shown, findings = effective("", {"proxy.istio.io/config": text})
    assert shown == effective()[0]
    assert findings == [f"MC0254 metadata.annotations[proxy.istio.io/config]: {finding}"]


def test_empty_annotation() -> None:
    assert effective("", {"proxy.istio.io/config": ""}) == effective()


def test_settings_with_annotations_of_their_own() -> None:
    shown, findings = effective(
        "", {"sidecar.istio.io/discoveryAddress": "x:1", "status.sidecar.istio.io/port": "15029"}
    )
    assert (shown["discoveryAddress"], shown["statusPort"], findings) == ("x:1", 15029, [])
    shown, findings = effective("", {"status.sidecar.istio.io/port": "none"})
    assert "statusPort" not in shown
    assert findings == [
        "MC0255 metadata.annotations[status.sidecar.istio.io/port]: "
        "'none' is not a number; the agent serves no status port"
    ]


def test_recorded_nodes(oracle: Path) -> None:
    compared = 0
    for folder in sorted((oracle / "cases").iterdir()):
        sink = Sink()
        case = read([str(folder / "case.yaml")], sink)[0].root
        objects = load(read([str(folder / "manifests.yaml"), *_base(oracle, case)], sink), sink)
        pods = {f"{pod.meta.name}.{pod.meta.namespace}": pod.meta for pod in objects.by_kind(Pod)}
        for proxy in case["proxies"]:
            name = proxy["name"]
            if name not in pods or "PROXY_CONFIG" in (proxy.get("metadata") or {}):
                continue
            pod = pods[name]
            resources = objects.by_kind(ProxyConfig)
            config = effective_proxy_config(
                _mesh(case, sink), resources, pod.namespace, pod.labels, pod.annotations, Origin(), sink
            )
            node = json.loads((folder / "expected" / name / "node.json").read_text())
            assert to_json(config) == node["metadata"]["PROXY_CONFIG"], f"{folder.name} {name}"
            compared += 1
    assert compared > 0


def _base(oracle: Path, case: Any) -> list[str]:
    base = case.get("base", "none")
    return [] if base == "none" else [str(oracle / "bases" / f"{base}.yaml")]


def _mesh(case: Any, sink: Sink) -> MeshConfig:
    given = case.get("meshConfig")
    decoded = decode_value(MeshConfig, given, "case.yaml", sink) if given else None
    return overlay_mesh_config(DEFAULT_MESH_CONFIG, decoded, given) if decoded else DEFAULT_MESH_CONFIG
