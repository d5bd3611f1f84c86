"""The cluster pass: a proxy's scope in, its clusters out, in istiod's order (CDS; spec: clusters 2.1)."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

from meshc.ir.cluster import Cluster
from meshc.lower.clusters.client import ClusterClient, cluster_client
from meshc.lower.clusters.inbound import inbound_clusters
from meshc.lower.clusters.outbound import dns_cluster, outbound_cluster
from meshc.lower.clusters.selection import Selection, outbound_selection, selected_targets, sni_selection
from meshc.lower.clusters.static import black_hole, external_sds, inbound_passthrough, passthrough
from meshc.lower.clusters.targets import ClusterTarget, first_discovery
from meshc.lower.endpoints.view import EndpointView, Interest, interest, narrowed, view
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.scope import ProxyScope


def clusters(scope: ProxyScope) -> tuple[Cluster, ...]:
    """All clusters of a proxy: of services, of its own ports, and those that every proxy has."""
    mesh, proxy = scope.mesh, scope.proxy
    client = cluster_client(mesh, proxy)
    fixed = [black_hole(mesh)]
    if not client.is_router:
        fixed.append(passthrough(mesh, client.preserve_case))
        fixed.extend(inbound_clusters(scope, client))
        fixed.append(inbound_passthrough(mesh, client.preserve_case, proxy.ip_mode))
    elif (passed_on := sni_selection(scope)) is not None:
        fixed.extend(_of_selection(scope, passed_on, client))
    if client.credential_socket:
        fixed.append(external_sds(mesh))
    return (*_of_selection(scope, outbound_selection(scope), client), *_first_of_name(fixed))


def _of_selection(scope: ProxyScope, selection: Selection, client: ClusterClient) -> tuple[Cluster, ...]:
    seen = view(scope.mesh, scope.proxy, _dns_interest(scope.mesh, selection))
    return _outbound_clusters(scope.mesh, selection, client, seen)


def _first_of_name(found: Iterable[Cluster]) -> tuple[Cluster, ...]:
    named: dict[str, Cluster] = {}
    for cluster in found:
        named.setdefault(cluster.name, cluster)
    return tuple(named.values())


@shared
def _dns_interest(mesh: Mesh, selection: Selection) -> Interest:
    """What the endpoints inside of the clusters of services depend on."""
    of_dns = (target for target in selected_targets(mesh, selection) if target.service.resolution.is_dns)
    return functools.reduce(operator.or_, (interest(mesh, target) for target in of_dns), Interest())


@shared
def _outbound_clusters(
    mesh: Mesh, selection: Selection, client: ClusterClient, seen: EndpointView
) -> tuple[Cluster, ...]:
    """The clusters of services for all proxies with the same selection, facts and view."""
    made = (_outbound(mesh, target, client, seen) for target in selected_targets(mesh, selection))
    return tuple(cluster for cluster in made if cluster is not None)


def _outbound(mesh: Mesh, target: ClusterTarget, client: ClusterClient, seen: EndpointView) -> Cluster | None:
    """The cluster of a target; none where a name has no endpoint, and then none of any subset."""
    if target.whole is not None and _outbound(mesh, target.whole, client, seen) is None:
        return None
    if not first_discovery(mesh, target, client.is_router).is_dns:
        return outbound_cluster(mesh, target, client)
    return dns_cluster(mesh, target, client, narrowed(seen, interest(mesh, target)))
