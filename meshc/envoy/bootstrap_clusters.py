"""The clusters that a bootstrap brings along, and where the proxy gets the rest from."""

from __future__ import annotations

from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.http_options import HTTP_OPTIONS
from meshc.envoy.schema import message_class
from meshc.envoy.sds import secret_config
from meshc.envoy.wrappers import wrapped
from meshc.ir import bootstrap as ir
from meshc.ir.tls import UpstreamTls

XDS_CLUSTER = "xds-grpc"
_SOCKETS = "./var/run/secrets"
_XDS_LIMIT = 100_000
_KEEPALIVE_SECONDS = 300


def dynamic_resources(node: ir.Bootstrap) -> dict[str, Any]:
    """Everything comes from the agent, which passes it on from the control plane."""
    ads = {"ads": {}, "initial_fetch_timeout": {}, "resource_api_version": "V3"}
    return {
        "lds_config": ads,
        "cds_config": ads,
        "ads_config": {
            "api_type": "DELTA_GRPC" if node.delta_xds else "GRPC",
            "transport_api_version": "V3",
            "set_node_on_first_message_only": True,
            "grpc_services": [{"envoy_grpc": {"cluster_name": XDS_CLUSTER}}],
        },
    }


def static_clusters(node: ir.Bootstrap) -> list[dict[str, Any]]:
    """The clusters of the proxy itself, of the agent and of collectors, as keyword values."""
    loopback, quarter = node.family.loopback, {"nanos": 250_000_000}
    own = [
        _static("prometheus_stats", _socket(loopback, node.ports.admin), quarter),
        _static("agent", _socket(loopback, node.ports.agent), quarter),
        _static("sds-grpc", _pipe(f"{_SOCKETS}/workload-spiffe-uds/{node.agent.identity_socket}"), http2=True),
    ]
    if node.agent.serves_files:
        own.append(_static("sds-files-grpc", _pipe(f"{_SOCKETS}/credential-uds/files-socket"), http2=True))
    own.append({**_static(XDS_CLUSTER, _pipe(f"{node.agent.config}/XDS"), http2=True), **_control_plane_limits()})
    tracer = node.tracer
    collectors = (tracer.collector if tracer else None, node.metrics_service, node.access_log_service)
    return own + [_collector(node, one, tracer) for one in collectors if one is not None]


def _static(
    name: str, address: dict[str, Any], timeout: dict[str, int] | None = None, http2: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "alt_stat_name": f"{name};",
        "type": "STATIC",
        "connect_timeout": timeout or {"seconds": 1},
        "lb_policy": "ROUND_ROBIN",
        "load_assignment": _assignment(name, address),
        **(_http2() if http2 else {}),
    }


def _assignment(name: str, address: dict[str, Any]) -> dict[str, Any]:
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}]}


def _socket(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}


def _pipe(path: str) -> dict[str, Any]:
    return {"pipe": {"path": path}}


def _http2() -> dict[str, Any]:
    options = message_class(HTTP_OPTIONS)(explicit_http_config={"http2_protocol_options": {}})
    return {"typed_extension_protocol_options": {HTTP_OPTIONS: pack(options)}}


def _control_plane_limits() -> dict[str, Any]:
    limit = wrapped(_XDS_LIMIT)
    limits = {"max_connections": limit, "max_pending_requests": limit, "max_requests": limit}
    return {
        "circuit_breakers": {"thresholds": [{"priority": p, **limits} for p in ("DEFAULT", "HIGH")]},
        "upstream_connection_options": {"tcp_keepalive": {"keepalive_time": wrapped(_KEEPALIVE_SECONDS)}},
        "max_requests_per_connection": wrapped(1),
    }


def _collector(node: ir.Bootstrap, collector: ir.Collector, tracer: ir.Tracer | None) -> dict[str, Any]:
    """A cluster found by DNS."""
    address = _socket(collector.address.host, collector.address.port)
    made = {
        **_static(collector.name, address, http2=collector.http2),
        "type": "STRICT_DNS",
        "respect_dns_ttl": True,
        "dns_lookup_family": node.family.dns.value,
    }
    if tracer is not None and tracer.collector is collector and tracer.kind is ir.TracerKind.ZIPKIN:
        made["dns_refresh_rate"] = {"seconds": 30}
    if collector.keepalive is not None:
        keepalive = collector.keepalive
        made["upstream_connection_options"] = {
            "tcp_keepalive": {
                "keepalive_probes": wrapped(keepalive.probes),
                "keepalive_time": wrapped(keepalive.time),
                "keepalive_interval": wrapped(keepalive.interval),
            }
        }
    if collector.tls is not None:
        made["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": pack(_tls(collector.tls))}
    return made


def _tls(tls: UpstreamTls) -> Any:
    """The agent leaves versions and ciphers to Envoy."""
    common: dict[str, Any] = {"alpn_protocols": tls.alpn}
    if tls.certificate is not None:
        common["tls_certificate_sds_secret_configs"] = [secret_config(tls.certificate)]
    if tls.validation is not None and tls.validation.roots is not None:
        common["combined_validation_context"] = {
            "default_validation_context": {"match_subject_alt_names": [{"exact": s} for s in tls.validation.san_exact]},
            "validation_context_sds_secret_config": secret_config(tls.validation.roots),
        }
    context = message_class("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext")
    return context(sni=tls.sni, common_tls_context=common)
