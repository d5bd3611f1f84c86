"""Access log providers: an extension provider in, the access log it stands for out (spec: extensions 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshc.ir.access_log import AccessLog, FileLog, GrpcLog, GrpcLogKind, LogFormat, LogService, OpenTelemetryLog
from meshc.lower.telemetry.log_formats import (
    JSON_FORMAT,
    TEXT_FORMAT,
    json_format,
    mesh_format,
    needs_query_formatter,
    text_format,
)
from meshc.lower.telemetry.providers import provider_service
from meshc.model.api import (
    EnvoyFileAccessLog,
    EnvoyHttpAls,
    EnvoyOtelAls,
    EnvoyTcpAls,
    ExtensionProvider,
)
from meshc.model.mesh import Mesh

STDOUT = "/dev/stdout"
BUILT_IN = "envoy"
"""The provider whose format is the mesh's own, unless it says otherwise."""

ACCESS_LOG_SERVICE = "envoy_accesslog_service"
"""The bootstrap's cluster behind `enableEnvoyAccessLogService`."""

_PEERS = ("upstream_peer", "downstream_peer")
_ALL_PEERS = (
    *_PEERS,
    "wasm.upstream_peer",
    "wasm.upstream_peer_id",
    "wasm.downstream_peer",
    "wasm.downstream_peer_id",
)


def provider_log(mesh: Mesh, provider: ExtensionProvider) -> AccessLog | None:
    """The log of a provider; None if it is of a kind without logs, or its service is not found."""
    if provider.envoy_file_access_log is not None:
        return _file(mesh, provider.name, provider.envoy_file_access_log)
    if provider.envoy_http_als is not None:
        return _http_service(mesh, provider.envoy_http_als)
    if provider.envoy_tcp_als is not None:
        return _tcp_service(mesh, provider.envoy_tcp_als)
    if provider.envoy_otel_als is not None:
        return _open_telemetry(mesh, provider.envoy_otel_als)
    return None


def mesh_file_log(mesh: Mesh, path: str) -> FileLog:
    """A file in the mesh's `accessLogFormat`."""
    config = mesh.config
    return FileLog(path=path, format=mesh_format(config.access_log_encoding, config.access_log_format))


def mesh_service_log(kind: GrpcLogKind, log_name: str) -> GrpcLog:
    """The log of `enableEnvoyAccessLogService`."""
    return GrpcLog(
        kind=kind,
        service=LogService(
            log_name=log_name, cluster=ACCESS_LOG_SERVICE, authority="", filter_state_objects=_ALL_PEERS
        ),
    )


def _file(mesh: Mesh, name: str, log: EnvoyFileAccessLog) -> FileLog:
    path = log.path or STDOUT
    if log.log_format is None and name == BUILT_IN and not log.omit_empty_values:
        return mesh_file_log(mesh, path)
    return FileLog(path=path, format=_format(log))


def _format(log: EnvoyFileAccessLog) -> LogFormat | None:
    """The format of a provider; a `logFormat` that says nothing leaves the choice to Envoy."""
    wanted = log.log_format
    if wanted is not None and wanted.labels is not None:
        return json_format(wanted.labels or JSON_FORMAT, log.omit_empty_values)
    if wanted is not None and wanted.text is None:
        return None
    return text_format(wanted.text or "" if wanted is not None else "", log.omit_empty_values)


def _http_service(mesh: Mesh, log: EnvoyHttpAls) -> GrpcLog | None:
    peers = log.filter_state_objects_to_log or _PEERS
    service = _service(mesh, log.service, log.port, log.log_name or "http_envoy_accesslog", peers)
    if service is None:
        return None
    return GrpcLog(
        kind=GrpcLogKind.HTTP,
        service=service,
        request_headers=log.additional_request_headers_to_log,
        response_headers=log.additional_response_headers_to_log,
        response_trailers=log.additional_response_trailers_to_log,
    )


def _tcp_service(mesh: Mesh, log: EnvoyTcpAls) -> GrpcLog | None:
    peers = log.filter_state_objects_to_log or _PEERS
    service = _service(mesh, log.service, log.port, log.log_name or "tcp_envoy_accesslog", peers)
    return None if service is None else GrpcLog(kind=GrpcLogKind.TCP, service=service)


def _open_telemetry(mesh: Mesh, log: EnvoyOtelAls) -> OpenTelemetryLog | None:
    service = _service(mesh, log.service, log.port, log.log_name or "otel_envoy_accesslog", _ALL_PEERS)
    if service is None:
        return None
    text = log.log_format.text if log.log_format else ""
    labels: Mapping[str, Any] = (log.log_format.labels if log.log_format else None) or {}
    return OpenTelemetryLog(
        service=service,
        body=text or TEXT_FORMAT,
        attributes=tuple((key, _string(labels[key])) for key in sorted(labels)),
        without_query=any(needs_query_formatter(item) for item in (text, *labels.values())),
    )


def _string(item: object) -> str:
    """Attributes are strings: of a label that is none, istiod sends an empty one."""
    return item if isinstance(item, str) else ""


def _service(mesh: Mesh, service: str, port: int, log_name: str, peers: tuple[str, ...]) -> LogService | None:
    found = provider_service(mesh, service, port)
    if found is None:
        return None
    return LogService(log_name=log_name, cluster=found.cluster, authority=found.hostname, filter_state_objects=peers)
