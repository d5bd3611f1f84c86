"""Locality load balancing settings in, what istiod holds against them out (spec: tooling 19.3)."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.resources.check.place import Fault, Place
from meshc.resources.networking.common import Distribute, Failover, LocalityLoadBalancerSetting

WHOLE = 100

_TOPOLOGY_LABELS = frozenset(
    ("topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone")
)


def check_localities(at: Place, setting: LocalityLoadBalancerSetting | None, *, has_outlier_detection: bool) -> None:
    """The settings of a DestinationRule or of the mesh. Failover acts on ejected endpoints only."""
    if setting is None:
        return
    if setting.distribute and setting.failover:
        (at / "failover").tell("MC0413", "failover cannot stand beside distribute")
        return
    label = next((label for label in setting.failover_priority if label in _TOPOLOGY_LABELS), None)
    if setting.failover and label is not None:
        (at / "failoverPriority").tell("MC0413", f"failoverPriority by {label} cannot stand beside failover")
        return
    for entry, distribute in at.each("distribute", setting.distribute):
        if not _check_distribute(entry, distribute):
            return
    (at / "distribute").judge("MC0425", _overlap_fault(d.from_ for d in setting.distribute))
    if (setting.failover or setting.failover_priority) and not has_outlier_detection:
        at.tell("MC0455", "failover has no effect without outlier detection")
    for entry, failover in at.each("failover", setting.failover):
        entry.judge("MC0425", _failover_fault(failover))


def _check_distribute(at: Place, distribute: Distribute) -> bool:
    """The weights of one `distribute`; whether they are percentages of a whole."""
    for entry, locality, weight in at.entries("to", distribute.to):
        if not 1 <= weight <= WHOLE:
            entry.tell("MC0414", f"weight {weight} of {locality} is out of range: 1 to {WHOLE}")
            return False
    total = sum(distribute.to.values())
    if total != WHOLE:
        (at / "to").tell("MC0414", f"the weights sum up to {total}, not {WHOLE}")
        return False
    (at / "to").judge("MC0425", _overlap_fault(distribute.to))
    return True


def _overlap_fault(localities: Iterable[str]) -> Fault:
    """No locality covers another: a region covers its zones, `*` those that no locality before it names."""
    known: list[tuple[str, ...]] = []
    for locality in localities:
        if "*" in locality.removesuffix("*"):
            return f"{locality!r} has a wildcard that is not its end"
        parts = tuple(locality.split("/"))
        if not all(parts) or len(parts) > 3:
            return f"{locality!r} is no locality: region/zone/subzone, from the left, none of them empty"
        area = tuple(part for part in parts if part != "*")
        if any(area[: len(other)] == other or (area == parts == other[: len(area)]) for other in known):
            return f"{locality!r} overlaps with another locality of the list"
        known.append(area)
    return ""


def _failover_fault(failover: Failover) -> Fault:
    text = f"failover from {failover.from_!r} to {failover.to!r}"
    if failover.from_ == failover.to:
        return f"{text} leads nowhere"
    return f"{text} must name regions alone" if {"/", "*"} & {*failover.from_, *failover.to} else ""
