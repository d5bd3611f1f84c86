"""Locality load balancing: a setting and endpoints by locality in, priorities and weights out (spec: clusters 21)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from meshc.frozen import frozen
from meshc.ir.endpoint import LbEndpoint
from meshc.ir.node import value
from meshc.model import api, locality, names
from meshc.model.mesh import Mesh
from meshc.model.service import Service, TrafficDistribution
from meshc.model.traffic_policy import Policy

UINT32 = 2**32

_SAME_ZONE = (names.LABEL_NETWORK, names.LABEL_REGION, names.LABEL_ZONE)
_NEAR = {
    TrafficDistribution.SAME_ZONE: _SAME_ZONE,
    TrafficDistribution.SAME_NODE: (*_SAME_ZONE, names.LABEL_SUBZONE, names.LABEL_HOSTNAME),
}


@value
class LocalityRules:
    """The locality setting in force. `failing_over`: unhealthy endpoints are noticed, so that failover can work."""

    distribute: tuple[api.Distribute, ...] = ()
    failover: tuple[api.Failover, ...] = ()
    failover_priority: tuple[str, ...] = ()
    failing_over: bool = False

    @property
    def weighted(self) -> bool:
        """Localities are weighted against each other; plain failover by nearness alone does not need it."""
        return bool(self.distribute) or (self.failing_over and bool(self.failover or self.failover_priority))

    @property
    def by_locality(self) -> bool:
        """The answer depends on the locality of the client."""
        return bool(self.distribute) or (self.failing_over and bool(self.failover or not self.failover_priority))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the client that the answer depends on."""
        if self.distribute or not self.failing_over:
            return ()
        return tuple(key for key, value in map(_label, self.failover_priority) if value is None)


def locality_rules(mesh: Mesh, service: Service, policy: Policy) -> LocalityRules | None:
    """The setting for a service under a policy: the policy's, else the service's own preference, else the mesh's.

    They are never merged; None if the one that counts is switched off (spec: clusters 11.5).
    """
    balancer = policy.load_balancer
    own = balancer.locality_lb_setting if balancer is not None else None
    near = _NEAR.get(service.traffic_distribution)
    if own is None and near is not None:
        return LocalityRules(failover_priority=near, failing_over=True)
    setting = mesh.config.locality_lb_setting if own is None else own
    if setting is None or setting.enabled is False:
        return None
    return LocalityRules(
        distribute=setting.distribute,
        failover=setting.failover,
        failover_priority=setting.failover_priority,
        failing_over=policy.outlier_detection is not None,
    )


@frozen
class Member:
    """An endpoint of a group, with the labels of what stands behind it."""

    endpoint: LbEndpoint
    labels: Mapping[str, str]


@frozen
class Group:
    """Endpoints of one locality at one priority. `weight` None: the group has none, because it has no endpoints."""

    locality: str
    members: tuple[Member, ...]
    weight: int | None
    priority: int = 0


def total_weight(members: Sequence[Member]) -> int:
    """The sum of the weights, as an unsigned number of 32 bits wraps."""
    return sum(member.endpoint.weight or 0 for member in members) % UINT32


def prioritized(
    groups: tuple[Group, ...], rules: LocalityRules, client: str, labels: Mapping[str, str]
) -> tuple[Group, ...]:
    """The groups with the weights and priorities that a client in a locality, with its labels, gives them."""
    if rules.distribute:
        return _distributed(groups, rules.distribute, client)
    if not rules.failing_over:
        return groups
    if rules.failover_priority:
        groups = _by_labels(groups, rules.failover_priority, labels)
        if not rules.failover:
            return groups
    return _by_nearness(groups, rules.failover, client)


def _distributed(groups: tuple[Group, ...], distribute: Sequence[api.Distribute], client: str) -> tuple[Group, ...]:
    """Weights by the first entry for the client's locality; localities that it does not name lose their endpoints."""
    entry = next((d for d in distribute if _matches(client, d.from_)), None)
    if entry is None:
        return groups
    made = [replace(group, members=()) for group in groups]
    free = dict(enumerate(groups))
    for wanted, percent in entry.to.items():
        taken = {index: group for index, group in free.items() if _matches(group.locality, wanted)}
        total = sum(_weight(group) for group in taken.values()) % UINT32
        for index, group in taken.items():
            del free[index]
            share = _weight(group) * percent % UINT32 / total if total else 0.0
            made[index] = replace(group, weight=math.ceil(share) if share > 0 else group.weight)
    return tuple(made)


def _weight(group: Group) -> int:
    return 1 if group.weight is None else group.weight


def _matches(where: str, rule: str) -> bool:
    """Whether a locality fits a rule: `*` fits everything, and so do a zone and a subzone left out."""
    parts, wanted = locality.split(where), locality.split(rule)
    return wanted[0] in ("*", parts[0]) and all(w in ("*", "", p) for p, w in zip(parts[1:], wanted[1:], strict=True))


def _by_nearness(groups: tuple[Group, ...], failover: Sequence[api.Failover], client: str) -> tuple[Group, ...]:
    """Priorities by the parts of the locality shared with the client, below those already given."""
    takes_over = next((f.to for f in failover if f.from_ == locality.split(client)[0]), None)
    distances = [5 * group.priority + _distance(client, group.locality, takes_over) for group in groups]
    return _renumbered([replace(group, priority=d) for group, d in zip(groups, distances, strict=True)])


def _distance(client: str, where: str, takes_over: str | None) -> int:
    """0 for the same subzone to 3 for another region, 4 for a region that is not to take over."""
    here, there = locality.split(client), locality.split(where)
    shared = next((n for n in (3, 2, 1) if here[:n] == there[:n]), 0)
    if shared == 0 and takes_over is not None and there[0] != takes_over:
        return 4
    return 3 - shared


def _by_labels(groups: tuple[Group, ...], items: Sequence[str], labels: Mapping[str, str]) -> tuple[Group, ...]:
    """Each group in one group per priority: the more labels in a row an endpoint shares with the client, the nearer.

    An item `label=value` compares with that value instead of the client's.
    """
    asked = [_label(item) for item in items]
    given = {key: value for key, value in asked if value is not None}
    expected = [(key, given[key] if key in given else labels.get(key, "")) for key, _ in asked]
    return _renumbered([part for group in groups for part in _split_by_labels(group, expected)])


def _label(item: str) -> tuple[str, str | None]:
    """The label of an item, and the value that it gives; None without one, which includes what has two equals signs."""
    key, *values = item.split("=")
    return key, values[0] if len(values) == 1 else None


def _split_by_labels(group: Group, expected: Sequence[tuple[str, str]]) -> Iterator[Group]:
    def rank(member: Member) -> int:
        misses = (index for index, (key, value) in enumerate(expected) if member.labels.get(key, "") != value)
        return len(expected) - next(misses, len(expected))

    for priority, members in groupby(sorted(group.members, key=rank), key=rank):
        chosen = tuple(members)
        yield Group(locality=group.locality, members=chosen, weight=total_weight(chosen), priority=priority)


def _renumbered(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The priorities without gaps, from 0 on."""
    ranks = {priority: rank for rank, priority in enumerate(sorted({group.priority for group in groups}))}
    return tuple(replace(group, priority=ranks[group.priority]) for group in groups)
