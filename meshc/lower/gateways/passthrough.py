"""A server that passes the mesh's mutual TLS on in; out a way to every service, found by SNI (spec: gateways 7.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meshc.lower.clusters.targets import ClusterTarget, targets
from meshc.lower.gateways.stream_routes import GatewayView, StreamRoute
from meshc.lower.listeners.network_filters import protocol_stack
from meshc.lower.listeners.stream_destinations import ruled_proxy
from meshc.lower.names import expand_stat_name, stat_names
from meshc.model.gateways import Server
from meshc.model.hosts import subset_of
from meshc.model.mesh import Mesh
from meshc.model.shared import shared


def mesh_routes(mesh: Mesh, server: Server, view: GatewayView) -> Iterator[StreamRoute]:
    """A route to each port and subset of the services that the server's hosts cover."""
    for service in view.scope.services:
        if any(subset_of(service.hostname, host) for host in server.sni_hosts):
            for target in targets(mesh, service, view.rules.outbound.get(service.hostname), True):
                yield _route(mesh, target)


@shared
def _route(mesh: Mesh, target: ClusterTarget) -> StreamRoute:
    """The route to the cluster of that SNI; a DestinationRule's tunnel is not for TLS that others have begun."""
    pattern = mesh.config.outbound_cluster_stat_name
    names = stat_names(target.service, target.port)
    prefix = expand_stat_name(pattern, names, target.subset_name) if pattern else target.name
    proxy = ruled_proxy(target.rule, target.subset_name, stat_prefix=prefix, cluster=target.name)
    filters = protocol_stack(mesh, target.port.protocol, replace(proxy, tunnel=None))
    return StreamRoute(origin=target.origin, filters=filters, sni_hosts=(target.name,))
