"""Build: typed objects and settings in, the mesh out. The order in which the parts of the model come about."""

from __future__ import annotations

from meshc.findings import Sink
from meshc.model import names
from meshc.model.assume import assume
from meshc.model.check import check
from meshc.model.credentials import Credentials
from meshc.model.destination_rules import DestinationRules
from meshc.model.discovered import discovered
from meshc.model.endpoint_map import EndpointMap
from meshc.model.envoy_filters import EnvoyFilters
from meshc.model.mesh import Mesh
from meshc.model.network_gateways import NetworkGateways
from meshc.model.networks import NetworkView
from meshc.model.order import oldest_first
from meshc.model.policies import Policies
from meshc.model.registry import Cluster, build_services, build_workloads
from meshc.model.settings import Settings
from meshc.model.sidecars import Sidecars
from meshc.model.telemetry import Telemetries
from meshc.model.unread import report_foreign_config, report_unread
from meshc.model.virtual_services import VirtualServices
from meshc.resources.load import Objects
from meshc.resources.mesh_config.config_map import mesh_config_of, mesh_networks_of
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.mesh_config.networks import MeshNetworks
from meshc.resources.networking import (
    DestinationRule,
    EnvoyFilter,
    Gateway,
    ProxyConfig,
    Sidecar,
    VirtualService,
)
from meshc.resources.security import AuthorizationPolicy, PeerAuthentication, RequestAuthentication
from meshc.resources.telemetry import Telemetry


def build(objects: Objects, settings: Settings, sink: Sink) -> Mesh:
    """The mesh of a configuration cluster's objects, and of the further clusters in the settings."""
    config = settings.config or mesh_config_of(objects, sink)
    networks = settings.networks or mesh_networks_of(objects, sink)
    clusters = _clusters(objects, settings, config, networks, sink)
    objects = clusters[0].objects
    workloads = build_workloads(clusters, config, settings.features)
    services, endpoints = build_services(clusters, workloads, config, settings.features, sink)
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
        endpoint_map=EndpointMap.build(settings.endpoint_map, workloads, services, sink),
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
        envoy_filters=EnvoyFilters.build(objects.by_kind(EnvoyFilter), root, on_gateways),
        proxy_configs=tuple(oldest_first(objects.by_kind(ProxyConfig))),
        gateways=tuple(oldest_first(objects.by_kind(Gateway))),
        network_gateways=NetworkGateways.build(networks, (c.inventory for c in clusters), sink),
        credentials=Credentials.build(((c.id, c.objects) for c in clusters), features.verify_sds_certificate),
        foreign=objects.foreign,
    )
    check(mesh, sink)
    return mesh


def _clusters(
    objects: Objects, settings: Settings, config: MeshConfig, networks: MeshNetworks, sink: Sink
) -> tuple[Cluster, ...]:
    """The clusters of the mesh, complete; the one that holds the configuration first, the others by name."""
    report_foreign_config(settings.clusters, sink)
    made = []
    for name, members in ((names.DEFAULT_CLUSTER, objects), *sorted(settings.clusters.items())):
        considered = discovered(members, config.discovery_selectors, settings.features.revision, sink)
        inventory = assume(considered, name, sink)
        report_unread(considered, inventory, sink)
        made.append(Cluster(considered, inventory, NetworkView(name, inventory.namespaces, networks)))
    return tuple(made)
