"""DestinationRules in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

from meshc.resources.check.names import (
    PRIVATE,
    check_distinct,
    check_export_to,
    check_labels,
    dns_label_fault,
    wildcard_host_fault,
)
from meshc.resources.check.place import Place
from meshc.resources.check.selectors import check_selector
from meshc.resources.check.traffic_policy import check_traffic_policy
from meshc.resources.networking import DestinationRule


def check_destination_rule(rule: DestinationRule, root: Place) -> None:
    """Host, policies, subsets, selector and audience."""
    at, spec, namespace = root / "spec", rule.spec, rule.meta.namespace
    (at / "host").judge("MC0404", wildcard_host_fault(spec.host))
    check_traffic_policy(at / "trafficPolicy", spec.traffic_policy, namespace)
    for entry, subset in at.each("subsets", spec.subsets):
        (entry / "name").judge("MC0403", dns_label_fault(subset.name))
        check_labels(entry, "labels", subset.labels)
        check_traffic_policy(entry / "trafficPolicy", subset.traffic_policy, namespace)
    check_distinct(at, "subsets", [subset.name for subset in spec.subsets], "subset")
    check_export_to(at, namespace, spec.export_to)
    selector = spec.workload_selector
    check_selector(at / "workloadSelector", selector.match_labels if selector is not None else None, "matchLabels")
    if selector is not None and set(spec.export_to) - {PRIVATE, namespace}:
        (at / "exportTo").tell("MC0424", "a rule with a workloadSelector can only be exported to its own namespace")
