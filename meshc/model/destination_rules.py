"""DestinationRules: resources in; out the rules merged per host and namespace, and found for a client and a service."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.model.created import created
from meshc.model.destination_rule_merge import Draft, merge_into
from meshc.model.hosts import is_wildcard, most_specific
from meshc.model.node import node
from meshc.model.order import age
from meshc.model.service import Created, Service
from meshc.model.short_names import full_host
from meshc.model.visibility import PRIVATE, PUBLIC
from meshc.resources.networking.destination_rule import DestinationRule as Resource
from meshc.resources.networking.destination_rule import Subset, TrafficPolicy


@node
class DestinationRule:
    """One rule as clients see it: a resource, with what later ones of the same host and namespace added to it.

    `name`, `namespace`, `created` and `selector` are those of the first resource; `export_to` is its set as declared,
    `.` if it has a selector. `sources` are all resources that went in, the first one first.
    """

    name: str
    namespace: str
    created: Created
    host: str
    traffic_policy: TrafficPolicy | None
    subsets: tuple[Subset, ...]
    selector: Mapping[str, str] | None
    export_to: frozenset[str]
    sources: tuple[Resource, ...]

    @property
    def origin(self) -> Origin:
        """The first resource."""
        return self.sources[0].origin

    def subset(self, name: str) -> Subset | None:
        """The subset of that name."""
        return next((s for s in self.subsets if s.name == name), None)

    def subset_origin(self, subset: Subset) -> Origin:
        """Where a subset of this rule stands."""
        for source in self.sources:
            for index, candidate in enumerate(source.spec.subsets):
                if candidate is subset:
                    return source.origin_of(subset, f"spec.subsets[{index}]")
        return self.origin

    def policy_origin(self) -> Origin:
        """Where the top-level traffic policy stands; the rule as a whole if it has none."""
        for source in self.sources:
            if source.spec.traffic_policy is self.traffic_policy and self.traffic_policy is not None:
                return source.origin_of(self.traffic_policy, "spec.trafficPolicy")
        return self.origin


Rules = tuple[DestinationRule, ...]


@frozen
class HostRules:
    """The rules of one namespace by host, exact and wildcard hosts apart."""

    exact: Mapping[str, Rules]
    wildcard: Mapping[str, Rules]

    def find(self, hostname: str) -> Rules:
        """The rules of the most specific host that covers a name (spec: clusters 8.4); empty if none does."""
        found = self.exact.get(hostname)
        if found is None and self.wildcard:
            found = most_specific(hostname, self.wildcard)
        return found or ()

    def values(self) -> Iterator[Rules]:
        """The rules of each host."""
        yield from self.exact.values()
        yield from self.wildcard.values()


_NOTHING = HostRules({}, {})


@frozen
class DestinationRules:
    """All rules of the mesh: by the clients' namespace, by the namespace that exports them, and private to the root."""

    local: Mapping[str, HostRules]
    exported: Mapping[str, HostRules]
    root_private: HostRules
    root_namespace: str

    @staticmethod
    def build(
        resources: Iterable[Resource], root_namespace: str, default_export_to: Iterable[str], enhanced: bool
    ) -> DestinationRules:
        """Sort, merge and index (spec: clusters 8.1 to 8.3).

        `default_export_to` is the mesh's `defaultDestinationRuleExportTo`, of which only `.` counts; `enhanced` is
        istiod's ENABLE_ENHANCED_DESTINATIONRULE_MERGE.
        """
        default_private = PRIVATE in default_export_to
        indexes = _Indexes()
        for resource in sorted(resources, key=lambda r: (r.spec.workload_selector is None, *age(r))):
            draft = _draft(resource)
            namespace = resource.meta.namespace
            if not draft.export_to or draft.export_to & {PUBLIC, PRIVATE, namespace}:
                merge_into(indexes.local.setdefault(namespace, {}), draft.copy(), enhanced)
            if not _is_private(draft, default_private):
                merge_into(indexes.exported.setdefault(namespace, {}), draft.copy(), enhanced)
            elif namespace == root_namespace:
                merge_into(indexes.root_private, draft.copy(), enhanced)
        return indexes.freeze(root_namespace)

    @property
    def all(self) -> Rules:
        """Every rule of every index, once."""
        tables = (*self.local.values(), *self.exported.values(), self.root_private)
        return tuple(dict.fromkeys(rule for hosts in tables for rules in hosts.values() for rule in rules))

    def candidates(self, client_namespace: str, service: Service) -> Rules:
        """The rules among which a client of a namespace finds the one for a service (spec: clusters 8.4)."""
        hostname = service.hostname
        if client_namespace == self.root_namespace:
            found = self.root_private.find(hostname)
        else:
            found = self.local.get(client_namespace, _NOTHING).find(hostname)
        return (
            found
            or self.exported_to(client_namespace, service.namespace, hostname)
            or self.exported_to(client_namespace, self.root_namespace, hostname)
        )

    def exported_to(self, client_namespace: str, owner: str, hostname: str) -> Rules:
        """What a namespace exports to clients of another: the visible ones of its most specific rules for a host."""
        rules = self.exported.get(owner, _NOTHING).find(hostname)
        if not rules:
            return rules
        return tuple(r for r in rules if not r.export_to or r.export_to & {PUBLIC, client_namespace})


