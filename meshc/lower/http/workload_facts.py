"""A proxy's scope in, the facts that all of its listeners follow out, as one value that equal workloads share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from meshc.ir.node import value
from meshc.lower.http.facts import HttpFacts, http_facts
from meshc.lower.telemetry.span_tags import SpanFacts, Version, span_facts
from meshc.model.api import Telemetry
from meshc.scope.scope import ProxyScope

_VERSION = re.compile(r"([1-9]+)\.([0-9]+)")
_NEWEST: Version = (65535, 65535)
"""What a version that cannot be read counts as."""


@value
class WorkloadFacts:
    """What of a workload its listeners depend on, besides what it sees.

    `telemetries` are those that apply, from the root namespace's to its own.
    """

    telemetries: tuple[Telemetry, ...]
    http: HttpFacts
    spans: SpanFacts


def workload_facts(scope: ProxyScope) -> WorkloadFacts:
    """The facts of one proxy."""
    proxy = scope.proxy
    return WorkloadFacts(
        telemetries=scope.telemetries,
        http=http_facts(proxy),
        spans=span_facts(scope.mesh, proxy, _version(proxy.metadata)),
    )


def _version(metadata: Mapping[str, Any]) -> Version:
    """`ISTIO_VERSION`, as far as anything depends on it."""
    found = _VERSION.match(metadata.get("ISTIO_VERSION") or "")
    return (int(found[1]), int(found[2])) if found else _NEWEST
