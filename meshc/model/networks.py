"""Networks: on which network an address of a cluster lies (spec: clusters 22)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from meshc.model import names
from meshc.resources.core import Namespace
from meshc.resources.go_values import parse_prefix
from meshc.resources.mesh_config import MeshNetworks

SYSTEM_NAMESPACE = "istio-system"


class NetworkView:
    """The networks of one cluster's addresses: by label, by the system namespace's label, by the mesh networks."""

    def __init__(self, cluster_id: str, namespaces: Mapping[str, Namespace], networks: MeshNetworks) -> None:
        system = namespaces.get(SYSTEM_NAMESPACE)
        self._of_system = system.meta.labels.get(names.LABEL_NETWORK, "") if system is not None else ""
        self._of_registry = ""
        ranges: list[tuple[int, str, ipaddress.IPv4Network | ipaddress.IPv6Network]] = []
        for name, network in sorted(networks.networks.items()):
            for endpoint in network.endpoints:
                if endpoint.from_registry == cluster_id:
                    self._of_registry = name
                if endpoint.from_cidr and (cidr := parse_prefix(endpoint.from_cidr)) is not None:
                    ranges.append((cidr.network.prefixlen, name, cidr.network))
        self._ranges = sorted(ranges, key=lambda r: r[:2])

    def of(self, address: str, labels: Mapping[str, str]) -> str:
        """The network of an endpoint; empty if none is known. Of nested ranges the widest counts."""
        return labels.get(names.LABEL_NETWORK) or self._of_system or self._of_registry or self._of_range(address)

    def _of_range(self, address: str) -> str:
        if not self._ranges:
            return ""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return ""
        return next((name for _, name, cidr in self._ranges if ip in cidr), "")
