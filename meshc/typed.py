"""A configuration in, the same as dataclasses of envoy-data-plane out. The package is slow."""

from __future__ import annotations

from functools import cached_property

from envoy_data_plane.envoy.config.cluster.v3 import Cluster
from envoy_data_plane.envoy.config.core.v3 import TypedExtensionConfig
from envoy_data_plane.envoy.config.endpoint.v3 import ClusterLoadAssignment
from envoy_data_plane.envoy.config.listener.v3 import Listener
from envoy_data_plane.envoy.config.route.v3 import RouteConfiguration
from envoy_data_plane.envoy.extensions.transport_sockets.tls.v3 import Secret

from meshc.envoy.config import ProxyConfig


class TypedConfig:
    """The resources of one proxy as dataclasses, made when first asked for. Changing one changes nothing else."""

    def __init__(self, config: ProxyConfig) -> None:
        self._config = config

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        """The listeners."""
        return tuple(Listener.parse(resource.wire) for resource in self._config.listeners)

    @cached_property
    def routes(self) -> tuple[RouteConfiguration, ...]:
        """The route configurations."""
        return tuple(RouteConfiguration.parse(resource.wire) for resource in self._config.routes)

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The clusters."""
        return tuple(Cluster.parse(resource.wire) for resource in self._config.clusters)

    @cached_property
    def endpoints(self) -> tuple[ClusterLoadAssignment, ...]:
        """The endpoints of the clusters that discover them."""
        return tuple(ClusterLoadAssignment.parse(resource.wire) for resource in self._config.endpoints)

    @cached_property
    def secrets(self) -> tuple[Secret, ...]:
        """The secrets that istiod serves."""
        return tuple(Secret.parse(resource.wire) for resource in self._config.secrets)

    @cached_property
    def extensions(self) -> tuple[TypedExtensionConfig, ...]:
        """The configurations of filters that are discovered."""
        return tuple(TypedExtensionConfig.parse(resource.wire) for resource in self._config.extensions)
