"""Metrics: Telemetry in, one `istio.stats` filter per Prometheus provider out (spec: extensions 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from meshc.ir.stats import MetricOverride, Stats
from meshc.lower.http.traffic import Traffic
from meshc.lower.telemetry.providers import provider, provider_names
from meshc.model.api import Metrics, MetricSelector, MetricsOverrides, TagOverride, Telemetry
from meshc.model.mesh import Mesh
from meshc.model.shared import shared

METRIC_NAMES = {
    "GRPC_REQUEST_MESSAGES": "request_messages_total",
    "GRPC_RESPONSE_MESSAGES": "response_messages_total",
    "REQUEST_COUNT": "requests_total",
    "REQUEST_DURATION": "request_duration_milliseconds",
    "REQUEST_SIZE": "request_bytes",
    "RESPONSE_SIZE": "response_bytes",
    "TCP_CLOSED_CONNECTIONS": "tcp_connections_closed_total",
    "TCP_OPENED_CONNECTIONS": "tcp_connections_opened_total",
    "TCP_RECEIVED_BYTES": "tcp_received_bytes_total",
    "TCP_SENT_BYTES": "tcp_sent_bytes_total",
}
"""The metrics as Telemetry names them -> as the filter does; a custom metric has one name."""


@shared
def stats_filters(mesh: Mesh, telemetries: tuple[Telemetry, ...], traffic: Traffic) -> tuple[Stats, ...]:
    """The metrics filters of a listener's chains, in the order of their providers' names."""
    entries = [entry for telemetry in telemetries for entry in telemetry.spec.metrics]
    reports = _merge(entries, mesh.config.default_providers.metrics, traffic)
    return tuple(
        reports[name].filter(traffic)
        for name in sorted(reports)
        if not reports[name].dropped and _is_prometheus(mesh, name)
    )


@dataclass(slots=True)
class _Metric:
    """What the overrides so far make of one metric."""

    disabled: bool = False
    tags: dict[str, TagOverride] = field(default_factory=dict)

    def override(self, override: MetricsOverrides) -> None:
        if override.disabled is not None:
            self.disabled = override.disabled
        self.tags.update(override.tag_overrides)


@dataclass(slots=True)
class _Report:
    """What one provider is told about one kind of traffic."""

    dropped: bool = False
    interval: int | None = None
    metrics: dict[str, _Metric] = field(default_factory=dict)

    def override(self, override: MetricsOverrides) -> None:
        """Switching all metrics off drops the report; any other override, also a later one, brings it back."""
        names = _selected(override.match)
        self.dropped = len(names) > 1 and bool(override.disabled)
        if not self.dropped:
            for name in names:
                self.metrics.setdefault(name, _Metric()).override(override)

    def filter(self, traffic: Traffic) -> Stats:
        return Stats(
            host_fallback=traffic is Traffic.OUTBOUND,
            tcp_reporting_duration=self.interval,
            metrics=tuple(_metric(name, self.metrics[name]) for name in sorted(self.metrics)),
        )


def _merge(entries: list[Metrics], defaults: tuple[str, ...], traffic: Traffic) -> dict[str, _Report]:
    """Reports by provider. The providers in force are those that the last entry with any names."""
    if not entries:
        return {name: _Report() for name in defaults}
    in_force = next((names for e in reversed(entries) if (names := provider_names(e.providers))), defaults)
    reports: dict[str, _Report] = {}
    for entry, names in _with_providers(entries, defaults):
        for name in names:
            if name in in_force:
                report = reports.setdefault(name, _Report())
                _apply(entry, report, traffic)
    return reports


def _with_providers(entries: list[Metrics], defaults: tuple[str, ...]) -> Iterator[tuple[Metrics, tuple[str, ...]]]:
    """Each entry with its providers; one without any has those of the entry before it."""
    inherited = defaults
    for entry in entries:
        inherited = provider_names(entry.providers) or inherited
        yield entry, inherited


def _apply(entry: Metrics, report: _Report, traffic: Traffic) -> None:
    if entry.reporting_interval is not None:
        report.interval = entry.reporting_interval
    for override in entry.overrides:
        if traffic.takes(override.match.mode if override.match else ""):
            report.override(override)


def _selected(match: MetricSelector | None) -> tuple[str, ...]:
    """The metrics that an override is about, by their names in Telemetry."""
    if match is None:
        return tuple(METRIC_NAMES)
    if match.custom_metric is not None:
        return (match.custom_metric,)
    if match.metric is None or match.metric == "ALL_METRICS":
        return tuple(METRIC_NAMES)
    return (match.metric,)


def _metric(name: str, metric: _Metric) -> MetricOverride:
    """Changes to a metric; its name in Telemetry orders it, its own name is what the filter is told."""
    tags = sorted(metric.tags.items())
    return MetricOverride(
        name=METRIC_NAMES.get(name, name),
        drop=metric.disabled,
        dimensions=tuple((tag, o.value) for tag, o in tags if o.operation == "UPSERT"),
        tags_to_remove=tuple(tag for tag, o in tags if o.operation == "REMOVE"),
    )


def _is_prometheus(mesh: Mesh, name: str) -> bool:
    found = provider(mesh, name)
    return found is not None and found.prometheus is not None
