"""Istio's metrics filter, which exists for HTTP and for TCP."""

from __future__ import annotations

from meshc.ir.duration import Duration
from meshc.ir.http_filter import HttpFilter
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.node import value


@value
class MetricOverride:
    """A change to the metric `name`: dropped, or with dimensions (CEL expressions) set and removed."""

    name: str
    drop: bool = False
    dimensions: tuple[tuple[str, str], ...] = ()
    tags_to_remove: tuple[str, ...] = ()


@value
class Stats(HttpFilter, NetworkFilter):
    """`istio.stats`. `host_fallback`: an unknown service may be reported under the request's Host header."""

    host_fallback: bool
    tcp_reporting_duration: Duration | None = None
    metrics: tuple[MetricOverride, ...] = ()
