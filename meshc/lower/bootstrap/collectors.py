"""Collectors: proxy configuration in, clusters for traces, metrics and logs out (spec: extensions 1.12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshc.ir.address import Address
from meshc.ir.bootstrap import Collector, Tracer, TracerKind
from meshc.ir.cluster import TcpKeepalive
from meshc.ir.duration import SECOND
from meshc.ir.tls import (
    WORKLOAD_CERTIFICATE,
    WORKLOAD_ROOTS,
    SecretSource,
    ServerValidation,
    TlsParameters,
    UpstreamTls,
)
from meshc.lower.tls.credentials import file_certificate, file_roots
from meshc.model import api
from meshc.scope.proxy import Proxy

_MESH_ALPN = "istio"
_HTTP2_ALPN = "h2"


def tracer(proxy: Proxy) -> Tracer | None:
    """The tracer that `tracing` names; None without one, and for those that the agent renders nothing for."""
    tracing = proxy.config.tracing
    if tracing is None:
        return None
    for kind, target in (
        (TracerKind.ZIPKIN, tracing.zipkin),
        (TracerKind.LIGHTSTEP, tracing.lightstep),
        (TracerKind.DATADOG, tracing.datadog),
    ):
        if target is not None:
            name = "datadog_agent" if kind is TracerKind.DATADOG else kind.value
            made = _collector(
                proxy, name, target.address, tracing.tls_settings, "tracer", http2=kind is TracerKind.LIGHTSTEP
            )
            return Tracer(kind=kind, collector=made) if made is not None else None
    return None


def metrics_service(proxy: Proxy) -> Collector | None:
    """The service that statistics are streamed to."""
    return _remote(proxy, "envoy_metrics_service", proxy.config.envoy_metrics_service)


def access_log_service(proxy: Proxy) -> Collector | None:
    """The service that access logs are streamed to."""
    return _remote(proxy, "envoy_accesslog_service", proxy.config.envoy_access_log_service)


def _remote(proxy: Proxy, name: str, service: api.RemoteService | None) -> Collector | None:
    if service is None:
        return None
    return _collector(
        proxy, name, service.address, service.tls_settings, name, http2=True, keepalive=service.tcp_keepalive
    )


def _collector(
    proxy: Proxy,
    name: str,
    address: str,
    tls: api.ClientTLSSettings | None,
    sni: str,
    *,
    http2: bool,
    keepalive: api.TcpKeepalive | None = None,
) -> Collector | None:
    """A collector's cluster; None without a usable address. The host may be the one of the node, `$(HOST_IP)`."""
    host_ip = proxy.config.proxy_metadata.get("HOST_IP", "")
    at = host_and_port(address.replace("$(HOST_IP)", host_ip))
    if at is None:
        return None
    return Collector(
        name=name,
        address=at,
        http2=http2,
        tls=_tls(tls, proxy.metadata, sni, http2) if tls is not None else None,
        keepalive=_keepalive(keepalive) if keepalive is not None else None,
    )


def _keepalive(given: api.TcpKeepalive) -> TcpKeepalive:
    return TcpKeepalive(
        probes=given.probes or None,
        time=None if given.time is None else given.time // SECOND,
        interval=None if given.interval is None else given.interval // SECOND,
    )


def _tls(tls: api.ClientTLSSettings, metadata: Mapping[str, Any], sni: str, http2: bool) -> UpstreamTls | None:
    """TLS to a collector. Files that the node's metadata names go before those of the settings."""
    alpn = (_HTTP2_ALPN,) if http2 else ()
    roots = metadata.get("TLS_CLIENT_ROOT_CERT") or tls.ca_certificates
    sans = tuple(tls.subject_alt_names)
    match tls.mode:
        case "SIMPLE" | "MUTUAL":
            chain = metadata.get("TLS_CLIENT_CERT_CHAIN") or tls.client_certificate
            key = metadata.get("TLS_CLIENT_KEY") or tls.private_key
            return UpstreamTls(
                parameters=TlsParameters(),
                sni=tls.sni,
                alpn=alpn,
                certificate=file_certificate(chain, key, SecretSource.AGENT) if tls.mode == "MUTUAL" else None,
                validation=ServerValidation(roots=file_roots(roots, SecretSource.AGENT), san_exact=sans),
            )
        case "ISTIO_MUTUAL":
            return UpstreamTls(
                parameters=TlsParameters(),
                sni=tls.sni or sni,
                alpn=(_MESH_ALPN, *alpn) if http2 else (),
                certificate=WORKLOAD_CERTIFICATE,
                validation=ServerValidation(roots=WORKLOAD_ROOTS, san_exact=sans),
            )
    return None


def host_and_port(text: str) -> Address | None:
    """An address as `host:port`, an IPv6 host in brackets; None if it is none."""
    host, _, port = text.rpartition(":")
    number = api.parse_int(port)
    return Address(host=host.strip("[]"), port=number) if host and number else None
