"""Sidecar resources: which one scopes the sidecar of a workload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshc.findings import Sink
from meshc.frozen import frozen
from meshc.model.label_index import selects
from meshc.model.order import by_namespace
from meshc.resources.networking.sidecar import Sidecar


@frozen
class Sidecars:
    """The Sidecar resources by namespace, those with a selector first, else oldest first; and the one of the mesh."""

    by_namespace: Mapping[str, tuple[Sidecar, ...]]
    root: Sidecar | None

    @staticmethod
    def build(resources: Iterable[Sidecar], root_namespace: str, sink: Sink) -> Sidecars:
        """Sort and index the resources."""
        sidecars = {
            namespace: tuple(sorted(members, key=lambda s: s.spec.workload_selector is None))
            for namespace, members in by_namespace(resources).items()
        }
        for members in sidecars.values():
            _report_ignored(members, sink)
            for sidecar in members:
                _report_hosts(sidecar, sink)
        root = next((s for s in sidecars.get(root_namespace, ()) if s.spec.workload_selector is None), None)
        return Sidecars(sidecars, root)

    def for_workload(self, namespace: str, labels: Mapping[str, str]) -> Sidecar | None:
        """The first Sidecar of the namespace that selects the workload, else the mesh's (spec: listeners 8)."""
        for sidecar in self.by_namespace.get(namespace, ()):
            selector = sidecar.spec.workload_selector
            if selector is None or selects(selector.labels, labels):
                return sidecar
        return self.root


def _report_ignored(sidecars: tuple[Sidecar, ...], sink: Sink) -> None:
    wide = [sidecar for sidecar in sidecars if sidecar.spec.workload_selector is None]
    for ignored in wide[1:]:
        text = f"Sidecar {wide[0].meta.name} is older and already holds for all of {wide[0].meta.namespace}"
        sink.add("MC0525", ignored.origin, f"{text}; this one is ignored")


def _report_hosts(sidecar: Sidecar, sink: Sink) -> None:
    for index, listener in enumerate(sidecar.spec.egress):
        for host in listener.hosts:
            if host.count("/") != 1:
                origin = sidecar.origin_of(listener, f"spec.egress[{index}].hosts")
                sink.add("MC0527", origin, f"`{host}` is not of the form namespace/dnsName and imports nothing")
