"""The cluster pass: a proxy's scope in, its clusters out, in istiod's order (CDS; spec: clusters 2.1)."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

from meshc.ir.cluster import Cluster
from meshc.lower.cluster_client import ClusterClient, cluster_client
from meshc.lower.cluster_inbound import inbound_clusters
from meshc.lower.cluster_outbound import dns_cluster, outbound_cluster
from meshc.lower.cluster_static import black_hole, external_sds, inbound_passthrough, passthrough
from meshc.lower.cluster_targets import ClusterTarget, first_discovery, scope_targets
from meshc.lower.endpoint_view import EndpointView, Interest, interest, narrowed, view
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.scope import ProxyScope
from meshc.scope.sidecar import SelectedRules, SidecarScope


def clusters(scope: ProxyScope) -> tuple[Cluster, ...]:
    """All clusters of a proxy: of services, of its own ports, and those that every proxy has."""
    mesh, proxy = scope.mesh, scope.proxy
    client = cluster_client(mesh, proxy)
    seen = view(proxy, _dns_interest(mesh, scope.sidecar, scope.rules, client.is_router))
    outbound = _outbound_clusters(mesh, scope.sidecar, scope.rules, client, seen)
    fixed = [black_hole(mesh)]
    if not client.is_router:
        fixed.append(passthrough(mesh, client.preserve_case))
        fixed.extend(inbound_clusters(scope, client))
        fixed.append(inbound_passthrough(mesh, client.preserve_case, proxy.ip_mode))
    if client.credential_socket:
        fixed.append(external_sds(mesh))
    return (*outbound, *_first_of_name(fixed))


def _first_of_name(found: Iterable[Cluster]) -> tuple[Cluster, ...]:
    named: dict[str, Cluster] = {}
    for cluster in found:
        named.setdefault(cluster.name, cluster)
    return tuple(named.values())


@shared
def _dns_interest(mesh: Mesh, sidecar: SidecarScope, rules: SelectedRules, is_router: bool) -> Interest:
    """What the endpoints inside of the clusters of a scope depend on."""
    found = (t for t in scope_targets(mesh, sidecar, rules) if first_discovery(mesh, t, is_router).is_dns)
    return functools.reduce(operator.or_, (interest(mesh, target) for target in found), Interest())


@shared
def _outbound_clusters(
    mesh: Mesh, sidecar: SidecarScope, rules: SelectedRules, client: ClusterClient, seen: EndpointView
) -> tuple[Cluster, ...]:
    """The clusters of services for all proxies with the same scope, rules, facts and view."""
    made = (_outbound(mesh, target, client, seen) for target in scope_targets(mesh, sidecar, rules))
    return tuple(cluster for cluster in made if cluster is not None)


def _outbound(mesh: Mesh, target: ClusterTarget, client: ClusterClient, seen: EndpointView) -> Cluster | None:
    if not first_discovery(mesh, target, client.is_router).is_dns:
        return outbound_cluster(mesh, target, client)
    return dns_cluster(mesh, target, client, narrowed(seen, interest(mesh, target)))
