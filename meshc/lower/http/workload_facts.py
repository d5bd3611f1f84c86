"""A proxy's scope in, the facts that all of its listeners follow out, as one value that equal workloads share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from meshc.ir.duration import Duration
from meshc.ir.node import value
from meshc.lower.http.facts import HttpFacts, http_facts
from meshc.lower.telemetry.span_tags import SpanFacts, Version, span_facts
from meshc.model.api import Telemetry, parse_duration
from meshc.scope.scope import ProxyScope

_VERSION = re.compile(r"([1-9]+)\.([0-9]+)")
_NEWEST: Version = (65535, 65535)
"""What a version that cannot be read counts as."""


@value
class WorkloadFacts:
    """What of a workload its listeners depend on, besides what it sees.

    `telemetries` are those that apply, from the root namespace's to its own. `idle_timeout` is that of metadata.
    """

    telemetries: tuple[Telemetry, ...]
    http: HttpFacts
    spans: SpanFacts
    idle_timeout: Duration | None = None


def workload_facts(scope: ProxyScope) -> WorkloadFacts:
    """The facts of one proxy."""
    proxy = scope.proxy
    idle_timeout = _idle_timeout(proxy.metadata)
    return WorkloadFacts(
        telemetries=scope.telemetries,
        http=http_facts(proxy, idle_timeout),
        spans=span_facts(scope.mesh, proxy, _version(proxy.metadata)),
        idle_timeout=idle_timeout,
    )


def _idle_timeout(metadata: Mapping[str, Any]) -> Duration | None:
    """`IDLE_TIMEOUT`; one that is no Go duration counts as none."""
    text = metadata.get("IDLE_TIMEOUT")
    return parse_duration(str(text)) if text else None


def _version(metadata: Mapping[str, Any]) -> Version:
    """`ISTIO_VERSION`, as far as anything depends on it."""
    found = _VERSION.match(metadata.get("ISTIO_VERSION") or "")
    return (int(found[1]), int(found[2])) if found else _NEWEST
