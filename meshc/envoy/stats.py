"""Istio's metrics filter in, its configuration out."""

from __future__ import annotations

from functools import cache
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration
from meshc.ir.stats import MetricOverride, Stats

STATS = "istio.stats"
"""The filter's name among HTTP and among network filters."""


@cache
def stats_config(stats: Stats) -> Any:
    """The configuration packed as Any; the same for HTTP and TCP."""
    config = message_class("stats.PluginConfig")(
        disable_host_header_fallback=not stats.host_fallback,
        tcp_reporting_duration=duration(stats.tcp_reporting_duration),
        metrics=[_metric(metric) for metric in stats.metrics],
    )
    return pack(config)


def _metric(metric: MetricOverride) -> dict[str, Any]:
    return {
        "name": metric.name,
        "dimensions": dict(metric.dimensions),
        "tags_to_remove": metric.tags_to_remove,
        "drop": metric.drop,
    }
