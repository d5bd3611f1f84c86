"""Hosts whose traffic stays in the client's cluster (spec: clusters 19.3)."""

from __future__ import annotations

from meshc.model.names import CLUSTER_DOMAIN
from meshc.resources.mesh_config.mesh import MeshConfig


def cluster_local_hosts(config: MeshConfig) -> dict[str, bool]:
    """Whether a host or wildcard stays in its cluster: the mesh's `serviceSettings`, and istiod's defaults."""
    hosts: dict[str, bool] = {}
    for settings in config.service_settings:
        local = settings.settings is not None and settings.settings.cluster_local
        hosts.update(dict.fromkeys(settings.hosts, local))
    defaults = (
        f"*.kube-system.svc.{CLUSTER_DOMAIN}",
        f"kubernetes.default.svc.{CLUSTER_DOMAIN}",
        _discovery_host(config.default_config.discovery_address),
    )
    for host in defaults:
        hosts.setdefault(host, True)
    return hosts


def _discovery_host(address: str) -> str:
    host = address.rpartition(":")[0] or address
    return host if host.endswith(CLUSTER_DOMAIN) else f"{host}.{CLUSTER_DOMAIN}"
