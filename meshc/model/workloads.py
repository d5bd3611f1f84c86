"""Workloads: pods and WorkloadEntries, with everything that istiod knows about one before any service refers to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshc.findings import Origin
from meshc.model import names
from meshc.model.label_index import LabelIndex
from meshc.model.node import node
from meshc.model.service import Created

POD = "Pod"
WORKLOAD_ENTRY = "WorkloadEntry"


@node
class Workload:
    """A pod, or a WorkloadEntry.

    `labels` are its own, `topology_labels` those with locality, cluster, node and network added. `ips` of a
    WorkloadEntry hold its address as written, which may be a host name or a `unix://` path. `account` is the name of
    the service account, `identity` its SPIFFE id (empty without an account). `locality` is `region/zone/subzone`.
    `ports` are numbers by (port name, transport), containers before restartable init containers; those of a
    WorkloadEntry count as TCP. `ready`: a pod that is ready, has an address and is not about to go; a WorkloadEntry
    that passes its health check. `arguments` are those of the container `istio-proxy`, `container_ports` the (name,
    number, transport) of its containers' ports, `owner_url` is how the agent names what the pod belongs to.
    """

    kind: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    topology_labels: Mapping[str, str]
    annotations: Mapping[str, str]
    ips: tuple[str, ...]
    account: str
    identity: str
    node_name: str
    locality: str
    workload_name: str
    owner: str
    network: str
    cluster_id: str
    ports: Mapping[tuple[str, str], int]
    weight: int
    ready: bool
    created: Created
    tls_mode: str
    containers: tuple[str, ...]
    arguments: tuple[str, ...]
    origin: Origin
    container_ports: tuple[tuple[str, int, str], ...] = ()
    owner_url: str = ""

    @property
    def address(self) -> str:
        """The first address; empty without one."""
        return self.ips[0] if self.ips else ""

    @property
    def is_pod(self) -> bool:
        """A pod, not a WorkloadEntry."""
        return self.kind == POD

    def port(self, name: str, transport: str = "TCP") -> int:
        """The number of a named port; 0 if there is none of that name."""
        return self.ports.get((name, transport), 0)


class Workloads:
    """The workloads of all clusters: pods, then WorkloadEntries, each by namespace, name and cluster."""

    def __init__(self, workloads: Iterable[Workload]) -> None:
        ordered = sorted(workloads, key=lambda w: (not w.is_pod, w.namespace, w.name, w.cluster_id))
        self.all: tuple[Workload, ...] = tuple(ordered)
        self._pods = {(w.cluster_id, w.namespace, w.name): w for w in self.all if w.is_pod}
        self._by_ip: dict[str, list[Workload]] = {}
        self._by_namespace: dict[str, list[Workload]] = {}
        for workload in self.all:
            self._by_namespace.setdefault(workload.namespace, []).append(workload)
            for ip in workload.ips:
                self._by_ip.setdefault(ip, []).append(workload)
        self._index: LabelIndex[Workload] | None = None

    def pod(self, namespace: str, name: str, cluster: str = names.DEFAULT_CLUSTER) -> Workload | None:
        """The pod of that name in a cluster."""
        return self._pods.get((cluster, namespace, name))

    def of_namespace(self, namespace: str) -> tuple[Workload, ...]:
        """The workloads of a namespace, in the order of `all`."""
        return tuple(self._by_namespace.get(namespace, ()))

    def by_ip(self, ip: str) -> tuple[Workload, ...]:
        """The workloads that have an address, in the order of `all`."""
        return tuple(self._by_ip.get(ip, ()))

    def select(self, namespace: str, selector: Mapping[str, str]) -> list[Workload]:
        """The workloads of a namespace that a selector selects by their topology labels, in the order of `all`."""
        if self._index is None:
            self._index = LabelIndex(self.all, lambda w: (w.namespace, w.topology_labels))
        return self._index.select(namespace, selector)
