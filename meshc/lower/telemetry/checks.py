"""Checks of telemetry: Telemetry resources and providers in, findings about what has no effect out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from meshc.findings import Origin, Sink
from meshc.lower.telemetry.log_formats import json_object
from meshc.lower.telemetry.providers import provider, provider_names, provider_service
from meshc.model.api import AccessLogging, ExtensionProvider, Metrics, Telemetry, TelemetryTracing
from meshc.model.mesh import Mesh

_MESH_CONFIG = Origin("MeshConfig")


class _Use(NamedTuple):
    """A place where providers are named, and what for."""

    origin: Origin
    purpose: str
    names: tuple[str, ...]


def check_telemetry(mesh: Mesh, sink: Sink) -> None:
    """Say which providers are named in vain, and what else of the Telemetries in force is ignored."""
    for use in _default_uses(mesh):
        _check_use(mesh, use, sink)
    _check_mesh_format(mesh, sink)
    for telemetry in _in_force(mesh):
        for use in _uses(telemetry):
            _check_use(mesh, use, sink)
        _check_entries(telemetry, sink)


def _in_force(mesh: Mesh) -> Iterable[Telemetry]:
    found = mesh.telemetry
    return (*found.wide.values(), *(t for group in found.selective.values() for t in group))


def _default_uses(mesh: Mesh) -> Iterator[_Use]:
    defaults = mesh.config.default_providers
    origin = _MESH_CONFIG
    yield _Use(origin.at("defaultProviders.tracing"), "tracing", defaults.tracing)
    yield _Use(origin.at("defaultProviders.accessLogging"), "accessLogging", defaults.access_logging)
    yield _Use(origin.at("defaultProviders.metrics"), "metrics", defaults.metrics)


def _uses(telemetry: Telemetry) -> Iterator[_Use]:
    spec = telemetry.spec
    parts: dict[str, Sequence[TelemetryTracing | AccessLogging | Metrics]] = {
        "tracing": spec.tracing,
        "accessLogging": spec.access_logging,
        "metrics": spec.metrics,
    }
    for purpose, entries in parts.items():
        for index, entry in enumerate(entries):
            origin = telemetry.origin_of(entry, f"spec.{purpose}[{index}]")
            yield _Use(origin, purpose, provider_names(entry.providers))


def _check_use(mesh: Mesh, use: _Use, sink: Sink) -> None:
    for name in use.names:
        found = provider(mesh, name)
        if found is None:
            sink.add("MC0631", use.origin, f"there is no extension provider {name}")
            continue
        service = _SERVICES[use.purpose](found)
        if service is None:
            sink.add("MC0632", use.origin, f"provider {name} is of a kind that is of no use for {use.purpose}")
        elif service[0] and provider_service(mesh, *service) is None:
            text = f"the service {service[0]} of provider {name} does not exist, or in more than one namespace"
            sink.add("MC0633", use.origin, text)


def _check_mesh_format(mesh: Mesh, sink: Sink) -> None:
    text = mesh.config.access_log_format if mesh.config.access_log_encoding == "JSON" else ""
    if text and json_object(text) is None:
        sink.add("MC0636", _MESH_CONFIG.at("accessLogFormat"), "is no JSON object: Istio's own format is used")


def _check_entries(telemetry: Telemetry, sink: Sink) -> None:
    for index, entry in enumerate(telemetry.spec.access_logging):
        if entry.filter is not None and not entry.providers:
            origin = telemetry.origin_of(entry.filter, f"spec.accessLogging[{index}].filter")
            sink.add("MC0634", origin, "a filter without providers has no effect")
    for index, tracing in enumerate(telemetry.spec.tracing):
        if len(tracing.providers) > 1:
            origin = telemetry.origin_of(tracing, f"spec.tracing[{index}].providers")
            sink.add("MC0635", origin, f"of several providers only the first one traces: {tracing.providers[0].name}")


Service = tuple[str, int]
"""The service behind a provider and its port; an empty name for a provider that needs none."""


def _tracing_service(found: ExtensionProvider) -> Service | None:
    """Lightstep is still in the API, but istiod cannot serve it."""
    kinds = (found.zipkin, found.datadog, found.skywalking, found.opentelemetry)
    return next(((kind.service, kind.port) for kind in kinds if kind is not None), None)


def _log_service(found: ExtensionProvider) -> Service | None:
    if found.envoy_file_access_log is not None:
        return "", 0
    kinds = (found.envoy_http_als, found.envoy_tcp_als, found.envoy_otel_als)
    return next(((kind.service, kind.port) for kind in kinds if kind is not None), None)


def _metrics_service(found: ExtensionProvider) -> Service | None:
    return None if found.prometheus is None else ("", 0)


_SERVICES: dict[str, Callable[[ExtensionProvider], Service | None]] = {
    "tracing": _tracing_service,
    "accessLogging": _log_service,
    "metrics": _metrics_service,
}
"""Purpose -> the service of a provider; None if it is of no use for the purpose."""
