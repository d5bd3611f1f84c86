"""ProxyConfigs, and the `defaultConfig` of a mesh, in; what istiod holds against them out (spec: tooling 20, 32)."""

from __future__ import annotations

from meshc.resources.check.client_tls import check_client_tls
from meshc.resources.check.names import fqdn_fault
from meshc.resources.check.numbers import check_bounds, check_duration, check_port
from meshc.resources.check.place import Fault, Place
from meshc.resources.check.selectors import check_selector
from meshc.resources.go_values import is_ip
from meshc.resources.mesh_config.proxy import PrivateKeyProvider, ProxyConfig, Tracing
from meshc.resources.message import SECOND
from meshc.resources.networking.proxy_config import ProxyConfig as ProxyConfigResource

HOST_IP = "$(HOST_IP)"
AUTO_ALLOCATE = "ISTIO_META_DNS_AUTO_ALLOCATE"


def check_proxy_config_resource(resource: ProxyConfigResource, root: Place) -> None:
    """A ProxyConfig object."""
    at, selector = root / "spec", resource.spec.selector
    check_selector(at / "selector", selector.match_labels if selector is not None else None, "matchLabels")
    check_bounds(at / "concurrency", resource.spec.concurrency, 0)


def check_proxy_config(at: Place, config: ProxyConfig) -> None:
    """The proxy configuration in force for the mesh (`defaultConfig`)."""
    (at / "configPath").need(config.config_path, "configPath")
    (at / "binaryPath").need(config.binary_path, "binaryPath")
    if config.tracing_service_name is None:
        (at / "serviceCluster").need(config.service_cluster, "serviceCluster")
    check_duration(at / "drainDuration", config.drain_duration)
    if config.drain_duration is not None and config.drain_duration % SECOND:
        (at / "drainDuration").tell("MC0401", "drainDuration is not a whole number of seconds")
    (at / "discoveryAddress").judge("MC0410", address_fault(config.discovery_address))
    if config.statsd_udp_address:
        (at / "statsdUdpAddress").judge("MC0410", address_fault(config.statsd_udp_address))
    for field, service in (
        ("envoyAccessLogService", config.envoy_access_log_service),
        ("envoyMetricsService", config.envoy_metrics_service),
    ):
        if service is not None:
            (at / field / "address").judge("MC0410", address_fault(service.address))
            check_client_tls(at / field / "tlsSettings", service.tls_settings)
    check_port(at / "proxyAdminPort", config.proxy_admin_port)
    check_port(at / "statusPort", config.status_port)
    _check_tracing(at / "tracing", config.tracing)
    _check_keys(at / "privateKeyProvider", config.private_key_provider)
    if AUTO_ALLOCATE in config.proxy_metadata:
        (at / "proxyMetadata" / AUTO_ALLOCATE).tell(
            "MC0451", f"{AUTO_ALLOCATE} is deprecated", "istiod allocates addresses"
        )


def address_fault(text: str) -> Fault:
    """An address as host:port."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or not 1 <= int(port) <= 65535:
        return f"{text!r} is not of the form host:port"
    return "" if is_ip(host) else fqdn_fault(host)


def _check_tracing(at: Place, tracing: Tracing | None) -> None:
    """Addresses of tracers; the node's own may be put in by the agent."""
    if tracing is None:
        return
    tracers = {
        "zipkin": tracing.zipkin.address.replace(HOST_IP, "0.0.0.0") if tracing.zipkin is not None else None,
        "datadog": tracing.datadog.address.replace(HOST_IP, "0.0.0.0") if tracing.datadog is not None else None,
        "lightstep": tracing.lightstep.address if tracing.lightstep is not None else None,
    }
    for name, address in tracers.items():
        if address is not None:
            (at / name / "address").judge("MC0410", address_fault(address))
    if tracing.lightstep is not None:
        (at / "lightstep" / "accessToken").need(tracing.lightstep.access_token, "the access token")
    check_client_tls(at / "tlsSettings", tracing.tls_settings)


def _check_keys(at: Place, provider: PrivateKeyProvider | None) -> None:
    """Accelerators collect work for a while, which cannot be no time."""
    if provider is None:
        return
    for field, accelerator in (("cryptomb", provider.cryptomb), ("qat", provider.qat)):
        if accelerator is not None and not accelerator.poll_delay:
            (at / field / "pollDelay").tell("MC0412", "pollDelay is missing or zero")
