"""Clusters in our nouns: where connections of a proxy go and how they are made."""

from __future__ import annotations

import enum

from meshc.findings import Origin
from meshc.ir.endpoint import EndpointGroup, HealthStatus
from meshc.ir.node import node, value
from meshc.ir.tls import UpstreamTls


class Discovery(enum.Enum):
    """How a cluster finds its endpoints."""

    STATIC = "STATIC"
    STRICT_DNS = "STRICT_DNS"
    LOGICAL_DNS = "LOGICAL_DNS"
    EDS = "EDS"
    ORIGINAL_DST = "ORIGINAL_DST"
    DYNAMIC_FORWARD_PROXY = "DYNAMIC_FORWARD_PROXY"

    @property
    def is_dns(self) -> bool:
        """Endpoints are host names that the proxy resolves at intervals."""
        return self in (Discovery.STRICT_DNS, Discovery.LOGICAL_DNS)


class LbPolicy(enum.Enum):
    """The algorithm that picks an endpoint; `CLUSTER_PROVIDED`: discovery itself does."""

    ROUND_ROBIN = "ROUND_ROBIN"
    LEAST_REQUEST = "LEAST_REQUEST"
    RANDOM = "RANDOM"
    RING_HASH = "RING_HASH"
    MAGLEV = "MAGLEV"
    CLUSTER_PROVIDED = "CLUSTER_PROVIDED"


class DnsFamily(enum.Enum):
    """Addresses that a name is resolved to."""

    V4_ONLY = "V4_ONLY"
    V6_ONLY = "V6_ONLY"
    ALL = "ALL"


@value
class Dns:
    """Name resolution of a DNS cluster. Durations in nanoseconds; `udp_max_queries` 0: no limit."""

    family: DnsFamily
    refresh_rate: int | None
    jitter: int
    udp_max_queries: int


@value
class DynamicForwardProxy:
    """Resolution of the host that a request names. `allow_insecure`: the server's name need not be verified."""

    cache: str
    family: DnsFamily
    allow_insecure: bool = False


@value
class SlowStart:
    """Warmup of new endpoints over `window` nanoseconds; the other two are None with the deprecated form."""

    window: int | None
    aggression: float | None = None
    min_weight_percent: float | None = None


@value
class LeastRequest:
    """Settings of least request."""

    slow_start: SlowStart


@value
class RoundRobin:
    """Settings of round robin."""

    slow_start: SlowStart


@value
class RingHash:
    """Settings of ring hash."""

    minimum_ring_size: int


@value
class Maglev:
    """Settings of Maglev."""

    table_size: int


@value
class OriginalDestination:
    """Settings of connections to the original destination."""

    port_override: int


LbSettings = LeastRequest | RoundRobin | RingHash | Maglev | OriginalDestination


@value
class CommonLb:
    """Load balancing whatever the algorithm. `panic_threshold`: percent of healthy endpoints, None: Envoy's default."""

    panic_threshold: int | None = None
    override_host_statuses: tuple[HealthStatus, ...] = ()
    locality_weighted: bool = False


@value
class RetryBudget:
    """Retries as a share of active requests."""

    percent: float
    min_concurrency: int


@value
class CircuitBreaker:
    """Limits of a cluster."""

    max_connections: int
    max_pending_requests: int
    max_requests: int
    max_retries: int
    retry_budget: RetryBudget | None = None
    track_remaining: bool = False


@value
class OutlierDetection:
    """Ejection of failing endpoints; None: Envoy's default, durations in nanoseconds.

    A counter of failures that is set to 0 is switched off; `split_local_origin` counts failures of the proxy's own
    connection attempts apart.
    """

    consecutive_5xx: int | None = None
    consecutive_gateway_failure: int | None = None
    interval: int | None = None
    base_ejection_time: int | None = None
    max_ejection_percent: int | None = None
    split_local_origin: bool = False
    consecutive_local_origin_failure: int | None = None


@value
class TcpKeepalive:
    """Keepalive of connections; times in seconds, None: the operating system's."""

    probes: int | None = None
    time: int | None = None
    interval: int | None = None


class UpstreamProtocol(enum.Enum):
    """The HTTP version spoken to the upstream; `DOWNSTREAM`: that of the client's connection."""

    HTTP1 = "HTTP1"
    HTTP2 = "HTTP2"
    DOWNSTREAM = "DOWNSTREAM"


@value
class HttpConnectionLimits:
    """Limits on HTTP connections, whatever the version. Durations in nanoseconds, None: no limit."""

    idle_timeout: int | None = None
    max_requests_per_connection: int | None = None
    max_connection_duration: int | None = None


@value
class HttpOptions:
    """HTTP towards the upstream.

    `preserve_case`: HTTP/1 header names go out as they came in. `auto_sni`, `auto_san_validation`: the host asked for
    is the SNI, and is looked for in the server's certificate. `max_concurrent_streams` 0: Envoy's default.
    """

    protocol: UpstreamProtocol = UpstreamProtocol.HTTP1
    preserve_case: bool = False
    max_concurrent_streams: int = 0
    limits: HttpConnectionLimits | None = None
    auto_sni: bool = False
    auto_san_validation: bool = False


class ProxyProtocol(enum.Enum):
    """Version of the PROXY protocol header that a connection starts with."""

    V1 = "V1"
    V2 = "V2"


@value
class Transport:
    """How connections are secured. `by_endpoint`: TLS to endpoints of `tls_mode` `istio`, plaintext to the others."""

    tls: UpstreamTls | None = None
    by_endpoint: bool = False
    proxy_protocol: ProxyProtocol | None = None


@value
class SourceAddress:
    """The addresses that connections are made from: one, and further ones for upstreams of another family."""

    address: str
    extra: tuple[str, ...] = ()


@value
class ServiceReference:
    """The service that a cluster is of, as telemetry reports it."""

    host: str
    name: str
    namespace: str


@value
class ClusterMetadata:
    """What filters and telemetry read of a cluster. `config` is the path of the rule that shaped it.

    `no_alpn_override`: the proxy's own TLS settings speak, so the ALPN of the mesh is not forced on the connection.
    """

    services: tuple[ServiceReference, ...] = ()
    external: bool = False
    config: str = ""
    subset: str = ""
    no_alpn_override: bool = False


@value
class MetadataExchange:
    """Exchange of workload metadata with the peer at the start of a connection, with further labels."""

    additional_labels: tuple[str, ...] = ()


@node
class Cluster:
    """One cluster.

    `stat_name` is its name in statistics. `endpoints` are inline: of STATIC and DNS clusters; with EDS they are the
    `EndpointGroup` of the cluster's name. `cleanup_interval` and `connect_timeout` in nanoseconds.
    """

    name: str
    origin: Origin
    discovery: Discovery
    connect_timeout: int | None
    stat_name: str
    lb_policy: LbPolicy = LbPolicy.ROUND_ROBIN
    lb_settings: LbSettings | None = None
    common_lb: CommonLb | None = None
    circuit_breaker: CircuitBreaker | None = None
    outlier_detection: OutlierDetection | None = None
    keepalive: TcpKeepalive | None = None
    http: HttpOptions | None = None
    transport: Transport | None = None
    source_address: SourceAddress | None = None
    dns: Dns | None = None
    forward_proxy: DynamicForwardProxy | None = None
    endpoints: EndpointGroup | None = None
    cleanup_interval: int | None = None
    metadata: ClusterMetadata | None = None
    metadata_exchange: MetadataExchange | None = None
