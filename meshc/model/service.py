"""Istio's service model: what Kubernetes Services and ServiceEntries both become."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping

from meshc.findings import Origin
from meshc.model.node import node
from meshc.model.protocol import Protocol

UNSPECIFIED = "0.0.0.0"
"""The address of a service that has none."""

Created = float
"""Creation time in seconds since the epoch; -inf without a timestamp, which counts as older than any."""


class Registry(enum.Enum):
    """Where a service comes from; the values are istiod's provider ids."""

    KUBERNETES = "Kubernetes"
    EXTERNAL = "External"


class Resolution(enum.Enum):
    """How a client finds endpoints (spec: clusters 4, listeners 5.1 and 5.4)."""

    CLIENT_SIDE_LB = "ClientSideLB"
    PASSTHROUGH = "Passthrough"
    DNS = "DNSLB"
    DNS_ROUND_ROBIN = "DNSRoundRobinLB"
    DYNAMIC_DNS = "DynamicDNS"
    ALIAS = "Alias"

    @property
    def is_dns(self) -> bool:
        """Resolved by name in the proxy: STRICT_DNS or LOGICAL_DNS."""
        return self in (Resolution.DNS, Resolution.DNS_ROUND_ROBIN)


class TrafficDistribution(enum.Enum):
    """Preference for near endpoints (spec: clusters 21.1)."""

    ANY = ""
    SAME_ZONE = "PreferSameZone"
    SAME_NODE = "PreferSameNode"


@node
class ServicePort:
    """A port of a service. `target_port` is a ServiceEntry's number (0: none); Kubernetes ones are resolved per pod."""

    name: str
    number: int
    protocol: Protocol
    target_port: int = 0


@node
class Alias:
    """An ExternalName service that points at this one."""

    namespace: str
    hostname: str


@node
class Service:
    """One service of the mesh: a Kubernetes Service, or one (host, address) pair of a ServiceEntry.

    `name` takes part in sorting and is the host for a ServiceEntry. `address` is the default address, `0.0.0.0` for
    none; `cluster_addresses` are the addresses per cluster id (Kubernetes only); `auto_addresses` are (IPv4, IPv6),
    empty if none. `export_to` is never empty: the mesh default is filled in, which `exported_by_default` says of a
    ServiceEntry. `accounts` are SPIFFE ids the service itself names. `selector` is None without one; `external_name` is
    set for `Resolution.ALIAS`.
    """

    hostname: str
    name: str
    namespace: str
    registry: Registry
    created: Created
    resolution: Resolution
    ports: tuple[ServicePort, ...]
    origin: Origin
    address: str = UNSPECIFIED
    cluster_addresses: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    auto_addresses: tuple[str, str] = ("", "")
    mesh_external: bool = False
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    selector: Mapping[str, str] | None = None
    export_to: frozenset[str] = frozenset({"*"})
    exported_by_default: bool = False
    accounts: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    external_name: str = ""
    traffic_distribution: TrafficDistribution = TrafficDistribution.ANY
    node_local: bool = False
    race_first_connect: bool = False

    @property
    def is_kubernetes(self) -> bool:
        """From a Kubernetes Service."""
        return self.registry is Registry.KUBERNETES

    @property
    def is_headless(self) -> bool:
        """A Kubernetes Service with `clusterIP: None`."""
        return self.is_kubernetes and self.resolution is Resolution.PASSTHROUGH

    @property
    def is_wildcard(self) -> bool:
        """The host starts with `*`."""
        return self.hostname.startswith("*")

    def port(self, number: int) -> ServicePort | None:
        """The first port of that number."""
        return next((p for p in self.ports if p.number == number), None)
