"""Where a proxy gets its resources from when there is no control plane: from the resource itself, or from files.

Resources of istiod refer to each other by name and ask the control plane: listeners for routes and extensions, clusters
for endpoints, TLS for secrets. Here each reference is either replaced by what it refers to or sent to a file.
"""

from __future__ import annotations

import ipaddress
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from meshc.envoy.config import ProxyConfig, Resource, ResourceType
from meshc.envoy.rewrite import Rewriter
from meshc.envoy.secrets import SDS_CONFIG
from meshc.findings import Origin, Sink

_V3 = 2
"""`envoy.config.core.v3.ApiVersion.V3`; a field of an existing message takes the number alone."""

_MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3"


class Sources(ABC):
    """Changes the listeners and clusters of a configuration so that nothing asks the control plane."""

    def rewrite(self, config: ProxyConfig) -> ProxyConfig:
        """The configuration with every reference changed."""
        return config.map(self._one)

    def _one(self, kind: ResourceType, resource: Resource) -> Resource:
        if kind not in ("listeners", "clusters"):
            return resource
        message: Any = type(resource.message)()
        message.CopyFrom(resource.message)
        self._rewriter(resource.origin)(message)
        return Resource.of(resource.name, resource.origin, message)

    def _rewriter(self, origin: Origin) -> Rewriter:
        def manager(message: Any) -> bool:
            return self.filters(message.http_filters, origin) | self.manager(message)

        return Rewriter(
            {
                f"{_MANAGER}.HttpConnectionManager": manager,
                "envoy.config.listener.v3.FilterChain": lambda chain: self.filters(chain.filters, origin),
                "envoy.config.cluster.v3.Cluster": self.cluster,
                SDS_CONFIG: self.secret,
            }
        )

    @abstractmethod
    def manager(self, manager: Any) -> bool:
        """Change where an HTTP connection manager has its routes from."""

    @abstractmethod
    def filters(self, filters: Any, origin: Origin) -> bool:
        """Change where the filters of a chain or of a connection manager have their configurations from."""

    @abstractmethod
    def cluster(self, cluster: Any) -> bool:
        """Change where a cluster has its endpoints from."""

    @abstractmethod
    def secret(self, config: Any) -> bool:
        """Change where a secret comes from."""


@dataclass(slots=True)
class Inline(Sources):
    """Everything stands in the resource that refers to it; secrets stand beside them by name."""

    routes: Mapping[str, Any]
    endpoints: Mapping[str, Any]
    extensions: Mapping[str, Any]
    sink: Sink

    @staticmethod
    def of(config: ProxyConfig, sink: Sink) -> Inline:
        """The resources of a configuration by name."""
        by_name = {kind: {r.name: r.message for r in config.of(kind)} for kind in _REFERRED}
        return Inline(by_name["routes"], by_name["endpoints"], by_name["extensions"], sink)

    def manager(self, manager: Any) -> bool:
        """A route configuration that does not exist is an empty one: every request gets 404."""
        if not manager.HasField("rds"):
            return False
        name = manager.rds.route_config_name
        manager.route_config.name = name
        if name in self.routes:
            manager.route_config.CopyFrom(self.routes[name])
        return True

    def filters(self, filters: Any, origin: Origin) -> bool:
        """A filter whose configuration does not exist is left out."""
        changed = False
        for index in reversed(range(len(filters))):
            one = filters[index]
            if one.HasField("config_discovery"):
                changed = True
                if one.name in self.extensions:
                    one.typed_config.CopyFrom(self.extensions[one.name].typed_config)
                else:
                    self.sink.add("MC0702", origin, f"filter {one.name} is left out: nobody has its configuration")
                    del filters[index]
        return changed

    def cluster(self, cluster: Any) -> bool:
        """Endpoints with host names are resolved, which a cluster with a discovery service would not do either."""
        if cluster.type != cluster.EDS:
            return False
        name = cluster.eds_cluster_config.service_name or cluster.name
        cluster.ClearField("eds_cluster_config")
        cluster.load_assignment.cluster_name = cluster.name
        if name in self.endpoints:
            cluster.load_assignment.CopyFrom(self.endpoints[name])
        by_name = has_host_names(cluster.load_assignment)
        cluster.type = cluster.STRICT_DNS if by_name else cluster.STATIC
        return True

    def secret(self, config: Any) -> bool:
        """Without a source Envoy looks among the secrets of the bootstrap."""
        config.ClearField("sds_config")
        return True


_REFERRED: tuple[ResourceType, ...] = ("routes", "endpoints", "extensions")


def has_host_names(assignment: Any) -> bool:
    """Any endpoint of a load assignment is at a host name."""
    return any(
        not _is_ip(endpoint.endpoint.address.socket_address.address)
        for group in assignment.endpoints
        for endpoint in group.lb_endpoints
        if endpoint.endpoint.address.HasField("socket_address")
    )


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class Files(Sources):
    """Everything comes from files, which Envoy watches.

    `path` gives the file of a resource by type and name. With an agent beside the proxy (`agent`) it goes on serving
    the secrets that are its own. `used` collects the secrets that come from files.
    """

    path: Callable[[ResourceType, str], str]
    endpoints: Mapping[str, Any]
    agent: bool
    used: dict[str, None] = field(default_factory=dict)

    def manager(self, manager: Any) -> bool:
        """Routes from a file."""
        if manager.HasField("rds"):
            self._to_file(manager.rds.config_source, "routes", manager.rds.route_config_name)
        return bool(manager.HasField("rds"))

    def filters(self, filters: Any, origin: Origin) -> bool:
        """The configurations of filters, each from a file of its own."""
        found = [one for one in filters if one.HasField("config_discovery")]
        for one in found:
            self._to_file(one.config_discovery.config_source, "extensions", one.name)
        return bool(found)

    def cluster(self, cluster: Any) -> bool:
        """Endpoints from a file; where some are host names, in the cluster, as files of endpoints may not have any."""
        if cluster.type != cluster.EDS:
            return False
        name = cluster.eds_cluster_config.service_name or cluster.name
        assignment = self.endpoints.get(name)
        if assignment is not None and has_host_names(assignment):
            cluster.ClearField("eds_cluster_config")
            cluster.load_assignment.CopyFrom(assignment)
            cluster.type = cluster.STRICT_DNS
        else:
            self._to_file(cluster.eds_cluster_config.eds_config, "endpoints", name)
        return True

    def secret(self, config: Any) -> bool:
        """Secrets that the agent serves stay with it."""
        if self.agent and not config.sds_config.HasField("ads"):
            return False
        self._to_file(config.sds_config, "secrets", config.name)
        self.used[config.name] = None
        return True

    def _to_file(self, source: Any, kind: ResourceType, name: str) -> None:
        source.Clear()
        source.path_config_source.path = self.path(kind, name)
        source.resource_api_version = _V3
