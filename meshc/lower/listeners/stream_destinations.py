"""Destinations of TCP and TLS routes: routes and a proxy's view in, the TCP proxy that serves them out."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.ir.network_filter import TcpProxy, Tunnel, WeightedCluster
from meshc.lower.listeners.plan import ListenPort
from meshc.lower.names import destination_cluster_name, expand_stat_name, outbound_cluster_name, stat_names
from meshc.lower.routes.domains import join_port
from meshc.model.api import Destination, LoadBalancerSettings, RouteDestination, TrafficPolicy, TunnelSettings
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.service import Resolution, Service, ServicePort
from meshc.model.virtual_services import VirtualService


@node
class StreamView:
    """What of a client's view decides about connections: what routes lead to, and which of them are for it.

    `services` and `rules` are by host. `virtual_services` are those of the service at hand. Namespace and DNS domain
    are empty where nothing asks for them.
    """

    services: Mapping[str, Service]
    rules: Mapping[str, DestinationRule]
    namespace: str
    labels: Mapping[str, str]
    dns_domain: str
    virtual_services: tuple[VirtualService, ...]


def routed_proxy(
    mesh: Mesh, view: StreamView, routes: tuple[RouteDestination, ...], port: ListenPort, name: str
) -> TcpProxy:
    """The proxy of a route (spec: listeners 15.6, 17.2). `name` is the VirtualService's `name.namespace`.

    Of several destinations those without weight get nothing, and the first one's rule is in force for all.
    """
    first = routes[0].destination or Destination()
    service = view.services.get(first.host)
    rule = view.rules.get(service.hostname) if service is not None else None
    if len(routes) == 1:
        cluster = destination_cluster(first, service, port.number)
        named = ServicePort(port.name, port.number, port.protocol)
        prefix = _stat_prefix(mesh, cluster, service, named, first.subset)
        return ruled_proxy(rule, first.subset, stat_prefix=prefix, cluster=cluster)
    weighted = tuple(_weighted(view, route, port) for route in routes if route.weight > 0)
    return ruled_proxy(rule, "", stat_prefix=name, weighted=weighted)


def service_proxy(mesh: Mesh, service: Service, rule: DestinationRule | None, port: ListenPort) -> TcpProxy:
    """The proxy of a service that nobody routes: to its only port, whatever the listener's, if it has but one."""
    number = service.ports[0].number if len(service.ports) == 1 else port.number
    cluster = outbound_cluster_name(number, "", service.hostname)
    prefix = _stat_prefix(mesh, cluster, service, ServicePort("", number, port.protocol), "")
    return ruled_proxy(rule, "", stat_prefix=prefix, cluster=cluster)


def destination_cluster(destination: Destination, service: Service | None, port: int) -> str:
    """The cluster of a destination on a listener of that port; an alias is replaced by what it stands for."""
    if destination.port is not None:
        port = destination.port.number
    elif service is not None and len(service.ports) == 1:
        port = service.ports[0].number
    aliased = service is not None and service.resolution is Resolution.ALIAS
    host = service.external_name if service is not None and aliased else destination.host
    return destination_cluster_name(port, destination.subset, host)


def _weighted(view: StreamView, route: RouteDestination, port: ListenPort) -> WeightedCluster:
    destination = route.destination or Destination()
    service = view.services.get(destination.host)
    return WeightedCluster(cluster=destination_cluster(destination, service, port.number), weight=route.weight)


def _stat_prefix(mesh: Mesh, cluster: str, service: Service | None, port: ServicePort, subset: str) -> str:
    """The cluster's name, or what the mesh's `outboundClusterStatName` makes of a service that is known."""
    pattern = mesh.config.outbound_cluster_stat_name
    return expand_stat_name(pattern, stat_names(service, port), subset) if pattern and service is not None else cluster


def ruled_proxy(
    rule: DestinationRule | None,
    subset: str,
    *,
    stat_prefix: str,
    cluster: str = "",
    weighted: tuple[WeightedCluster, ...] = (),
) -> TcpProxy:
    """A TCP proxy with what a DestinationRule says: timeouts of the rule's top level, hash and tunnel of the subset."""
    policy = rule.traffic_policy if rule is not None else None
    pool = policy.connection_pool.tcp if policy is not None and policy.connection_pool is not None else None
    return TcpProxy(
        stat_prefix=stat_prefix,
        cluster=cluster,
        weighted=weighted,
        idle_timeout=pool.idle_timeout if pool is not None else None,
        max_connection_duration=pool.max_connection_duration if pool is not None else None,
        hash_source_ip=_hashes_source_ip(rule, subset),
        tunnel=_tunnel(rule, subset),
    )


def _hashes_source_ip(rule: DestinationRule | None, subset: str) -> bool:
    """A load balancer of the subset decides alone, else that of the top level."""
    own = _subset_policy(rule, subset)
    if own is not None and own.load_balancer is not None:
        return _is_source_ip_hash(own.load_balancer)
    policy = rule.traffic_policy if rule is not None else None
    return policy is not None and _is_source_ip_hash(policy.load_balancer)


def _is_source_ip_hash(balancer: LoadBalancerSettings | None) -> bool:
    consistent = balancer.consistent_hash if balancer is not None else None
    return consistent is not None and bool(consistent.use_source_ip)


def _tunnel(rule: DestinationRule | None, subset: str) -> Tunnel | None:
    """The subset's tunnel if a subset is named, which hides that of the top level."""
    policy = _subset_policy(rule, subset) if subset else (rule.traffic_policy if rule is not None else None)
    settings: TunnelSettings | None = policy.tunnel if policy is not None else None
    if settings is None:
        return None
    return Tunnel(hostname=join_port(settings.target_host, settings.target_port), use_post=settings.protocol == "POST")


def _subset_policy(rule: DestinationRule | None, subset: str) -> TrafficPolicy | None:
    found = rule.subset(subset) if rule is not None and subset else None
    return found.traffic_policy if found is not None else None
