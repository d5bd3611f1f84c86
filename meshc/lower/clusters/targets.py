"""A service and the rule chosen for it in; what outbound clusters there are for it out (spec: clusters 2.3, 15)."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.findings import Origin
from meshc.ir.cluster import Discovery
from meshc.lower.clusters.load_balancing import passes_through
from meshc.lower.names import outbound_cluster_name, sni_name
from meshc.model.api import Subset, TrafficPolicy
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.protocol import Protocol
from meshc.model.service import Resolution, Service, ServicePort
from meshc.model.shared import shared
from meshc.model.traffic_policy import Policy, effective_policy

_FORWARDED = (Protocol.HTTP, Protocol.HTTP2, Protocol.GRPC, Protocol.TLS)
"""Protocols whose requests name the host that a dynamic forward proxy resolves."""


@node
class ClusterTarget:
    """What one outbound cluster is for: a service port, whole or a subset, under the rule chosen for the client.

    `sni_dnat`: the cluster that a gateway passes mutual TLS of others on to, by SNI, without touching it. `whole`: the
    target that a subset is a part of.
    """

    service: Service
    port: ServicePort
    rule: DestinationRule | None
    subset: Subset | None
    policy: Policy
    sni_dnat: bool = False
    whole: ClusterTarget | None = None

    @property
    def subset_name(self) -> str:
        """The name of the subset; empty for the service as a whole."""
        return self.subset.name if self.subset is not None else ""

    @property
    def name(self) -> str:
        """The name of the cluster and of its endpoints."""
        make = sni_name if self.sni_dnat else outbound_cluster_name
        return make(self.port.number, self.subset_name, self.service.hostname)

    @property
    def origin(self) -> Origin:
        """The subset, or the service."""
        if self.subset is not None and self.rule is not None:
            return self.rule.subset_origin(self.subset)
        return self.service.origin

    @property
    def written_policy(self) -> TrafficPolicy | None:
        """The traffic policy as it stands in the rule or the subset, before ports are looked at and inheritance."""
        owner = self.rule if self.subset is None else self.subset
        return owner.traffic_policy if owner is not None else None

    @property
    def is_forward_proxy(self) -> bool:
        """Hosts under a wildcard, resolved when a request names them."""
        dynamic = self.service.resolution is Resolution.DYNAMIC_DNS and self.service.is_wildcard
        return dynamic and not self.sni_dnat


@shared
def targets(
    mesh: Mesh, service: Service, rule: DestinationRule | None, sni_dnat: bool = False
) -> tuple[ClusterTarget, ...]:
    """The clusters of a service: for each port the whole, then the subsets of the rule in its order."""
    if service.resolution is Resolution.ALIAS or (sni_dnat and service.mesh_external):
        return ()
    return tuple(_targets(service, rule, sni_dnat))


def _targets(service: Service, rule: DestinationRule | None, sni_dnat: bool) -> Iterator[ClusterTarget]:
    for port in service.ports:
        if port.protocol is Protocol.UDP:
            continue
        whole = ClusterTarget(service, port, rule, None, effective_policy(rule, port), sni_dnat)
        if whole.is_forward_proxy:
            if port.protocol in _FORWARDED:
                yield whole
            continue
        yield whole
        for subset in rule.subsets if rule is not None else ():
            yield ClusterTarget(service, port, rule, subset, effective_policy(rule, port, subset), sni_dnat, whole)


def first_discovery(mesh: Mesh, target: ClusterTarget, is_router: bool) -> Discovery:
    """The discovery that a cluster starts out with, before load balancing has its say (spec: clusters 4, 15)."""
    if target.is_forward_proxy:
        return Discovery.DYNAMIC_FORWARD_PROXY
    if target.whole is None:
        return _of_service(mesh, target.service, is_router)
    own = target.written_policy
    if own is not None and passes_through(own.load_balancer):
        return Discovery.ORIGINAL_DST
    return discovery(mesh, target.whole, is_router)


def discovery(mesh: Mesh, target: ClusterTarget, is_router: bool) -> Discovery:
    """How the cluster finds its endpoints in the end."""
    start = first_discovery(mesh, target, is_router)
    if target.is_forward_proxy or hashes_keys(mesh, target.port):
        return start
    return Discovery.ORIGINAL_DST if passes_through(target.policy.load_balancer) else start


def hashes_keys(mesh: Mesh, port: ServicePort) -> bool:
    """Redis commands go where their key belongs (`PILOT_ENABLE_REDIS_FILTER`), whatever load balancer a rule names."""
    return port.protocol is Protocol.REDIS and mesh.features.pilot_enable_redis_filter


def _of_service(mesh: Mesh, service: Service, is_router: bool) -> Discovery:
    if service.resolution is Resolution.PASSTHROUGH:
        by_eds = service.is_kubernetes and mesh.features.pilot_enable_eds_for_headless_services
        return Discovery.EDS if is_router or by_eds else Discovery.ORIGINAL_DST
    if service.resolution is Resolution.DNS:
        return Discovery.LOGICAL_DNS if service.race_first_connect else Discovery.STRICT_DNS
    if service.resolution is Resolution.DNS_ROUND_ROBIN:
        return Discovery.LOGICAL_DNS
    return Discovery.EDS
