"""Statistics: annotations and proxy configuration in, what is kept and how it is tagged out (spec: extensions 1.9)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from meshc.ir.bootstrap import PatternKind, Stats, StatsPattern
from meshc.ir.duration import SECOND, Duration
from meshc.model.api import parse_duration
from meshc.scope.proxy import Proxy

_PREFIX = "sidecar.istio.io/"
_DEFAULT_FLUSH_INTERVAL: Duration = 5 * SECOND

_PREFIXES = ("cluster_manager", "listener_manager", "server", "cluster.xds-grpc", "wasm")
_SUFFIXES = ("rbac.allowed", "rbac.denied", "shadow_allowed", "shadow_denied")
_REGEXES = (r"vhost\..*\.route\..*",)
_LAST_PREFIXES = ("component", "istio")


def stats(proxy: Proxy, metadata_discovery: bool) -> Stats:
    """The statistics of a proxy. Annotations that cannot be read count for nothing, as with the agent."""
    annotations: Mapping[str, str] = proxy.metadata.get("ANNOTATIONS", {})
    flush = _interval(annotations, "statsFlushInterval")
    return Stats(
        keep=tuple(_kept(proxy, annotations, metadata_discovery)),
        extra_tags=_unique([*proxy.config.extra_stat_tags, *_listed(annotations, "extraStatTags")]),
        histogram_buckets=_buckets(annotations.get(_PREFIX + "statsHistogramBuckets", "")),
        flush_interval=flush,
        eviction_interval=_eviction(annotations, flush),
    )


def _kept(proxy: Proxy, annotations: Mapping[str, str], metadata_discovery: bool) -> Iterator[StatsPattern]:
    """The patterns in the order in which Envoy tries them: of each kind the user's own first."""
    matcher = proxy.config.proxy_stats_matcher
    prefixes = _given(proxy, annotations, "statsInclusionPrefixes", matcher.inclusion_prefixes if matcher else ())
    suffixes = _given(proxy, annotations, "statsInclusionSuffixes", matcher.inclusion_suffixes if matcher else ())
    regexes = _given(proxy, annotations, "statsInclusionRegexps", matcher.inclusion_regexps if matcher else ())
    always = ("reporter=", "workload_discovery") if metadata_discovery else ("reporter=",)
    draining = proxy.metadata.get("EXIT_ON_ZERO_ACTIVE_CONNECTIONS") == "true"
    yield from _patterns(PatternKind.PREFIX, (*always, *prefixes, *_PREFIXES))
    yield from _patterns(PatternKind.SUFFIX, (*suffixes, *_SUFFIXES, *(("downstream_cx_active",) if draining else ())))
    yield from _patterns(PatternKind.REGEX, (*regexes, *_REGEXES))
    yield from _patterns(PatternKind.PREFIX, _LAST_PREFIXES)


def _patterns(kind: PatternKind, texts: Iterable[str]) -> Iterator[StatsPattern]:
    return (StatsPattern(kind=kind, text=text) for text in texts)


def _given(proxy: Proxy, annotations: Mapping[str, str], annotation: str, configured: Sequence[str]) -> tuple[str, ...]:
    """The user's values: the annotation, else the configuration; `{pod_ip}` stands for each address of the proxy."""
    values = _listed(annotations, annotation) if _PREFIX + annotation in annotations else configured
    return tuple(one for value in values for one in _for_each_ip(value, proxy.ips))


def _for_each_ip(value: str, ips: Sequence[str]) -> Sequence[str]:
    return [value.replace("{pod_ip}", ip) for ip in ips] if "{pod_ip}" in value else [value]


def _listed(annotations: Mapping[str, str], name: str) -> list[str]:
    return [value for value in annotations.get(_PREFIX + name, "").split(",") if value]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _buckets(text: str) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Bounds of histograms by the prefix of their name, from a JSON object of lists of numbers."""
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return ()
    if not isinstance(value, dict) or not all(_is_numbers(bounds) for bounds in value.values()):
        return ()
    return tuple((prefix, tuple(map(float, bounds))) for prefix, bounds in sorted(value.items()))


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value)


def _interval(annotations: Mapping[str, str], name: str) -> Duration | None:
    return parse_duration(annotations.get(_PREFIX + name, ""))


def _eviction(annotations: Mapping[str, str], flush: Duration | None) -> Duration | None:
    """Envoy demands a multiple of the flush interval; the agent drops what is none."""
    wanted = _interval(annotations, "statsEvictionInterval")
    return wanted if wanted and wanted % (flush or _DEFAULT_FLUSH_INTERVAL) == 0 else None
