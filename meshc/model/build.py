"""Build: typed objects and settings in, the mesh out. The order in which the parts of the model come about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meshc.findings import Sink
from meshc.model import names
from meshc.model.assume import assume
from meshc.model.check import check
from meshc.model.cluster_local import cluster_local_hosts
from meshc.model.destination_rules import DestinationRules
from meshc.model.endpoints import EndpointIndex, Shard
from meshc.model.entries import is_ip, of_entry
from meshc.model.inventory import Inventory
from meshc.model.kubernetes import ClusterService, cluster_services, merge_clusters
from meshc.model.mesh import Mesh
from meshc.model.networks import NetworkView
from meshc.model.order import oldest_first
from meshc.model.pods import PodReader
from meshc.model.policies import Policies
from meshc.model.service_entries import expand, instances, shard
from meshc.model.services import ServiceIndex
from meshc.model.settings import Settings
from meshc.model.sidecars import Sidecars
from meshc.model.slices import SliceReader, entry_endpoints
from meshc.model.telemetry import Telemetries
from meshc.model.unread import report_foreign_config, report_unread
from meshc.model.virtual_services import VirtualServices
from meshc.model.workloads import Workload, Workloads
from meshc.resources.load import Objects
from meshc.resources.mesh_config.config_map import mesh_config_of, mesh_networks_of
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.networking import (
    DestinationRule,
    Gateway,
    ProxyConfig,
    ServiceEntry,
    Sidecar,
    VirtualService,
    WorkloadEntry,
)
from meshc.resources.security import AuthorizationPolicy, PeerAuthentication, RequestAuthentication
from meshc.resources.telemetry import Telemetry


def build(objects: Objects, settings: Settings, sink: Sink) -> Mesh:
    """The mesh of a configuration cluster's objects, and of the further clusters in the settings."""
    config = settings.config or mesh_config_of(objects, sink)
    networks = settings.networks or mesh_networks_of(objects, sink)
    clusters = tuple(
        _Cluster(members, inventory, NetworkView(name, inventory.namespaces, networks))
        for name, members in ((names.DEFAULT_CLUSTER, objects), *sorted(settings.clusters.items()))
        for inventory in (assume(members, name, sink),)
    )
    for cluster in clusters:
        report_unread(cluster.objects, cluster.inventory, sink)
    report_foreign_config(settings.clusters, sink)
    registry = _Registry(objects, clusters, config, settings, sink)
    workloads = registry.workloads()
    services, endpoints = registry.services(workloads)
    features, root = settings.features, config.root_namespace
    on_gateways = features.enable_selector_based_k8s_gateway_policy
    mesh = Mesh(
        config=config,
        networks=networks,
        features=features,
        profile=settings.profile,
        workloads=workloads,
        services=services,
        endpoints=endpoints,
        virtual_services=VirtualServices.build(
            objects.by_kind(VirtualService), config.default_virtual_service_export_to, sink
        ),
        destination_rules=DestinationRules.build(
            objects.by_kind(DestinationRule),
            root,
            config.default_destination_rule_export_to,
            features.enable_enhanced_destinationrule_merge,
        ),
        sidecars=Sidecars.build(objects.by_kind(Sidecar), root, sink),
        policies=Policies.build(
            objects.by_kind(PeerAuthentication),
            objects.by_kind(AuthorizationPolicy),
            objects.by_kind(RequestAuthentication),
            root,
            on_gateways,
            sink,
        ),
        telemetry=Telemetries.build(objects.by_kind(Telemetry), root, on_gateways, sink),
        proxy_configs=tuple(oldest_first(objects.by_kind(ProxyConfig))),
        gateways=tuple(oldest_first(objects.by_kind(Gateway))),
        foreign=objects.foreign,
    )
    check(mesh, sink)
    return mesh


@dataclass(frozen=True, slots=True)
class _Cluster:
    """One cluster of the mesh on its way into the model."""

    objects: Objects
    inventory: Inventory
    network: NetworkView

    @property
    def id(self) -> str:
        return self.inventory.cluster_id


@dataclass(frozen=True, slots=True)
class _Registry:
    """Makes workloads, services and endpoints from all clusters. Only the first one's ServiceEntries count."""

    objects: Objects
    clusters: tuple[_Cluster, ...]
    config: MeshConfig
    settings: Settings
    sink: Sink

    def workloads(self) -> Workloads:
        """The pods that istiod knows (failed ones it does not) and the WorkloadEntries of every cluster."""
        domain = self.config.trust_domain
        checks = self.settings.features.pilot_enable_workload_entry_healthchecks
        made: list[Workload] = []
        for cluster in self.clusters:
            reader = PodReader(cluster.id, cluster.inventory.nodes, cluster.network, domain)
            made.extend(reader.read(pod) for pod in cluster.inventory.pods if pod.status.phase != "Failed")
            entries = cluster.objects.by_kind(WorkloadEntry)
            made.extend(of_entry(entry, cluster.id, domain, checks) for entry in entries)
        return Workloads(made)

    def services(self, workloads: Workloads) -> tuple[ServiceIndex, EndpointIndex]:
        """All services, and the endpoints behind them."""
        features, domain = self.settings.features, self.config.trust_domain
        exported = frozenset(self.config.default_service_export_to)
        known = {c.id: cluster_services(c.inventory, exported, domain) for c in self.clusters}
        namespaces = self.clusters[0].inventory.namespaces
        expanded = expand(self.objects.by_kind(ServiceEntry), namespaces, exported, features, self.sink)
        services = ServiceIndex(
            [*merge_clusters(known.values()), *(s for one in expanded for s in one.services)],
            known,
            cluster_local_hosts(self.config),
        )
        members = tuple(instances(expanded, workloads, domain, features))
        shards = [shard(members), *(self._shard(c, known[c.id], workloads) for c in sorted(self.clusters, key=_id))]
        return services, EndpointIndex(shards, members, services, self.config.trust_domain_aliases)

    def _shard(self, cluster: _Cluster, known: Iterable[ClusterService], workloads: Workloads) -> Shard:
        features = self.settings.features
        reader = SliceReader(cluster.inventory, workloads, cluster.network, features, self.sink)
        entries = _serving_entries(workloads, cluster.id) if features.pilot_enable_k8s_select_workload_entries else {}
        return {
            (one.service.hostname, one.service.namespace): (
                *reader.read(one),
                *entry_endpoints(one, entries.get(one.service.namespace, ())),
            )
            for one in known
        }


def _id(cluster: _Cluster) -> str:
    return cluster.id


def _serving_entries(workloads: Workloads, cluster: str) -> dict[str, list[Workload]]:
    """The WorkloadEntries that Services may select, by namespace: healthy, and at an IP address."""
    found: dict[str, list[Workload]] = {}
    for workload in workloads.all:
        if not workload.is_pod and workload.cluster_id == cluster and workload.ready and is_ip(workload.address):
            found.setdefault(workload.namespace, []).append(workload)
    return found
