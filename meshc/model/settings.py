"""What beside the manifests decides how a mesh is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from meshc.frozen import frozen
from meshc.resources.features import Features
from meshc.resources.load import Objects
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.mesh_config.networks import MeshNetworks
from meshc.resources.profile import Profile


@frozen
class Settings:
    """`config` and `networks` as they are in force, None to take them from the ConfigMap `istio` among the manifests.

    `clusters` are the objects of further clusters by cluster id. `endpoint_map` gives the real addresses
    (`host[:port]`) of a pod, workload or service in static deployments.
    """

    config: MeshConfig | None = None
    networks: MeshNetworks | None = None
    features: Features = field(default_factory=Features)
    profile: Profile = field(default_factory=lambda: Profile.named("1.30"))
    clusters: Mapping[str, Objects] = field(default_factory=dict)
    endpoint_map: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
