"""The cluster pass: a proxy's scope in, its clusters out, in istiod's order (CDS; spec: clusters 2.1)."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

from meshc.ir.cluster import Cluster
from meshc.lower.cluster_client import ClusterClient, cluster_client
from meshc.lower.cluster_inbound import inbound_clusters
from meshc.lower.cluster_outbound import dns_cluster, outbound_cluster
from meshc.lower.cluster_selection import Selection, outbound_targets, selection, sni_targets
from meshc.lower.cluster_static import black_hole, external_sds, inbound_passthrough, passthrough
from meshc.lower.cluster_targets import ClusterTarget, first_discovery
from meshc.lower.endpoint_view import EndpointView, Interest, interest, narrowed, view
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.scope import ProxyScope


def clusters(scope: ProxyScope) -> tuple[Cluster, ...]:
    """All clusters of a proxy: of services, of its own ports, and those that every proxy has."""
    mesh, proxy = scope.mesh, scope.proxy
    client, chosen = cluster_client(mesh, proxy), selection(scope)
    seen = view(proxy, _dns_interest(mesh, chosen))
    fixed = [black_hole(mesh)]
    if client.is_router:
        fixed.extend(_sni_clusters(mesh, chosen, client, seen))
    else:
        fixed.append(passthrough(mesh, client.preserve_case))
        fixed.extend(inbound_clusters(scope, client))
        fixed.append(inbound_passthrough(mesh, client.preserve_case, proxy.ip_mode))
    if client.credential_socket:
        fixed.append(external_sds(mesh))
    return (*_outbound_clusters(mesh, chosen, client, seen), *_first_of_name(fixed))


def _first_of_name(found: Iterable[Cluster]) -> tuple[Cluster, ...]:
    named: dict[str, Cluster] = {}
    for cluster in found:
        named.setdefault(cluster.name, cluster)
    return tuple(named.values())


@shared
def _dns_interest(mesh: Mesh, chosen: Selection) -> Interest:
    """What the endpoints inside of a proxy's clusters depend on."""
    found = (*outbound_targets(mesh, chosen), *sni_targets(mesh, chosen))
    of_dns = (t for t in found if first_discovery(mesh, t, chosen.is_router).is_dns)
    return functools.reduce(operator.or_, (interest(mesh, target) for target in of_dns), Interest())


@shared
def _outbound_clusters(mesh: Mesh, chosen: Selection, client: ClusterClient, seen: EndpointView) -> tuple[Cluster, ...]:
    """The clusters of services for all proxies with the same selection, facts and view."""
    made = (_outbound(mesh, target, client, seen) for target in outbound_targets(mesh, chosen))
    return tuple(cluster for cluster in made if cluster is not None)


@shared
def _sni_clusters(mesh: Mesh, chosen: Selection, client: ClusterClient, seen: EndpointView) -> tuple[Cluster, ...]:
    """The clusters that gateways pass mutual TLS on to."""
    made = (_outbound(mesh, target, client, seen) for target in sni_targets(mesh, chosen))
    return tuple(cluster for cluster in made if cluster is not None)


def _outbound(mesh: Mesh, target: ClusterTarget, client: ClusterClient, seen: EndpointView) -> Cluster | None:
    if not first_discovery(mesh, target, client.is_router).is_dns:
        return outbound_cluster(mesh, target, client)
    return dns_cluster(mesh, target, client, narrowed(seen, interest(mesh, target)))
