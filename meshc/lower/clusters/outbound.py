"""An outbound target and a client in, the cluster of it out (spec: clusters 5, 14, 15, 17)."""

from __future__ import annotations

from dataclasses import replace

from meshc.ir.cluster import (
    Cluster,
    CommonLb,
    Discovery,
    Dns,
    DnsFamily,
    DynamicForwardProxy,
    HttpOptions,
    LbPolicy,
    LbSettings,
    OriginalDestination,
    ProxyProtocol,
    Transport,
    UpstreamProtocol,
)
from meshc.ir.endpoint import EndpointGroup, HealthStatus
from meshc.lower.clusters.client import ClusterClient
from meshc.lower.clusters.connection_pool import circuit_breaker, connect_timeout, keepalive
from meshc.lower.clusters.http import limited, of_protocol, upgraded
from meshc.lower.clusters.load_balancing import algorithm
from meshc.lower.clusters.metadata import metadata_exchange, outbound_metadata
from meshc.lower.clusters.outlier_detection import outlier_detection
from meshc.lower.clusters.targets import ClusterTarget, discovery, first_discovery, hashes_keys
from meshc.lower.endpoints.candidates import takes_unhealthy
from meshc.lower.endpoints.endpoints import resolved_endpoints
from meshc.lower.endpoints.locality import locality_rules
from meshc.lower.endpoints.view import EndpointView
from meshc.lower.names import expand_stat_name, stat_names
from meshc.lower.tls.upstream import NO_TLS, ClusterTls, cluster_tls
from meshc.model.mesh import Mesh
from meshc.model.service import Resolution, Service, ServicePort
from meshc.model.shared import shared

_STICKY_STATUSES = (HealthStatus.HEALTHY, HealthStatus.DRAINING, HealthStatus.UNKNOWN, HealthStatus.DEGRADED)
"""States in which an endpoint keeps the sessions bound to it."""


@shared
def outbound_cluster(mesh: Mesh, target: ClusterTarget, client: ClusterClient) -> Cluster:
    """The cluster of a target for a client; its endpoints, if it has any, are discovered or those of the connection."""
    return _cluster(mesh, target, client, first_discovery(mesh, target, client.is_router), None)


@shared
def dns_cluster(mesh: Mesh, target: ClusterTarget, client: ClusterClient, view: EndpointView) -> Cluster | None:
    """The cluster of a target whose endpoints it holds itself, as a client sees them; None if there are none."""
    found = resolved_endpoints(mesh, target, view)
    if not found:
        return None
    endpoints = EndpointGroup(name=target.name, origin=target.origin, localities=found)
    return _cluster(mesh, target, client, first_discovery(mesh, target, client.is_router), endpoints)


def _cluster(
    mesh: Mesh, target: ClusterTarget, client: ClusterClient, first: Discovery, endpoints: EndpointGroup | None
) -> Cluster:
    policy, pool = target.policy, target.policy.connection_pool
    final = discovery(mesh, target, client.is_router)
    http = upgraded(mesh, of_protocol(target.port.protocol, client), target.port.protocol, pool)
    http = limited(http, pool)
    tls = _tls(mesh, target, client, http, final)
    lb_policy, lb_settings = _balancing(mesh, target, first, final)
    return Cluster(
        name=target.name,
        origin=target.origin,
        discovery=final,
        connect_timeout=connect_timeout(mesh, pool),
        stat_name=_stat_name(mesh, target),
        lb_policy=lb_policy,
        lb_settings=lb_settings,
        common_lb=_common_lb(mesh, target),
        circuit_breaker=circuit_breaker(mesh, pool, policy.retry_budget),
        outlier_detection=None if target.is_forward_proxy else outlier_detection(policy.outlier_detection),
        keepalive=keepalive(mesh, pool),
        http=_with_request_names(http, tls),
        transport=_transport(target, tls),
        dns=_dns(mesh, target.service, client.dns_family) if first.is_dns else None,
        forward_proxy=_forward_proxy(target, tls),
        endpoints=endpoints if final.is_dns else None,
        metadata=outbound_metadata(mesh, target),
        metadata_exchange=metadata_exchange(mesh),
    )


def _stat_name(mesh: Mesh, target: ClusterTarget) -> str:
    pattern = mesh.config.outbound_cluster_stat_name
    if not pattern or target.is_forward_proxy:
        return f"{target.name};"
    return expand_stat_name(pattern, stat_names(target.service, target.port), target.subset_name) + ";"


