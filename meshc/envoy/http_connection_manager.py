"""HTTP connection managers in, `HttpConnectionManager` messages packed as Any out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from meshc.envoy.access_logs import access_logs
from meshc.envoy.any import pack, type_url
from meshc.envoy.encode import to_bytes, to_text
from meshc.envoy.http_filters import http_filter
from meshc.envoy.http_options import preserve_case
from meshc.envoy.routes import route_configuration
from meshc.envoy.schema import message_class
from meshc.envoy.tracing import tracing
from meshc.envoy.wrappers import cidr_range, duration, wrapped
from meshc.ir import http_connection_manager as ir

_HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_RDS = {"config_source": {"ads": {}, "initial_fetch_timeout": {}, "resource_api_version": "V3"}}


def connection_manager(node: ir.HttpConnectionManager) -> Any:
    """The connection manager packed as Any.

    What differs from listener to listener are fields with lower numbers than those of the settings, which are
    serialised once: one after the other they are the bytes of the whole.
    """
    value = to_bytes(_head(node)) + _settings_bytes(node.settings)
    return message_class("google.protobuf.Any")(type_url=type_url(_HCM), value=value)


def connection_manager_text(node: ir.HttpConnectionManager, settings: str) -> str:
    """The JSON text of a connection manager packed as Any, with another text for that of its settings."""
    return f"{to_text(pack(_head(node)))[:-1]},{settings}}}"


def settings_text(node: ir.HttpSettings) -> str:
    """The JSON text of settings, without braces."""
    return to_text(_settings(node))[1:-1]


def _head(node: ir.HttpConnectionManager) -> Any:
    """Codec, statistics prefix and routes, which are fields 1 to 4."""
    routes: dict[str, Any] = (
        {"rds": {**_RDS, "route_config_name": node.routes}}
        if isinstance(node.routes, str)
        else {"route_config": route_configuration(node.routes)}
    )
    return message_class(_HCM)(codec_type=node.settings.codec.value, stat_prefix=node.stat_prefix, **routes)


@lru_cache(maxsize=1024)
def _settings_bytes(node: ir.HttpSettings) -> bytes:
    return to_bytes(_settings(node))


def _settings(node: ir.HttpSettings) -> Any:
    """Everything but the fields of the head."""
    details = node.client_cert_details
    return message_class(_HCM)(
        http_filters=[http_filter(f) for f in node.filters],
        tracing=node.tracing and tracing(node.tracing),
        access_log=access_logs(node.access_logs),
        common_http_protocol_options=_common_options(node),
        http_protocol_options=None if node.http1 is None else _http1(node.http1),
        http2_protocol_options={} if node.http2 else None,
        http3_protocol_options={} if node.codec is ir.Codec.HTTP3 else None,
        server_name=node.server_name,
        server_header_transformation="PASS_THROUGH" if node.pass_server_header else "OVERWRITE",
        stream_idle_timeout={},
        use_remote_address={"value": node.use_remote_address},
        xff_num_trusted_hops=node.xff_trusted_hops,
        internal_address_config=_internal_addresses(node),
        generate_request_id=None if node.generate_request_id else {"value": False},
        forward_client_cert_details=node.forward_client_cert and node.forward_client_cert.value,
        set_current_client_cert_details=None if details is None else _client_cert_details(details),
        proxy_100_continue=node.proxy_100_continue,
        upgrade_configs=[{"upgrade_type": "websocket"}],
        normalize_path={"value": node.normalize_path},
        merge_slashes=node.merge_slashes,
        path_with_escaped_slashes_action="UNESCAPE_AND_FORWARD" if node.unescape_slashes else "KEEP_UNCHANGED",
        request_id_extension={"typed_config": _request_id(node.request_id_sampling)},
        append_x_forwarded_port=node.append_forwarded_port,
    )


def _common_options(node: ir.HttpSettings) -> dict[str, Any] | None:
    return None if node.idle_timeout is None else {"idle_timeout": duration(node.idle_timeout)}


def _http1(options: ir.Http1) -> dict[str, Any]:
    return {
        "accept_http_10": options.accept_http10,
        "allow_absolute_url": wrapped(options.allow_absolute_url or None),
        **(preserve_case() if options.preserve_header_case else {}),
    }


def _internal_addresses(node: ir.HttpSettings) -> dict[str, Any] | None:
    return {"cidr_ranges": list(map(cidr_range, node.internal_ranges))} if node.internal_ranges else None


def _client_cert_details(details: ir.ClientCertDetails) -> dict[str, Any]:
    return {
        "subject": wrapped(details.subject),
        "cert": details.cert,
        "chain": details.chain,
        "dns": details.dns,
        "uri": details.uri,
    }


def _request_id(sampling: bool) -> Any:
    config = message_class("envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig")
    return pack(config(use_request_id_for_trace_sampling={"value": sampling}))
