"""MeshConfig: the settings of the mesh as a whole."""

from __future__ import annotations

from typing import Literal

from meshc.resources.mesh_config.providers import ExtensionProvider
from meshc.resources.mesh_config.proxy import ProxyConfig
from meshc.resources.message import Duration, Int32, Message, message, named
from meshc.resources.networking.common import HTTPRetry, LocalityLoadBalancerSetting, TcpKeepalive
from meshc.resources.networking.destination_rule import ClientTLSSettings
from meshc.resources.selector import LabelSelector


@message
class OutboundTrafficPolicy(Message):
    """Traffic to unknown destinations; REGISTRY_ONLY is the zero value."""

    mode: Literal["REGISTRY_ONLY", "ALLOW_ANY"] = "REGISTRY_ONLY"


@message
class InboundTrafficPolicy(Message):
    """Where inbound traffic goes: on to the pod's address, or to localhost."""

    mode: Literal["PASSTHROUGH", "LOCALHOST"] = "PASSTHROUGH"


@message
class ConfigSource(Message):
    """`configSources[]`."""

    address: str = ""
    tls_settings: ClientTLSSettings | None = None
    subscribed_resources: tuple[Literal["SERVICE_REGISTRY"], ...] = ()


@message
class Certificate(Message):
    """`certificates[]`, deprecated."""

    secret_name: str = ""
    dns_names: tuple[str, ...] = ()


@message
class CertificateData(Message):
    """`caCertificates[]`: a further root of trust, and the trust domains it is for."""

    pem: str | None = None
    spiffe_bundle_url: str | None = None
    cert_signers: tuple[str, ...] = ()
    trust_domains: tuple[str, ...] = ()


@message
class CA(Message):
    """`ca`: an external certificate authority."""

    address: str = ""
    tls_settings: ClientTLSSettings | None = None
    request_timeout: Duration | None = None
    istiod_side: bool = False


@message
class ServiceSettingsFlags(Message):
    """`serviceSettings[].settings`."""

    cluster_local: bool = False


@message
class ServiceSettings(Message):
    """`serviceSettings[]`: settings of hosts."""

    settings: ServiceSettingsFlags | None = None
    hosts: tuple[str, ...] = ()


@message
class ServiceScopeConfigs(Message):
    """`serviceScopeConfigs[]`: which services are for the own cluster and which for all (ambient only)."""

    namespace_selector: LabelSelector | None = None
    services_selector: LabelSelector | None = None
    scope: Literal["LOCAL", "GLOBAL"] = "LOCAL"


@message
class DefaultProviders(Message):
    """`defaultProviders`: the providers of telemetry where no Telemetry names one."""

    tracing: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    access_logging: tuple[str, ...] = ()


@message
class ProxyPathNormalization(Message):
    """`pathNormalization`."""

    normalization: Literal["DEFAULT", "NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"] = "DEFAULT"


@message
class TLSConfig(Message):
    """`meshMTLS` and `tlsDefaults`."""

    min_protocol_version: Literal["TLS_AUTO", "TLSV1_2", "TLSV1_3"] = "TLS_AUTO"
    ecdh_curves: tuple[str, ...] = ()
    cipher_suites: tuple[str, ...] = ()


@message
class MeshConfig(Message):
    """The mesh config; zero values here, istiod's defaults in `default_mesh_config`."""

    proxy_listen_port: Int32 = 0
    proxy_inbound_listen_port: Int32 = 0
    proxy_http_port: Int32 = 0
    connect_timeout: Duration | None = None
    hbone_idle_timeout: Duration | None = None
    protocol_detection_timeout: Duration | None = None
    tcp_keepalive: TcpKeepalive | None = None
    ingress_class: str = ""
    ingress_service: str = ""
    ingress_controller_mode: Literal["UNSPECIFIED", "OFF", "DEFAULT", "STRICT"] = "UNSPECIFIED"
    ingress_selector: str = ""
    enable_tracing: bool = False
    access_log_file: str = ""
    access_log_format: str = ""
    access_log_encoding: Literal["TEXT", "JSON"] = "TEXT"
    enable_envoy_access_log_service: bool = False
    disable_envoy_listener_log: bool = False
    default_config: ProxyConfig = ProxyConfig()
    outbound_traffic_policy: OutboundTrafficPolicy | None = None
    inbound_traffic_policy: InboundTrafficPolicy | None = None
    config_sources: tuple[ConfigSource, ...] = ()
    enable_auto_mtls: bool | None = None
    trust_domain: str = ""
    trust_domain_aliases: tuple[str, ...] = ()
    ca_certificates: tuple[CertificateData, ...] = ()
    default_service_export_to: tuple[str, ...] = ()
    default_virtual_service_export_to: tuple[str, ...] = ()
    default_destination_rule_export_to: tuple[str, ...] = ()
    root_namespace: str = ""
    locality_lb_setting: LocalityLoadBalancerSetting | None = None
    dns_refresh_rate: Duration | None = None
    h2_upgrade_policy: Literal["DO_NOT_UPGRADE", "UPGRADE"] = "DO_NOT_UPGRADE"
    inbound_cluster_stat_name: str = ""
    outbound_cluster_stat_name: str = ""
    certificates: tuple[Certificate, ...] = ()
    service_settings: tuple[ServiceSettings, ...] = ()
    enable_prometheus_merge: bool | None = None
    verify_certificate_at_client: bool | None = None
    ca: CA | None = None
    extension_providers: tuple[ExtensionProvider, ...] = ()
    default_providers: DefaultProviders = DefaultProviders()
    discovery_selectors: tuple[LabelSelector, ...] = ()
    path_normalization: ProxyPathNormalization | None = None
    default_http_retry_policy: HTTPRetry | None = None
    mesh_mtls: TLSConfig | None = named("meshMTLS", None, "mesh_mTLS")
    tls_defaults: TLSConfig | None = None
    service_scope_configs: tuple[ServiceScopeConfigs, ...] = ()
