"""Policies of which each workload has one: those that an older one with a fitting selector keeps from a workload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshc.findings import Origin, Sink
from meshc.model.mesh import Mesh
from meshc.model.workloads import Workload


def report_selectors(mesh: Mesh, sink: Sink) -> None:
    """Look for workloads that two PeerAuthentications or two Sidecars select."""
    for namespace, peers in mesh.policies.peers.items():
        _report(mesh, namespace, ((selector, policy.origin) for selector, policy in peers.selective), "MC0522", sink)
    for namespace, sidecars in mesh.sidecars.by_namespace.items():
        selective = ((s.spec.workload_selector.labels, s.origin) for s in sidecars if s.spec.workload_selector)
        _report(mesh, namespace, selective, "MC0526", sink)


def _report(
    mesh: Mesh, namespace: str, selective: Iterable[tuple[Mapping[str, str], Origin]], code: str, sink: Sink
) -> None:
    """Each pair is said once, with the first of the workloads as the example."""
    owners: dict[Workload, Origin] = {}
    for selector, origin in selective:
        shadowed: set[Origin] = set()
        for workload in mesh.workloads.select(namespace, selector):
            owner = owners.setdefault(workload, origin)
            if owner is not origin and owner not in shadowed:
                shadowed.add(owner)
                sink.add(code, origin, f"{owner} comes first for {workload.kind} {namespace}/{workload.name}")
