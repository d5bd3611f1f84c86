"""Traffic policies in, what istiod holds against them out (spec: tooling 20, DestinationRule)."""

from __future__ import annotations

from meshc.resources.check.client_tls import check_client_tls
from meshc.resources.check.load_balancers import check_load_balancer
from meshc.resources.check.names import fqdn_fault
from meshc.resources.check.numbers import check_bounds, check_duration, check_port
from meshc.resources.check.place import Place
from meshc.resources.go_values import is_ip
from meshc.resources.networking.common import ConnectionPoolSettings, HttpSettings, TcpKeepalive, TcpSettings
from meshc.resources.networking.destination_rule import (
    OutlierDetection,
    PortTrafficPolicy,
    TrafficPolicy,
    TunnelSettings,
)

PERCENT = 100


def check_traffic_policy(at: Place, policy: TrafficPolicy | None, namespace: str) -> None:
    """The policy of a host or of a subset; an empty one is refused."""
    if policy is None:
        return
    if not _has_any(policy):
        at.tell("MC0412", "the traffic policy is empty")
        return
    if policy.tunnel is not None and policy.proxy_protocol is not None:
        (at / "proxyProtocol").tell("MC0413", "proxyProtocol cannot stand beside tunnel")
        return
    _check_parts(at, policy, namespace)
    for entry, port in at.each("portLevelSettings", policy.port_level_settings):
        _check_port_policy(entry, port, namespace)
    _check_tunnel(at / "tunnel", policy.tunnel)


def _has_any(policy: TrafficPolicy) -> bool:
    parts = (policy.outlier_detection, policy.connection_pool, policy.load_balancer, policy.tls)
    others = (policy.tunnel, policy.proxy_protocol, policy.retry_budget)
    return bool(policy.port_level_settings) or any(part is not None for part in (*parts, *others))


def _check_parts(at: Place, policy: TrafficPolicy | PortTrafficPolicy, namespace: str) -> None:
    """What the policies of hosts and ports share."""
    check_outlier_detection(at / "outlierDetection", policy.outlier_detection)
    check_connection_pool(at / "connectionPool", policy.connection_pool)
    check_load_balancer(
        at / "loadBalancer", policy.load_balancer, has_outlier_detection=policy.outlier_detection is not None
    )
    check_client_tls(at / "tls", policy.tls, namespace)


def _check_port_policy(at: Place, policy: PortTrafficPolicy, namespace: str) -> None:
    parts = (policy.outlier_detection, policy.connection_pool, policy.load_balancer, policy.tls)
    if all(part is None for part in parts):
        at.tell("MC0412", "the settings of the port are empty")
    if policy.port is None:
        at.tell("MC0412", "port is missing")
    else:
        check_port(at / "port" / "number", policy.port.number)
    _check_parts(at, policy, namespace)


def check_outlier_detection(at: Place, detection: OutlierDetection | None) -> None:
    """Ejection of failing endpoints."""
    if detection is None:
        return
    check_duration(at / "interval", detection.interval)
    check_duration(at / "baseEjectionTime", detection.base_ejection_time)
    if detection.consecutive_errors:
        hint = "use consecutiveGatewayErrors or consecutive5xxErrors"
        (at / "consecutiveErrors").tell("MC0451", "consecutiveErrors is deprecated and has no effect", hint)
    if detection.consecutive_local_origin_failures and not detection.split_external_local_origin_errors:
        text = "consecutiveLocalOriginFailures needs splitExternalLocalOriginErrors"
        (at / "consecutiveLocalOriginFailures").tell("MC0424", text)
    check_bounds(at / "maxEjectionPercent", detection.max_ejection_percent, 0, PERCENT)
    check_bounds(at / "minHealthPercent", detection.min_health_percent, 0, PERCENT)


def check_connection_pool(at: Place, pool: ConnectionPoolSettings | None) -> None:
    """Limits on connections; an empty pool is refused."""
    if pool is None:
        return
    if pool.http is None and pool.tcp is None:
        at.tell("MC0412", "the connection pool has neither http nor tcp settings")
    if pool.http is not None:
        _check_http(at / "http", pool.http)
    if pool.tcp is not None:
        _check_tcp(at / "tcp", pool.tcp)


def _check_http(at: Place, http: HttpSettings) -> None:
    check_bounds(at / "http1MaxPendingRequests", http.http1_max_pending_requests, 0)
    check_bounds(at / "http2MaxRequests", http.http2_max_requests, 0)
    check_bounds(at / "maxRequestsPerConnection", http.max_requests_per_connection, 0)
    check_bounds(at / "maxRetries", http.max_retries, 0)
    check_bounds(at / "maxConcurrentStreams", http.max_concurrent_streams, 0)
    check_duration(at / "idleTimeout", http.idle_timeout)
    if http.h2_upgrade_policy == "UPGRADE" and http.use_client_protocol:
        (at / "useClientProtocol").tell("MC0413", "useClientProtocol cannot stand beside h2UpgradePolicy UPGRADE")


def _check_tcp(at: Place, tcp: TcpSettings) -> None:
    """An idle timeout below a millisecond switches it off."""
    check_bounds(at / "maxConnections", tcp.max_connections, 0)
    check_duration(at / "connectTimeout", tcp.connect_timeout)
    check_duration(at / "maxConnectionDuration", tcp.max_connection_duration)
    check_keepalive(at / "tcpKeepalive", tcp.tcp_keepalive)


def check_keepalive(at: Place, keepalive: TcpKeepalive | None) -> None:
    """TCP keepalive; the system counts its times in seconds anyway."""
    if keepalive is not None:
        check_duration(at / "time", keepalive.time, whole=False)
        check_duration(at / "interval", keepalive.interval, whole=False)


def _check_tunnel(at: Place, tunnel: TunnelSettings | None) -> None:
    if tunnel is None:
        return
    if tunnel.protocol not in ("", "CONNECT", "POST"):
        (at / "protocol").tell("MC0416", f"{tunnel.protocol!r} is not one of CONNECT, POST")
    if not is_ip(tunnel.target_host):
        (at / "targetHost").judge("MC0404", fqdn_fault(tunnel.target_host))
    check_port(at / "targetPort", tunnel.target_port)