def choose(candidates: Rules, applying: Container[DestinationRule]) -> DestinationRule | None:
    """The rule in force for a proxy (spec: clusters 8.5).

    The first with a selector that is among those applying to the proxy, else the last without a selector.
    """
    fallback = None
    for rule in candidates:
        if rule.selector is None:
            fallback = rule
        elif rule in applying:
            return rule
    return fallback


def _draft(resource: Resource) -> Draft:
    selector = resource.spec.workload_selector
    export_to = frozenset({PRIVATE}) if selector is not None else frozenset(resource.spec.export_to)
    return Draft(full_host(resource.spec.host, resource.meta.namespace), export_to, resource)


def _is_private(draft: Draft, default_private: bool) -> bool:
    if not draft.export_to:
        return default_private
    return len(draft.export_to) == 1 and bool(draft.export_to & {PRIVATE, draft.namespace})


HostDrafts = dict[str, list[Draft]]


@dataclass(slots=True)
class _Indexes:
    """The indexes while they grow."""

    local: dict[str, HostDrafts] = field(default_factory=dict)
    exported: dict[str, HostDrafts] = field(default_factory=dict)
    root_private: HostDrafts = field(default_factory=dict)
    _rules: dict[tuple[Resource, ...], DestinationRule] = field(default_factory=dict)

    def freeze(self, root_namespace: str) -> DestinationRules:
        return DestinationRules(
            local={namespace: self._freeze_hosts(hosts) for namespace, hosts in self.local.items()},
            exported={namespace: self._freeze_hosts(hosts) for namespace, hosts in self.exported.items()},
            root_private=self._freeze_hosts(self.root_private),
            root_namespace=root_namespace,
        )

    def _freeze_hosts(self, hosts: HostDrafts) -> HostRules:
        rules = {host: tuple(self._rule(draft) for draft in drafts) for host, drafts in hosts.items()}
        return HostRules(
            exact={host: found for host, found in rules.items() if not is_wildcard(host)},
            wildcard={host: found for host, found in rules.items() if is_wildcard(host)},
        )

    def _rule(self, draft: Draft) -> DestinationRule:
        """One node for the same resources merged in the same order, whatever the index, so that clusters are shared."""
        sources = tuple(draft.sources)
        if sources not in self._rules:
            self._rules[sources] = _rule(draft, sources)
        return self._rules[sources]


def _rule(draft: Draft, sources: tuple[Resource, ...]) -> DestinationRule:
    meta = sources[0].meta
    return DestinationRule(
        name=meta.name,
        namespace=meta.namespace,
        created=created(meta),
        host=draft.host,
        traffic_policy=draft.traffic_policy,
        subsets=tuple(draft.subsets),
        selector=draft.selector,
        export_to=draft.export_to,
        sources=sources,
    )
