"""EnvoyFilters: which ones apply to a workload, and in which order."""

from __future__ import annotations

from typing import Any

from meshc.model.mesh import Mesh
from tests.manifests import manifest, mesh_of

ROOT = "istio-system"
TARGET = "targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: front}]"


def envoy_filter(name: str, spec: str = "{}", namespace: str = "shop", age: int = 0) -> dict[str, Any]:
    return manifest("EnvoyFilter", name, spec, namespace, age)


def applying(mesh: Mesh, gateway: str | None = None, **labels: str) -> list[str]:
    return [resource.meta.name for resource in mesh.envoy_filters.applying("shop", labels, gateway)]


def test_priority_then_the_root_namespace_then_age_then_name_decide() -> None:
    mesh = mesh_of(
        envoy_filter("first", "priority: -1", age=9),
        envoy_filter("root", namespace=ROOT, age=9),
        envoy_filter("old", age=1),
        envoy_filter("b", age=2),
        envoy_filter("a", age=2),
        envoy_filter("last", "priority: 7", ROOT),
        envoy_filter("elsewhere", namespace="data"),
    )
    assert applying(mesh) == ["first", "root", "old", "a", "b", "last"]


def test_labels_select_workloads_and_none_selects_all() -> None:
    mesh = mesh_of(
        envoy_filter("all"),
        envoy_filter("any", "workloadSelector: {}"),
        envoy_filter("web", "workloadSelector: {labels: {app: web}}"),
    )
    assert applying(mesh, app="web") == ["all", "any", "web"]
    assert applying(mesh, app="other") == ["all", "any"]


def test_targets_are_gateways_of_the_same_namespace() -> None:
    mesh = mesh_of(envoy_filter("own", TARGET), envoy_filter("root", TARGET, ROOT), envoy_filter("all"))
    assert applying(mesh, "front") == ["all", "own"]
    assert applying(mesh, "back") == ["all"]
    assert applying(mesh) == ["all"]


def test_gateways_may_be_out_of_reach_of_selectors() -> None:
    mesh = mesh_of(envoy_filter("own", TARGET), envoy_filter("all"), enable_selector_based_k8s_gateway_policy=False)
    assert applying(mesh, "front") == ["own"]
    assert applying(mesh) == ["all"]
