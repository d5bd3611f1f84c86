"""networking.istio.io DestinationRule: how connections to a host are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import (
    Double,
    Duration,
    Int32,
    Message,
    Object,
    UInt32,
    UInt64,
    mapping,
    message,
    named,
    resource,
)
from meshc.resources.networking.common import ConnectionPoolSettings, LocalityLoadBalancerSetting
from meshc.resources.selector import PortSelector, WorkloadSelector


@message
class ClientTLSSettings(Message):
    """TLS of connections to an upstream."""

    mode: Literal["DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"] = "DISABLE"
    client_certificate: str = ""
    private_key: str = ""
    ca_certificates: str = ""
    credential_name: str = ""
    subject_alt_names: tuple[str, ...] = ()
    sni: str = ""
    insecure_skip_verify: bool | None = None
    ca_crl: str = ""


@message
class HTTPCookieAttribute(Message):
    """`httpCookie.attributes[]`."""

    name: str = ""
    value: str = ""


@message
class HTTPCookie(Message):
    """Hashing by a cookie; with `ttl` set, also to 0, the proxy makes the cookie."""

    name: str = ""
    path: str = ""
    ttl: Duration | None = None
    attributes: tuple[HTTPCookieAttribute, ...] = ()


@message
class RingHash(Message):
    """`consistentHash.ringHash`."""

    minimum_ring_size: UInt64 = 0


@message
class MagLev(Message):
    """`consistentHash.maglev`."""

    table_size: UInt64 = 0


@message
class ConsistentHashLB(Message):
    """Consistent hashing: one key, one algorithm; `minimumRingSize` is the deprecated `ringHash.minimumRingSize`."""

    http_header_name: str | None = None
    http_cookie: HTTPCookie | None = None
    use_source_ip: bool | None = None
    http_query_parameter_name: str | None = None
    ring_hash: RingHash | None = None
    maglev: MagLev | None = None
    minimum_ring_size: UInt64 = 0


@message
class WarmupConfiguration(Message):
    """Slow start of new endpoints."""

    duration: Duration | None = None
    minimum_percent: Double | None = None
    aggression: Double | None = None


SimpleLB = Literal["UNSPECIFIED", "LEAST_CONN", "RANDOM", "PASSTHROUGH", "ROUND_ROBIN", "LEAST_REQUEST"]


@message
class LoadBalancerSettings(Message):
    """Load balancing by `simple` or `consistentHash`; `warmupDurationSecs` is the deprecated `warmup.duration`."""

    simple: SimpleLB | None = None
    consistent_hash: ConsistentHashLB | None = None
    locality_lb_setting: LocalityLoadBalancerSetting | None = None
    warmup_duration_secs: Duration | None = None
    warmup: WarmupConfiguration | None = None


@message
class OutlierDetection(Message):
    """Ejection of failing endpoints; `consecutiveErrors` is deprecated and has no effect."""

    consecutive_errors: Int32 = 0
    split_external_local_origin_errors: bool = False
    consecutive_local_origin_failures: UInt32 | None = None
    consecutive_gateway_errors: UInt32 | None = None
    consecutive_5xx_errors: UInt32 | None = named("consecutive5xxErrors")
    interval: Duration | None = None
    base_ejection_time: Duration | None = None
    max_ejection_percent: Int32 = 0
    min_health_percent: Int32 = 0


@message
class PortTrafficPolicy(Message):
    """`portLevelSettings[]`: replaces the policy of the destination for one port."""

    port: PortSelector | None = None
    load_balancer: LoadBalancerSettings | None = None
    connection_pool: ConnectionPoolSettings | None = None
    outlier_detection: OutlierDetection | None = None
    tls: ClientTLSSettings | None = None


@message
class TunnelSettings(Message):
    """`tunnel`: TCP or TLS traffic in HTTP CONNECT or POST."""

    protocol: str = ""
    target_host: str = ""
    target_port: UInt32 = 0


@message
class ProxyProtocol(Message):
    """PROXY protocol towards the upstream."""

    version: Literal["V1", "V2"] = "V1"


@message
class RetryBudget(Message):
    """Retries as a share of active requests."""

    percent: Double | None = None
    min_retry_concurrency: UInt32 = 0


@message
class TrafficPolicy(Message):
    """Policy of a destination, or of a subset of it."""

    load_balancer: LoadBalancerSettings | None = None
    connection_pool: ConnectionPoolSettings | None = None
    outlier_detection: OutlierDetection | None = None
    tls: ClientTLSSettings | None = None
    port_level_settings: tuple[PortTrafficPolicy, ...] = ()
    tunnel: TunnelSettings | None = None
    proxy_protocol: ProxyProtocol | None = None
    retry_budget: RetryBudget | None = None


@message
class Subset(Message):
    """`subsets[]`: the endpoints of the host that carry `labels`."""

    name: str = ""
    labels: Mapping[str, str] = mapping()
    traffic_policy: TrafficPolicy | None = None


@message
class DestinationRuleSpec(Message):
    """`spec` of a DestinationRule."""

    host: str = ""
    traffic_policy: TrafficPolicy | None = None
    subsets: tuple[Subset, ...] = ()
    export_to: tuple[str, ...] = ()
    workload_selector: WorkloadSelector | None = None


@resource("networking.istio.io", "v1", "v1beta1", "v1alpha3")
class DestinationRule(Object):
    """Traffic policy and subsets of a host."""

    spec: DestinationRuleSpec = DestinationRuleSpec()
