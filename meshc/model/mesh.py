"""The mesh: everything that the input says, indexed once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshc.model.credentials import Credentials
from meshc.model.destination_rules import DestinationRules
from meshc.model.endpoint_map import EndpointMap
from meshc.model.endpoints import EndpointIndex
from meshc.model.envoy_filters import EnvoyFilters
from meshc.model.network_gateways import NetworkGateways
from meshc.model.policies import Policies
from meshc.model.services import ServiceIndex
from meshc.model.shared import Memo
from meshc.model.sidecars import Sidecars
from meshc.model.telemetry import Telemetries
from meshc.model.virtual_services import VirtualServices
from meshc.model.workloads import Workloads
from meshc.resources.features import Features
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.mesh_config.networks import MeshNetworks
from meshc.resources.networking import Gateway, ProxyConfig
from meshc.resources.profile import Profile


@dataclass(frozen=True)
class Mesh:
    """One immutable mesh. Each part answers questions that do not depend on a single proxy.

    `proxy_configs` and `gateways` are the resources as they are, oldest first. `foreign` counts the objects of kinds
    that are not read.
    """

    config: MeshConfig
    networks: MeshNetworks
    features: Features
    profile: Profile
    workloads: Workloads
    services: ServiceIndex
    endpoints: EndpointIndex
    endpoint_map: EndpointMap
    virtual_services: VirtualServices
    destination_rules: DestinationRules
    sidecars: Sidecars
    policies: Policies
    telemetry: Telemetries
    envoy_filters: EnvoyFilters
    proxy_configs: tuple[ProxyConfig, ...]
    gateways: tuple[Gateway, ...]
    network_gateways: NetworkGateways
    credentials: Credentials
    foreign: Mapping[str, int]
    memo: Memo = field(default_factory=dict, repr=False)
