"""Host names with wildcards, localities, label selectors, and what is discovered at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshc.model import label_selector, locality
from meshc.model.hosts import matches, most_specific, subset_of
from meshc.resources.selector import LabelSelector, LabelSelectorRequirement
from tests.manifests import said
from tests.model.texts import mesh_of_text


@pytest.mark.parametrize(
    ("one", "other", "match", "subset"),
    [
        ("a.com", "a.com", True, True),
        ("a.com", "b.com", False, False),
        ("a.com", "*.com", True, True),
        ("*.com", "a.com", True, False),
        ("*.a.com", "*.com", True, True),
        ("*.com", "*.a.com", True, False),
        ("*.a.com", "*.b.com", False, False),
        ("a.com", "*", True, True),
        ("*", "*", True, True),
        ("com", "*.com", False, False),
    ],
)
def test_matching(one: str, other: str, match: bool, subset: bool) -> None:
    assert matches(one, other) is matches(other, one) is match
    assert subset_of(one, other) is subset


hosts = st.text("ab.", min_size=1, max_size=5)


@given(hosts, st.sets(hosts.map("*".__add__) | hosts, max_size=6))
def test_the_most_specific_pattern(host: str, patterns: set[str]) -> None:
    table = {pattern: pattern for pattern in sorted(patterns)}
    covering = [p for p in patterns if subset_of(host, p)]
    exact = [p for p in covering if p == host]
    expected = exact[0] if exact else max(covering, key=len, default=None)
    assert most_specific(host, table) == expected


def test_splitting_localities() -> None:
    assert [locality.split(text) for text in ("", "r", "r/z/", "r/z/s/t")] == [
        ("", "", ""),
        ("r", "", ""),
        ("r", "z", ""),
        ("r", "z", "s"),
    ]


def test_augmenting_labels_keeps_a_network_of_ones_own() -> None:
    own = {"topology.istio.io/network": "own", "topology.kubernetes.io/region": "lost"}
    assert locality.augment(own, "c", "r", "n", "net") == {
        "topology.istio.io/network": "own",
        "topology.kubernetes.io/region": "r",
        "topology.istio.io/cluster": "c",
        "kubernetes.io/hostname": "n",
    }


@pytest.mark.parametrize(
    ("operator", "values", "holds"),
    [
        ("In", ("v1", "v2"), (True, False, False)),
        ("NotIn", ("v1", "v2"), (False, True, True)),
        ("Exists", (), (True, True, False)),
        ("DoesNotExist", (), (False, False, True)),
    ],
)
def test_label_expressions(operator: Any, values: tuple[str, ...], holds: tuple[bool, ...]) -> None:
    requirement = LabelSelectorRequirement(key="k", operator=operator, values=values)
    selector = LabelSelector(match_expressions=(requirement,))
    assert tuple(label_selector.matches(selector, labels) for labels in ({"k": "v1"}, {"k": "x"}, {})) == holds


SERVICES = """
apiVersion: v1
kind: Namespace
metadata: {name: seen, labels: {mesh: "1"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: unseen}
---
apiVersion: v1
kind: Service
metadata: {name: a, namespace: seen}
---
apiVersion: v1
kind: Service
metadata: {name: b, namespace: unseen}
---
apiVersion: v1
kind: Service
metadata: {name: c, namespace: undeclared}
---
"""


def config(selectors: str) -> str:
    return f"""
apiVersion: v1
kind: ConfigMap
metadata: {{name: istio, namespace: istio-system}}
data: {{mesh: "discoverySelectors: {selectors}"}}
---
"""


def test_only_selected_namespaces_are_discovered() -> None:
    mesh, sink = mesh_of_text(SERVICES + config("[{matchLabels: {mesh: '1'}}]"))
    assert [s.name for s in mesh.services.all] == ["a"]
    assert said(sink, "MC0578") == [
        "MC0578 Namespace unseen: no discovery selector of the mesh selects it, so istiod ignores it"
    ]
    by_name = "[{matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [undeclared]}]}]"
    assert [s.name for s in mesh_of_text(SERVICES + config(by_name))[0].services.all] == ["c"]


def test_only_istiods_revision_counts() -> None:
    text = "".join(
        f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: {name}, namespace: shop, {labels}}}
spec: {{hosts: [{name}.example.com], ports: [{{number: 80, name: http, protocol: HTTP}}]}}
---
"""
        for name, labels in (
            ("a", ""),
            ("b", "labels: {istio.io/rev: canary}"),
            ("c", "labels: {istio.io/rev: stable}"),
        )
    )
    assert len(mesh_of_text(text)[0].services.all) == 3
    mesh, sink = mesh_of_text(text, revision="canary")
    assert [s.hostname[0] for s in mesh.services.all] == ["a", "b"]
    assert said(sink, "MC0579") == ["MC0579 ServiceEntry shop/c: it is for revision stable, this istiod is canary"]
