"""Access logging: Telemetry, default providers and mesh config in, the logs of a listener and its filters out.

Telemetry decides if it yields anything; otherwise the fields of mesh config do (spec: extensions 4.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meshc.ir.access_log import AccessLog, GrpcLogKind, LogFilter
from meshc.ir.node import value
from meshc.lower.http.traffic import Traffic
from meshc.lower.telemetry.log_providers import mesh_file_log, mesh_service_log, provider_log
from meshc.lower.telemetry.providers import provider, provider_names
from meshc.model.api import AccessLogging, Telemetry
from meshc.model.mesh import Mesh
from meshc.model.shared import shared


@value
class AccessLogs:
    """The logs of one class of traffic: of connection managers, of TCP proxies, and of listeners themselves."""

    http: tuple[AccessLog, ...] = ()
    tcp: tuple[AccessLog, ...] = ()
    listener: tuple[AccessLog, ...] = ()


@shared
def access_logs(mesh: Mesh, telemetries: tuple[Telemetry, ...], traffic: Traffic) -> AccessLogs:
    """The access logs of a workload with these Telemetries."""
    levels = tuple(t.spec.access_logging for t in telemetries if t.spec.access_logging)
    chosen = tuple(_choose(mesh, levels, traffic))
    if not chosen:
        return _mesh_logs(mesh)
    logs = tuple(log for log in chosen if log is not None)
    return AccessLogs(http=logs, tcp=logs, listener=_of_listener(mesh, logs))


def _choose(mesh: Mesh, levels: tuple[tuple[AccessLogging, ...], ...], traffic: Traffic) -> Iterator[AccessLog | None]:
    """The logs of the providers that are there and can log, by their own names; None for one that is switched off."""
    settings = _merge(levels, mesh.config.default_providers.access_logging, traffic)
    found = [(made, settings[name]) for name in settings if (made := provider(mesh, name)) is not None]
    for made, setting in sorted(found, key=lambda pair: pair[0].name):
        log = provider_log(mesh, made)
        if log is not None:
            yield None if setting.disabled else _filtered(log, setting.cel)


@value
class _Setting:
    """What Telemetry says of one provider; `cel` is None without a filter."""

    disabled: bool = False
    cel: str | None = None


def _merge(
    levels: tuple[tuple[AccessLogging, ...], ...], defaults: tuple[str, ...], traffic: Traffic
) -> dict[str, _Setting]:
    """Settings by provider. An entry without providers has those of the entry before it, but not its filter."""
    if not levels:
        return {name: _Setting() for name in defaults}
    in_force, filters = _in_force(levels, defaults, traffic)
    settings: dict[str, _Setting] = {}
    inherited = defaults
    for entry in (entry for level in levels for entry in level):
        inherited = provider_names(entry.providers) or inherited
        if not _fits(entry, traffic):
            continue
        for name in inherited:
            if name in in_force:
                settings[name] = _Setting(disabled=True) if entry.disabled else _Setting(cel=filters.get(name))
    return settings


def _in_force(
    levels: tuple[tuple[AccessLogging, ...], ...], defaults: tuple[str, ...], traffic: Traffic
) -> tuple[tuple[str, ...], dict[str, str | None]]:
    """The providers of the last level that names any, and the filter of the last entry that names each provider."""
    in_force = defaults
    filters: dict[str, str | None] = {}
    for level in levels:
        fitting = [entry for entry in level if _fits(entry, traffic)]
        named = tuple(name for entry in fitting for name in provider_names(entry.providers))
        in_force = named or in_force
        for entry in fitting:
            cel = entry.filter.expression if entry.filter is not None else None
            filters.update(dict.fromkeys(provider_names(entry.providers), cel))
    return in_force, filters


def _fits(entry: AccessLogging, traffic: Traffic) -> bool:
    return traffic.takes(entry.match.mode if entry.match else "")


def _filtered(log: AccessLog, cel: str | None) -> AccessLog:
    return log if cel is None else replace(log, filter=LogFilter(cel=cel))


def _mesh_logs(mesh: Mesh) -> AccessLogs:
    """The logs of `accessLogFile` and `enableEnvoyAccessLogService`."""
    config = mesh.config
    files = (mesh_file_log(mesh, config.access_log_file),) if config.access_log_file else ()
    if not config.enable_envoy_access_log_service:
        return AccessLogs(http=files, tcp=files, listener=_of_listener(mesh, files))
    listener = mesh_service_log(GrpcLogKind.TCP, "listener_envoy_accesslog")
    return AccessLogs(
        http=(*files, mesh_service_log(GrpcLogKind.HTTP, "http_envoy_accesslog")),
        tcp=(*files, mesh_service_log(GrpcLogKind.TCP, "tcp_envoy_accesslog")),
        listener=_of_listener(mesh, (*files, listener)),
    )


def _of_listener(mesh: Mesh, logs: tuple[AccessLog, ...]) -> tuple[AccessLog, ...]:
    """A listener itself logs only connections without a filter chain, or nothing under `disableEnvoyListenerLog`."""
    if mesh.config.disable_envoy_listener_log:
        return ()
    return tuple(replace(log, filter=replace(log.filter or LogFilter(), no_route=True)) for log in logs)
