"""The services of the mesh in istiod's order, and who sees which (spec: listeners 7, clusters 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshc.model.aliases import resolve_aliases
from meshc.model.hosts import most_specific
from meshc.model.kubernetes import ClusterService
from meshc.model.service import Service


class ServiceIndex:
    """All services, by host, and by the namespaces that they are exported to."""

    def __init__(
        self,
        services: Iterable[Service],
        cluster_services: Mapping[str, tuple[ClusterService, ...]],
        cluster_local: Mapping[str, bool],
    ) -> None:
        """Order and index `services`: Kubernetes' by host first, then ServiceEntries', before sorting.

        `cluster_services` are each cluster's own, `cluster_local` says of hosts and wildcards whether they stay in
        their cluster.
        """
        ordered = sorted(services, key=lambda s: (s.created, s.name, s.namespace))
        self.all: tuple[Service, ...] = tuple(resolve_aliases(ordered))
        self._by_host: dict[str, list[Service]] = {}
        self._public: list[Service] = []
        self._exported: dict[str, list[Service]] = {}
        for service in self.all:
            self._by_host.setdefault(service.hostname, []).append(service)
            self._export(service)
        self._visible: dict[str, tuple[Service, ...]] = {}
        self._of_clusters: dict[tuple[str, str], list[ClusterService]] = {}
        for cluster, known in cluster_services.items():
            for one in known:
                self._of_clusters.setdefault((cluster, one.service.namespace), []).append(one)
        self._cluster_local = cluster_local

    def visible(self, namespace: str) -> tuple[Service, ...]:
        """What a namespace sees: the services exported to it by name or privately, then the public ones."""
        found = self._visible.get(namespace)
        if found is None:
            found = self._visible[namespace] = (*self._exported.get(namespace, ()), *self._public)
        return found

    def by_host(self, hostname: str) -> tuple[Service, ...]:
        """The services of a host in all namespaces, in the order of `all`."""
        return tuple(self._by_host.get(hostname, ()))

    def get(self, hostname: str, namespace: str) -> Service | None:
        """The service of a host in a namespace: the first one, but a Kubernetes Service before any other."""
        found = [s for s in self._by_host.get(hostname, ()) if s.namespace == namespace]
        return next((s for s in found if s.is_kubernetes), found[0] if found else None)

    def cluster_local(self, hostname: str) -> bool:
        """Traffic to the host stays in the client's cluster (spec: clusters 19.3)."""
        return bool(most_specific(hostname, self._cluster_local))

    def of_cluster(self, cluster: str, namespace: str) -> tuple[ClusterService, ...]:
        """The Kubernetes Services of a namespace as one cluster knows them, by host."""
        return tuple(self._of_clusters.get((cluster, namespace), ()))

    def _export(self, service: Service) -> None:
        if "*" in service.export_to:
            self._public.append(service)
        elif "~" not in service.export_to:
            for namespace in {service.namespace if to == "." else to for to in service.export_to}:
                self._exported.setdefault(namespace, []).append(service)
