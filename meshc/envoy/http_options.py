"""HTTP options of a cluster in, `HttpProtocolOptions` packed as Envoy's extension options out."""

from __future__ import annotations

from functools import cache
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration, wrapped
from meshc.ir.cluster import HttpConnectionLimits, HttpOptions, UpstreamProtocol

HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
"""The type of the options, and the key they stand under in a cluster."""


@cache
def http_options(options: HttpOptions) -> Any:
    """The options packed as Any."""
    fields: dict[str, Any] = _protocol(options)
    if options.limits is not None:
        fields["common_http_protocol_options"] = _limits(options.limits)
    if options.auto_sni or options.auto_san_validation:
        fields["upstream_http_protocol_options"] = {
            "auto_sni": options.auto_sni,
            "auto_san_validation": options.auto_san_validation,
        }
    return pack(message_class(HTTP_OPTIONS)(**fields))


def _protocol(options: HttpOptions) -> dict[str, Any]:
    if options.protocol is UpstreamProtocol.HTTP2:
        streams = wrapped(options.max_concurrent_streams or None)
        return {"explicit_http_config": {"http2_protocol_options": {"max_concurrent_streams": streams}}}
    http1 = preserve_case() if options.preserve_case else {}
    if options.protocol is UpstreamProtocol.HTTP1:
        return {"explicit_http_config": {"http_protocol_options": http1}}
    return {"use_downstream_protocol_config": {"http_protocol_options": http1, "http2_protocol_options": {}}}


@cache
def preserve_case() -> dict[str, Any]:
    """`Http1ProtocolOptions` that keep the case of header names."""
    formatter = message_class("envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig")()
    return {"header_key_format": {"stateful_formatter": {"name": "preserve_case", "typed_config": pack(formatter)}}}


def _limits(limits: HttpConnectionLimits) -> dict[str, Any]:
    return {
        "idle_timeout": duration(limits.idle_timeout),
        "max_requests_per_connection": wrapped(limits.max_requests_per_connection),
        "max_connection_duration": duration(limits.max_connection_duration),
    }
