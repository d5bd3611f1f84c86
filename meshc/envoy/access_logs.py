"""Access logs in, `envoy.config.accesslog.v3.AccessLog` messages out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from meshc.envoy.any import pack, struct
from meshc.envoy.schema import message_class
from meshc.ir import access_log as ir

_LOGGERS = "envoy.extensions.access_loggers"
_NO_ROUTE: dict[str, Any] = {"response_flag_filter": {"flags": ["NR"]}}


def access_logs(logs: Iterable[ir.AccessLog]) -> list[Any]:
    """The logs, in their order."""
    return [access_log(log) for log in logs]


@lru_cache(maxsize=256)
def access_log(log: ir.AccessLog) -> Any:
    """One log; many filters have the same one."""
    name, config = _CONFIGS[type(log)](log)
    return message_class("envoy.config.accesslog.v3.AccessLog")(
        name=name, filter=log.filter and _filter(log.filter), typed_config=pack(config)
    )


def _filter(condition: ir.LogFilter) -> dict[str, Any]:
    parts = [_NO_ROUTE] if condition.no_route else []
    if condition.cel is not None:
        parts.append(_expression(condition.cel))
    return parts[0] if len(parts) == 1 else {"and_filter": {"filters": parts}}


def _expression(cel: str) -> dict[str, Any]:
    config = message_class(f"{_LOGGERS}.filters.cel.v3.ExpressionFilter")(expression=cel)
    return {"extension_filter": {"name": "envoy.access_loggers.extension_filters.cel", "typed_config": pack(config)}}


def _file(log: ir.FileLog) -> tuple[str, Any]:
    wanted = log.format and _format(log.format)
    config = message_class(f"{_LOGGERS}.file.v3.FileAccessLog")(path=log.path, log_format=wanted)
    return "envoy.access_loggers.file", config


def _format(log_format: ir.LogFormat) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "omit_empty_values": log_format.omit_empty_values,
        "formatters": _formatters(log_format.without_query),
    }
    if log_format.json:
        return {**fields, "json_format": struct(json.loads(log_format.json)), "json_format_options": {}}
    return {**fields, "text_format_source": {"inline_string": log_format.text}}


def _formatters(without_query: bool) -> list[dict[str, Any]]:
    if not without_query:
        return []
    config = message_class("envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery")()
    return [{"name": "envoy.formatter.req_without_query", "typed_config": pack(config)}]


def _grpc(log: ir.GrpcLog) -> tuple[str, Any]:
    common = _common(log.service)
    if log.kind is ir.GrpcLogKind.TCP:
        config = message_class(f"{_LOGGERS}.grpc.v3.TcpGrpcAccessLogConfig")(common_config=common)
        return "envoy.tcp_grpc_access_log", config
    config = message_class(f"{_LOGGERS}.grpc.v3.HttpGrpcAccessLogConfig")(
        common_config=common,
        additional_request_headers_to_log=log.request_headers,
        additional_response_headers_to_log=log.response_headers,
        additional_response_trailers_to_log=log.response_trailers,
    )
    return "envoy.access_loggers.http_grpc", config


def _open_telemetry(log: ir.OpenTelemetryLog) -> tuple[str, Any]:
    attributes = [{"key": key, "value": {"string_value": text}} for key, text in log.attributes]
    config = message_class(f"{_LOGGERS}.open_telemetry.v3.OpenTelemetryAccessLogConfig")(
        common_config=_common(log.service),
        disable_builtin_labels=True,
        body={"string_value": log.body},
        attributes={"values": attributes} if attributes else None,
        formatters=_formatters(log.without_query),
    )
    return "envoy.access_loggers.open_telemetry", config


def _common(service: ir.LogService) -> dict[str, Any]:
    return {
        "log_name": service.log_name,
        "grpc_service": {"envoy_grpc": {"cluster_name": service.cluster, "authority": service.authority}},
        "transport_api_version": "V3",
        "filter_state_objects_to_log": service.filter_state_objects,
    }


_CONFIGS: dict[type[ir.AccessLog], Callable[[Any], tuple[str, Any]]] = {
    ir.FileLog: _file,
    ir.GrpcLog: _grpc,
    ir.OpenTelemetryLog: _open_telemetry,
}
"""The name and the configuration of each kind of log."""