def _common_lb(mesh: Mesh, target: ClusterTarget) -> CommonLb | None:
    """Panic threshold, sticky sessions and locality weights; nothing of it for a forward proxy."""
    if target.is_forward_proxy:
        return None
    rules = locality_rules(mesh, target.service, target.policy)
    whole = target.subset is None and not target.sni_dnat
    return CommonLb(
        panic_threshold=_panic_threshold(mesh, target),
        override_host_statuses=_STICKY_STATUSES if whole and is_sticky(mesh, target.service) else (),
        locality_weighted=mesh.features.enable_locality_weighted_lb_config or (rules is not None and rules.weighted),
    )


def _panic_threshold(mesh: Mesh, target: ClusterTarget) -> int | None:
    """The outlier detection's; no panic where unhealthy endpoints are sent. A negative one counts as not set."""
    if takes_unhealthy(mesh, target.service):
        return 0
    detection = target.policy.outlier_detection
    return detection.min_health_percent if detection is not None and detection.min_health_percent >= 0 else None


def is_sticky(mesh: Mesh, service: Service) -> bool:
    """The service binds sessions to endpoints, by cookie or by header."""
    features = mesh.features
    keys = (features.pilot_persistent_session_label, features.pilot_persistent_session_header_label)
    return any(service.labels.get(key) for key in keys)


def _balancing(
    mesh: Mesh, target: ClusterTarget, first: Discovery, final: Discovery
) -> tuple[LbPolicy, LbSettings | None]:
    if final is Discovery.DYNAMIC_FORWARD_PROXY:
        return LbPolicy.CLUSTER_PROVIDED, None
    if final is Discovery.ORIGINAL_DST:
        return LbPolicy.CLUSTER_PROVIDED, original_destination(target.service, target.port) if first is final else None
    if hashes_keys(mesh, target.port):
        return LbPolicy.MAGLEV, None
    return algorithm(target.policy.load_balancer)


def original_destination(service: Service, port: ServicePort) -> OriginalDestination | None:
    """The port that takes the place of the original one: a ServiceEntry's `targetPort` where nothing is resolved."""
    if service.is_kubernetes or service.resolution is not Resolution.PASSTHROUGH or not port.target_port:
        return None
    return OriginalDestination(port_override=port.target_port)


def _tls(
    mesh: Mesh, target: ClusterTarget, client: ClusterClient, http: HttpOptions | None, final: Discovery
) -> ClusterTls:
    """TLS of the cluster's own; a gateway passes the client's on as it is."""
    if target.sni_dnat:
        return NO_TLS
    http2 = http is not None and http.protocol is UpstreamProtocol.HTTP2
    return cluster_tls(mesh, target, client, http2=http2, original_dst=final is Discovery.ORIGINAL_DST)


def _with_request_names(http: HttpOptions | None, tls: ClusterTls) -> HttpOptions | None:
    if not (tls.auto_sni or tls.auto_san_validation):
        return http
    return replace(http or HttpOptions(), auto_sni=tls.auto_sni, auto_san_validation=tls.auto_san_validation)


def _transport(target: ClusterTarget, tls: ClusterTls) -> Transport | None:
    header = None if target.sni_dnat else target.policy.proxy_protocol
    if tls.tls is None and header is None:
        return None
    return Transport(
        tls=tls.tls,
        by_endpoint=tls.by_endpoint,
        proxy_protocol=ProxyProtocol(header.version) if header is not None else None,
    )


def _dns(mesh: Mesh, service: Service, family: DnsFamily) -> Dns:
    """Name resolution (spec: clusters 5.1)."""
    features = mesh.features
    return Dns(
        family=DnsFamily.ALL if service.race_first_connect else family,
        refresh_rate=mesh.config.dns_refresh_rate,
        jitter=features.pilot_dns_jitter_duration,
        udp_max_queries=features.pilot_dns_cares_udp_max_queries,
    )


def _forward_proxy(target: ClusterTarget, tls: ClusterTls) -> DynamicForwardProxy | None:
    """Envoy refuses a forward proxy whose names are not the request's, unless it is told that this is meant."""
    if not target.is_forward_proxy:
        return None
    insecure = tls.tls is not None and not (tls.auto_sni and tls.auto_san_validation)
    return DynamicForwardProxy(
        cache=f"{target.service.hostname}_dfp_dns_cache", family=DnsFamily.V4_ONLY, allow_insecure=insecure
    )
