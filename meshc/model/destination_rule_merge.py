"""Merging DestinationRules of one host and namespace: a list of rules and a further one in, the list grown in place."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.resources.networking.destination_rule import DestinationRule as Resource
from meshc.resources.networking.destination_rule import Subset, TrafficPolicy


class Draft:
    """A rule while others may still be merged into it. `host` is the full name, `export_to` the set as declared."""

    __slots__ = ("export_to", "host", "sources", "subsets", "traffic_policy")

    def __init__(self, host: str, export_to: frozenset[str], resource: Resource) -> None:
        self.host = host
        self.export_to = export_to
        self.sources: list[Resource] = [resource]
        self.traffic_policy: TrafficPolicy | None = resource.spec.traffic_policy
        self.subsets: list[Subset] = list(resource.spec.subsets)

    def copy(self) -> Draft:
        """A draft of the first resource alone."""
        return Draft(self.host, self.export_to, self.sources[0])

    @property
    def namespace(self) -> str:
        """The namespace of the first resource."""
        return self.sources[0].meta.namespace

    @property
    def selector(self) -> Mapping[str, str] | None:
        """The labels of the first resource's workload selector; None without one."""
        selector = self.sources[0].spec.workload_selector
        return None if selector is None else selector.match_labels


def merge_into(hosts: dict[str, list[Draft]], draft: Draft, enhanced: bool) -> None:
    """Add a rule to those of its host (spec: clusters 8.3): merged into every one that takes it, on its own, or both.

    Whether the new rule also stands on its own is decided anew with every older one, so the last of them decides, as in
    istiod. `enhanced` is ENABLE_ENHANCED_DESTINATIONRULE_MERGE.
    """
    existing = hosts.setdefault(draft.host, [])
    separate = True
    for older in existing:
        if enhanced:
            separate = older.export_to != draft.export_to
            if separate and not (older.export_to and draft.export_to >= older.export_to):
                continue
        if older.selector is not None and draft.selector is not None and older.selector != draft.selector:
            separate = True
            continue
        if (older.selector is None) == (draft.selector is None):
            separate = False
        _merge(older, draft.sources[0])
    if separate:
        existing.append(draft)


def _merge(older: Draft, resource: Resource) -> None:
    """Add the subsets whose names are new, and the traffic policy if there is none yet."""
    known = {subset.name for subset in older.subsets}
    older.sources.append(resource)
    older.subsets.extend(subset for subset in resource.spec.subsets if subset.name not in known)
    if older.traffic_policy is None:
        older.traffic_policy = resource.spec.traffic_policy
