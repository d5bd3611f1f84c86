"""The mesh's ProxyConfig (`defaultConfig`, the annotation `proxy.istio.io/config`, node metadata PROXY_CONFIG)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Double, Duration, Int32, Int64, Message, UInt32, mapping, message
from meshc.resources.networking.common import TcpKeepalive
from meshc.resources.networking.destination_rule import ClientTLSSettings
from meshc.resources.networking.proxy_config import ProxyImage
from meshc.resources.probe import ReadinessProbe
from meshc.resources.tracing import EnvironmentTag, LiteralTag, RequestHeaderTag, TraceContext


@message
class Zipkin(Message):
    """`tracing.zipkin`."""

    address: str = ""


@message
class Lightstep(Message):
    """`tracing.lightstep`."""

    address: str = ""
    access_token: str = ""


@message
class Datadog(Message):
    """`tracing.datadog`."""

    address: str = ""


@message
class Stackdriver(Message):
    """`tracing.stackdriver`."""

    debug: bool = False
    max_number_of_attributes: Int64 | None = None
    max_number_of_annotations: Int64 | None = None
    max_number_of_message_events: Int64 | None = None


@message
class OpenCensusAgent(Message):
    """`tracing.openCensusAgent`."""

    address: str = ""
    context: tuple[TraceContext, ...] = ()


@message
class CustomTag(Message):
    """`tracing.customTags[]`: the source of a tag's value; one field is set."""

    literal: LiteralTag | None = None
    environment: EnvironmentTag | None = None
    header: RequestHeaderTag | None = None


@message
class Tracing(Message):
    """`tracing`; the tracer itself (one of the first five fields) is for the bootstrap only."""

    zipkin: Zipkin | None = None
    lightstep: Lightstep | None = None
    datadog: Datadog | None = None
    stackdriver: Stackdriver | None = None
    open_census_agent: OpenCensusAgent | None = None
    custom_tags: Mapping[str, CustomTag] = mapping()
    max_path_tag_length: UInt32 = 0
    sampling: Double = 0.0
    tls_settings: ClientTLSSettings | None = None
    enable_istio_tags: bool | None = None


ForwardClientCertDetails = Literal[
    "UNDEFINED", "SANITIZE", "FORWARD_ONLY", "APPEND_FORWARD", "SANITIZE_SET", "ALWAYS_FORWARD_ONLY"
]


@message
class ProxyProtocolConfiguration(Message):
    """`gatewayTopology.proxyProtocol`: its presence switches the PROXY protocol on."""


@message
class Topology(Message):
    """`gatewayTopology`: what stands in front of gateways."""

    num_trusted_proxies: UInt32 = 0
    forward_client_cert_details: ForwardClientCertDetails = "UNDEFINED"
    proxy_protocol: ProxyProtocolConfiguration | None = None


@message
class SetCurrentClientCertDetails(Message):
    """`proxyHeaders.setCurrentClientCertDetails`."""

    subject: bool | None = None
    cert: bool | None = None
    chain: bool | None = None
    dns: bool | None = None
    uri: bool | None = None


@message
class HeaderSwitch(Message):
    """`requestId`, `attemptCount` and `envoyDebugHeaders` of `proxyHeaders`."""

    disabled: bool | None = None


@message
class ServerHeader(Message):
    """`proxyHeaders.server`."""

    disabled: bool | None = None
    value: str = ""


@message
class MetadataExchangeHeaders(Message):
    """`proxyHeaders.metadataExchangeHeaders`."""

    mode: Literal["UNDEFINED", "IN_MESH"] = "UNDEFINED"


@message
class ForwardedHeader(Message):
    """`proxyHeaders.xForwardedHost` and `.xForwardedPort`."""

    enabled: bool | None = None


@message
class ProxyHeaders(Message):
    """`proxyHeaders`: which headers proxies add."""

    forwarded_client_cert: ForwardClientCertDetails = "UNDEFINED"
    set_current_client_cert_details: SetCurrentClientCertDetails | None = None
    request_id: HeaderSwitch | None = None
    server: ServerHeader | None = None
    attempt_count: HeaderSwitch | None = None
    envoy_debug_headers: HeaderSwitch | None = None
    metadata_exchange_headers: MetadataExchangeHeaders | None = None
    preserve_http1_header_case: bool | None = None
    x_forwarded_host: ForwardedHeader | None = None
    x_forwarded_port: ForwardedHeader | None = None


@message
class RemoteService(Message):
    """`envoyAccessLogService` and `envoyMetricsService`."""

    address: str = ""
    tls_settings: ClientTLSSettings | None = None
    tcp_keepalive: TcpKeepalive | None = None


@message
class ProxyStatsMatcher(Message):
    """`proxyStatsMatcher`: further statistics to keep."""

    inclusion_prefixes: tuple[str, ...] = ()
    inclusion_suffixes: tuple[str, ...] = ()
    inclusion_regexps: tuple[str, ...] = ()


@message
class AcceleratedPrivateKey(Message):
    """`privateKeyProvider.cryptomb` and `.qat`."""

    poll_delay: Duration | None = None
    fallback: bool | None = None


@message
class PrivateKeyProvider(Message):
    """`privateKeyProvider`; one field is set."""

    cryptomb: AcceleratedPrivateKey | None = None
    qat: AcceleratedPrivateKey | None = None


@message
class ProxyConfig(Message):
    """Configuration of one proxy; of `serviceCluster` and `tracingServiceName` one is set."""

    config_path: str = ""
    binary_path: str = ""
    service_cluster: str | None = None
    tracing_service_name: (
        Literal["APP_LABEL_AND_NAMESPACE", "CANONICAL_NAME_ONLY", "CANONICAL_NAME_AND_NAMESPACE"] | None
    ) = None
    drain_duration: Duration | None = None
    discovery_address: str = ""
    discovery_refresh_delay: Duration | None = None
    zipkin_address: str = ""
    statsd_udp_address: str = ""
    envoy_metrics_service_address: str = ""
    proxy_admin_port: Int32 = 0
    availability_zone: str = ""
    control_plane_auth_policy: Literal["NONE", "MUTUAL_TLS", "INHERIT"] = "NONE"
    custom_config_file: str = ""
    stat_name_length: Int32 = 0
    concurrency: Int32 | None = None
    proxy_bootstrap_template_path: str = ""
    interception_mode: Literal["REDIRECT", "TPROXY", "NONE"] = "REDIRECT"
    tracing: Tracing | None = None
    envoy_access_log_service: RemoteService | None = None
    envoy_metrics_service: RemoteService | None = None
    proxy_metadata: Mapping[str, str] = mapping()
    runtime_values: Mapping[str, str] = mapping()
    status_port: Int32 = 0
    extra_stat_tags: tuple[str, ...] = ()
    gateway_topology: Topology | None = None
    termination_drain_duration: Duration | None = None
    mesh_id: str = ""
    readiness_probe: ReadinessProbe | None = None
    proxy_stats_matcher: ProxyStatsMatcher | None = None
    hold_application_until_proxy_starts: bool | None = None
    ca_certificates_pem: tuple[str, ...] = ()
    image: ProxyImage | None = None
    private_key_provider: PrivateKeyProvider | None = None
    proxy_headers: ProxyHeaders | None = None
    file_flush_interval: Duration | None = None
    file_flush_min_size_kb: UInt32 | None = None
    stats_compression: bool | None = None
