"""The registry: complete clusters in, the workloads, services and endpoints of the mesh out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from meshc.findings import Sink
from meshc.frozen import frozen
from meshc.model.cluster_local import cluster_local_hosts
from meshc.model.endpoints import EndpointIndex, Shard
from meshc.model.entries import may_serve, of_entry
from meshc.model.inventory import Inventory
from meshc.model.kubernetes import ClusterService, cluster_services, merge_clusters
from meshc.model.networks import NetworkView
from meshc.model.pods import PodReader
from meshc.model.service_entries import expand, instances, shard
from meshc.model.services import ServiceIndex
from meshc.model.slices import SliceReader, entry_endpoints
from meshc.model.workloads import Workload, Workloads
from meshc.resources.features import Features
from meshc.resources.load import Objects
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.networking import ServiceEntry, WorkloadEntry


@frozen
class Cluster:
    """One cluster of the mesh on its way into the model."""

    objects: Objects
    inventory: Inventory
    network: NetworkView

    @property
    def id(self) -> str:
        """The cluster id."""
        return self.inventory.cluster_id


def build_workloads(clusters: Iterable[Cluster], config: MeshConfig, features: Features) -> Workloads:
    """The pods that istiod knows (failed ones it does not) and the WorkloadEntries of every cluster."""
    domain, checks = config.trust_domain, features.pilot_enable_workload_entry_healthchecks
    made: list[Workload] = []
    for cluster in clusters:
        reader = PodReader(cluster.id, cluster.inventory.nodes, cluster.network, domain)
        inventory = cluster.inventory
        living = (pod for pod in inventory.pods if pod.status.phase != "Failed")
        made.extend(reader.read(p, inventory.assumed.get((p.meta.namespace, p.meta.name))) for p in living)
        made.extend(of_entry(e, cluster.id, domain, checks) for e in cluster.objects.by_kind(WorkloadEntry))
    return Workloads(made)


def build_services(
    clusters: Sequence[Cluster], workloads: Workloads, config: MeshConfig, features: Features, sink: Sink
) -> tuple[ServiceIndex, EndpointIndex]:
    """All services, and the endpoints behind them. Only the first cluster's ServiceEntries count."""
    domain, exported = config.trust_domain, frozenset(config.default_service_export_to)
    known = {c.id: cluster_services(c.inventory, exported, domain) for c in clusters}
    entries, namespaces = clusters[0].objects.by_kind(ServiceEntry), clusters[0].inventory.namespaces
    expanded = expand(entries, namespaces, exported, features, sink)
    services = ServiceIndex(
        [*merge_clusters(known.values()), *(s for one in expanded for s in one.services)],
        known,
        cluster_local_hosts(config),
    )
    members = tuple(instances(expanded, workloads, domain, features))
    by_id = sorted(clusters, key=lambda c: c.id)
    shards = [shard(members), *(_shard(c, known[c.id], workloads, features, sink) for c in by_id)]
    return services, EndpointIndex(shards, members, services, config.trust_domain_aliases)


def _shard(
    cluster: Cluster, known: Iterable[ClusterService], workloads: Workloads, features: Features, sink: Sink
) -> Shard:
    """The endpoints of a cluster's Services: of their slices, then of the WorkloadEntries that they select."""
    reader = SliceReader(cluster.inventory, workloads, cluster.network, features, sink)
    entries = _serving_entries(workloads, cluster.id) if features.pilot_enable_k8s_select_workload_entries else {}
    return {
        (one.service.hostname, one.service.namespace): (
            *reader.read(one),
            *entry_endpoints(one, entries.get(one.service.namespace, ())),
        )
        for one in known
    }


def _serving_entries(workloads: Workloads, cluster: str) -> dict[str, list[Workload]]:
    """The WorkloadEntries that Services may select, by namespace: healthy, and at an IP address."""
    found: dict[str, list[Workload]] = {}
    for workload in workloads.all:
        if not workload.is_pod and workload.cluster_id == cluster and workload.ready and may_serve(workload.address):
            found.setdefault(workload.namespace, []).append(workload)
    return found
