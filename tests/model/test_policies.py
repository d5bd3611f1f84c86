"""Security policies and Telemetry: which apply to a workload, and what is said about those that do not."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.model.mesh import Mesh
from meshc.model.policies import MtlsMode
from tests.manifests import built, manifest, mesh_of, said

ROOT = "istio-system"


def peer(
    name: str, namespace: str, mode: str = "", selector: str = "", ports: str = "", age: int = 0
) -> dict[str, Any]:
    spec = f"{{mtls: {{{f'mode: {mode}' if mode else ''}}}, selector: {{matchLabels: {{{selector}}}}}"
    return manifest("PeerAuthentication", name, f"{spec}, portLevelMtls: {{{ports}}}}}", namespace, age)


def mode(mesh: Mesh, namespace: str = "shop", port: int = 0, **labels: str) -> str:
    return mesh.policies.peer(namespace, labels).at(port).value


def test_permissive_without_policies() -> None:
    mesh = mesh_of()
    assert mode(mesh) == "PERMISSIVE"
    assert mesh.policies.namespace_mode("shop") is MtlsMode.PERMISSIVE


def test_unset_inherits_from_namespace_and_mesh() -> None:
    mesh = mesh_of(
        peer("mesh", ROOT, "STRICT"),
        peer("unset", "shop"),
        peer("off", "data", "DISABLE"),
        peer("web", "shop", selector="app: web", ports="'80': {mode: DISABLE}, '81': {}"),
    )
    assert [mode(mesh, ns) for ns in ("shop", "data", "other", ROOT)] == ["STRICT", "DISABLE", "STRICT", "STRICT"]
    assert [mode(mesh, "shop", port, app="web") for port in (80, 81, 82)] == ["DISABLE", "STRICT", "STRICT"]
    assert mesh.policies.namespace_mode("data") is MtlsMode.DISABLE
    assert str(mesh.policies.peer("shop", {}).origin) == "PeerAuthentication istio-system/mesh"


def test_the_oldest_of_each_scope_counts() -> None:
    mesh, sink = built(
        peer("b", "shop", "STRICT", age=1),
        peer("a", "shop", "DISABLE", age=2),
        peer("web-b", "shop", "PERMISSIVE", selector="app: web", age=3),
        peer("web-a", "shop", "DISABLE", selector="tier: front", ports="'80': {mode: STRICT}", age=4),
        manifest("Pod", "web-0", "containers: []", "shop") | {"status": {"podIP": "10.1.1.1"}},
    )
    assert mode(mesh) == "STRICT"
    assert mode(mesh, "shop", 80, app="web", tier="front") == "PERMISSIVE"
    assert said(sink, "MC0520") == [
        "MC0520 PeerAuthentication shop/a: PeerAuthentication b is older and already holds for all of shop; this one "
        "is ignored"
    ]


def test_selectors_are_refused_in_the_root_namespace() -> None:
    mesh, sink = built(peer("web", ROOT, "STRICT", selector="app: web"))
    assert mode(mesh, ROOT, app="web") == "PERMISSIVE"
    assert len(said(sink, "MC0521")) == 1


def test_shadowed_policies_of_a_workload_are_said_once() -> None:
    pods = []
    for number in range(2):
        pod = manifest("Pod", f"web-{number}", {"containers": [{"name": "app"}]})
        pod["metadata"]["labels"] = {"app": "web", "tier": "front"}
        pods.append(pod)
    _, sink = built(
        peer("first", "shop", "STRICT", selector="app: web"),
        peer("second", "shop", "DISABLE", selector="tier: front", age=1),
        *pods,
    )
    assert said(sink, "MC0522") == [
        "MC0522 PeerAuthentication shop/second: PeerAuthentication shop/first comes first for Pod shop/web-0"
    ]


def policy(
    name: str, namespace: str, kind: str = "AuthorizationPolicy", selector: str = "", targets: str = "", age: int = 0
) -> dict[str, Any]:
    spec = f"{{selector: {{matchLabels: {{{selector}}}}}, targetRefs: [{targets}]}}"
    return manifest(kind, name, spec, namespace, age)


GATEWAY = "{group: gateway.networking.k8s.io, kind: Gateway, name: edge}"


def test_root_and_own_namespace_in_the_order_of_the_kind() -> None:
    mesh = mesh_of(
        policy("b", "shop", age=2),
        policy("a", "shop", selector="app: web", age=3),
        policy("root", ROOT, selector="app: web"),
        policy("jwt", "shop", "RequestAuthentication"),
        policy("jwt-root", ROOT, "RequestAuthentication"),
        policy("foreign", "data"),
    )
    labels = {"app": "web"}
    assert [p.meta.name for p in mesh.policies.authorization("shop", labels, None)] == ["root", "b", "a"]
    assert [p.meta.name for p in mesh.policies.authorization("shop", {}, None)] == ["b"]
    assert [p.meta.name for p in mesh.policies.authorization(ROOT, labels, None)] == ["root"]
    assert [p.meta.name for p in mesh.policies.request_authentication("shop", labels, None)] == ["jwt", "jwt-root"]


@pytest.mark.parametrize(
    ("gateway", "flag", "applies"),
    [
        (None, True, ["all"]),
        ("edge", True, ["all", "edge"]),
        ("edge", False, ["edge"]),
        ("other", True, ["all"]),
    ],
)
def test_targets_are_for_gateways(gateway: str | None, flag: bool, applies: list[str]) -> None:
    mesh = mesh_of(
        policy("all", "shop"),
        policy("edge", "shop", targets=GATEWAY, selector="no: such", age=1),
        policy("service", "shop", targets="{kind: Service, name: edge}", age=2),
        policy("root", ROOT, targets=GATEWAY),
        enable_selector_based_k8s_gateway_policy=flag,
    )
    assert [p.meta.name for p in mesh.policies.authorization("shop", {}, gateway)] == applies


def test_the_single_target_counts_without_a_list() -> None:
    given = manifest("AuthorizationPolicy", "old", f"targetRef: {GATEWAY}")
    mesh = mesh_of(given)
    assert mesh.policies.authorization("shop", {}, None) == ()
    assert len(mesh.policies.authorization("shop", {}, "edge")) == 1


def test_telemetry_root_then_namespace_then_workload() -> None:
    mesh, sink = built(
        policy("root", ROOT, "Telemetry"),
        policy("root-some", ROOT, "Telemetry", selector="app: web"),
        policy("wide", "shop", "Telemetry", age=5),
        policy("wide-again", "shop", "Telemetry", age=6),
        policy("second", "shop", "Telemetry", selector="app: web", age=2),
        policy("first", "shop", "Telemetry", selector="tier: front", age=1),
    )
    labels = {"app": "web", "tier": "front"}
    names = [t.meta.name for t in mesh.telemetry.telemetries("shop", labels, None)]
    assert names == ["root", "wide", "first", "second"]
    assert [t.meta.name for t in mesh.telemetry.telemetries(ROOT, labels, None)] == ["root", "root-some"]
    assert len(said(sink, "MC0530")) == 1
