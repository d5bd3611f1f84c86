"""DestinationRules: merging, visibility, the most specific host, and the choice for a proxy."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.scope.sidecar import applying_rules, selected_rules, sidecar_scope
from tests.manifests import built, entry, manifest, mesh_of, said, service

ROOT = "istio-system"


def rule(
    name: str,
    namespace: str = "shop",
    host: str = "web.shop.svc.cluster.local",
    age: int = 0,
    export_to: str | None = None,
    subsets: str = "",
    connections: int = 0,
    selector: dict[str, str] | None = None,
) -> dict[str, Any]:
    spec: dict[str, Any] = {"host": host}
    if export_to is not None:
        spec["exportTo"] = export_to.split(",")
    if subsets:
        spec["subsets"] = [{"name": subset, "labels": {"of": name}} for subset in subsets.split(",")]
    if connections:
        spec["trafficPolicy"] = {"connectionPool": {"tcp": {"maxConnections": connections}}}
    if selector is not None:
        spec["workloadSelector"] = {"matchLabels": selector}
    return manifest("DestinationRule", name, spec, namespace, age)


WEB = service("web")


def candidates(mesh: Mesh, client: str, host: str = "web.shop.svc.cluster.local") -> list[str]:
    found = mesh.destination_rules.candidates(client, mesh.services.by_host(host)[0])
    return ["+".join(f"{s.meta.namespace}/{s.meta.name}" for s in rule.sources) for rule in found]


def pick(mesh: Mesh, client: str, *, outbound: bool = True, **labels: str) -> DestinationRule | None:
    scope = sidecar_scope(mesh, client, None)
    rules = selected_rules(mesh, scope, applying_rules(scope, labels))
    return (rules.outbound if outbound else rules.inbound).get("web.shop.svc.cluster.local")


def connections(rule: DestinationRule | None) -> int:
    if rule is None or rule.traffic_policy is None or rule.traffic_policy.connection_pool is None:
        return 0
    tcp = rule.traffic_policy.connection_pool.tcp
    return tcp.max_connections if tcp is not None else 0


def test_equal_exports_merge_oldest_policy_and_all_subsets() -> None:
    mesh = mesh_of(
        WEB,
        rule("young", age=2, subsets="v1,v3", connections=2),
        rule("old", age=1, subsets="v1,v2", host="web"),
        rule("youngest", age=3, connections=3),
    )
    found = pick(mesh, "other")
    assert found is not None and found.name == "old"
    assert [(s.name, s.labels["of"]) for s in found.subsets] == [("v1", "old"), ("v2", "old"), ("v3", "young")]
    assert connections(found) == 2
    assert str(found.policy_origin()) == "DestinationRule shop/young spec.trafficPolicy"
    assert str(found.subset_origin(found.subsets[2])) == "DestinationRule shop/young spec.subsets[1]"


def test_the_same_resources_are_one_node_in_all_indexes() -> None:
    mesh = mesh_of(WEB, rule("a", subsets="v1"), rule("b", age=1, subsets="v2"))
    assert pick(mesh, "shop") is pick(mesh, "other")


def test_empty_and_star_are_different_sets_and_the_youngest_counts() -> None:
    mesh = mesh_of(WEB, rule("old", connections=1), rule("young", age=1, export_to="*"))
    assert candidates(mesh, "other") == ["shop/old", "shop/young"]
    found = pick(mesh, "other")
    assert found is not None and found.name == "young"


def test_a_wider_export_is_swallowed_by_the_older_rule() -> None:
    mesh = mesh_of(WEB, rule("a", export_to="a"), rule("ab", age=1, export_to="a,b", subsets="v1"))
    assert candidates(mesh, "a") == ["shop/a+shop/ab"]
    assert candidates(mesh, "b") == []


def test_without_the_enhanced_merge_exports_do_not_matter() -> None:
    objects = (WEB, rule("a", export_to="."), rule("b", age=1, export_to="*", subsets="v1"))
    assert candidates(mesh_of(*objects, enable_enhanced_destinationrule_merge=False), "shop") == ["shop/a+shop/b"]
    assert candidates(mesh_of(*objects), "shop") == ["shop/a", "shop/b"]


def test_rules_with_selectors_sort_first_and_swallow_private_ones() -> None:
    objects = (WEB, rule("all", export_to=".", subsets="v1"), rule("some", age=9, selector={"app": "a"}))
    mesh, sink = built(*objects)
    assert candidates(mesh, "shop") == ["shop/some+shop/all"]
    assert pick(mesh, "shop") is None
    found = pick(mesh, "shop", app="a")
    assert found is not None and found.name == "some" and found.subset("v1") is not None
    assert [text[:6] for text in said(sink, "MC0510", "MC0513")] == ["MC0513"]


@pytest.mark.parametrize(("export_to", "expected"), [(None, False), ("*", False), (".,x", True)])
def test_others_stand_beside_rules_with_selectors(export_to: str | None, expected: bool) -> None:
    mesh = mesh_of(WEB, rule("all", export_to=export_to), rule("some", selector={"app": "a"}))
    merged = "shop/some+shop/all" if expected else "shop/some"
    assert candidates(mesh, "shop") == [merged, "shop/all"]


def test_selectors_merge_only_if_they_are_equal() -> None:
    mesh = mesh_of(
        WEB,
        rule("a", selector={"app": "a"}, age=1),
        rule("b", selector={"app": "b"}, age=2),
        rule("c", selector={"app": "a"}, age=3, subsets="v1"),
    )
    # The last rule looked at decides: `c` is merged into `a`, differs from `b`, and so stands on its own too.
    assert candidates(mesh, "shop") == ["shop/a+shop/c", "shop/b", "shop/c"]


def test_selectors_count_in_their_own_namespace_and_outbound_only() -> None:
    mesh = mesh_of(WEB, rule("some", selector={"app": "a"}), rule("all", export_to="*"))
    names = [pick(mesh, "shop", app="a"), pick(mesh, "shop", app="a", outbound=False), pick(mesh, "other", app="a")]
    assert [found.name if found else None for found in names] == ["some", "all", "all"]


def test_an_empty_selector_selects_everything() -> None:
    mesh = mesh_of(WEB, rule("some", selector={}), rule("all", export_to="*"))
    found = pick(mesh, "shop")
    assert found is not None and found.name == "some"


def test_client_then_service_then_root() -> None:
    in_root, in_shop, in_data = rule("root", ROOT), rule("owner"), rule("client", "data")
    assert candidates(mesh_of(WEB, in_root, in_shop, in_data), "data") == ["data/client"]
    assert candidates(mesh_of(WEB, in_root, in_shop), "data") == ["shop/owner"]
    assert candidates(mesh_of(WEB, in_root), "data") == ["istio-system/root"]


def test_a_client_rule_whose_selector_does_not_fit_hides_the_owners() -> None:
    mesh = mesh_of(WEB, rule("owner"), rule("client", "data", selector={"app": "a"}))
    assert candidates(mesh, "data") == ["data/client"]
    assert pick(mesh, "data", app="b") is None


def test_clients_in_the_root_namespace_use_its_private_rules_only() -> None:
    mesh = mesh_of(WEB, rule("public", ROOT, age=1), rule("private", ROOT, export_to="."), rule("owner"))
    assert candidates(mesh, ROOT) == ["istio-system/private"]
    assert candidates(mesh, "data") == ["shop/owner"]
    assert candidates(mesh_of(WEB, rule("public", ROOT)), ROOT) == ["istio-system/public"]


def test_the_most_specific_host_is_taken_before_exports_are_looked_at() -> None:
    exact, wide = rule("exact", export_to="apps"), rule("wide", host="*.svc.cluster.local")
    assert candidates(mesh_of(WEB, exact, wide), "data") == []
    in_root = rule("root", ROOT, host="*.local")
    assert candidates(mesh_of(WEB, exact, wide, in_root), "data") == ["istio-system/root"]


def test_the_longest_wildcard_wins() -> None:
    mesh = mesh_of(
        entry("apis", "*.api.example.com"),
        rule("short", host="*.com"),
        rule("long", host="*.example.com"),
        rule("same", host="*.api.example.com"),
        rule("longer", host="*.v1.api.example.com"),
    )
    assert candidates(mesh, "shop", "*.api.example.com") == ["shop/same"]


def test_dotted_short_names_match_nothing() -> None:
    mesh, sink = built(WEB, rule("dotted", host="web.shop"))
    assert candidates(mesh, "shop") == []
    (finding,) = (f for f in sink if f.code == "MC0540")
    assert finding.hint == "names with a dot are not completed: write web.shop.svc.cluster.local"


def test_the_default_makes_rules_private() -> None:
    mesh = mesh_of(WEB, rule("a"), config={"defaultDestinationRuleExportTo": ["."]})
    assert (candidates(mesh, "shop"), candidates(mesh, "data")) == (["shop/a"], [])


def test_what_merging_loses_is_said() -> None:
    _, sink = built(
        WEB,
        rule("old", subsets="v1", connections=1),
        rule("young", age=1, subsets="v1,v2", connections=2),
    )
    assert said(sink, "MC0510", "MC0511", "MC0512") == [
        "MC0510 DestinationRule shop/young: merged into DestinationRule shop/old, which is for the same host and comes "
        "first",
        "MC0512 DestinationRule shop/young spec.subsets[0]: subset v1 is without effect, since DestinationRule "
        "shop/old spec.subsets[0] comes first",
        "MC0511 DestinationRule shop/young spec.trafficPolicy: without effect, since DestinationRule shop/old "
        "spec.trafficPolicy comes first",
    ]


def test_what_is_shadowed_is_said() -> None:
    _, sink = built(
        WEB,
        rule("old"),
        rule("young", age=1, export_to="*"),
        rule("client", "data"),
        rule("selective", "apps", selector={"app": "a"}, export_to="*"),
    )
    assert said(sink, "MC0514", "MC0515", "MC0516") == [
        "MC0514 DestinationRule shop/old: without effect where DestinationRule shop/young is visible, which is for the "
        "same host and younger",
        "MC0515 DestinationRule shop/young: for clients of apps, DestinationRule apps/selective takes the place of "
        "this rule for web.shop.svc.cluster.local",
        "MC0515 DestinationRule shop/young: for clients of data, DestinationRule data/client takes the place of this "
        "rule for web.shop.svc.cluster.local",
        "MC0516 DestinationRule apps/selective: exportTo is ignored in a rule with a workloadSelector",
    ]
