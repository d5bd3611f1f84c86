"""What a proxy starts with before anybody configures it, in our nouns."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from meshc.findings import Origin
from meshc.ir.address import Address
from meshc.ir.cluster import DnsFamily, TcpKeepalive
from meshc.ir.duration import Duration
from meshc.ir.node import node, value
from meshc.ir.tls import UpstreamTls


@value
class IpFamily:
    """The addresses that a proxy's own listeners and its admin interface use; `also` where there are two families."""

    wildcard: str
    loopback: str
    dns: DnsFamily
    also_wildcard: str = ""
    also_loopback: str = ""


class PatternKind(enum.Enum):
    """How a pattern matches the name of a statistic."""

    PREFIX = "prefix"
    SUFFIX = "suffix"
    REGEX = "regex"


@value
class StatsPattern:
    """Statistics to keep, by name."""

    kind: PatternKind
    text: str


@value
class Stats:
    """Statistics: what is kept, further tags, histogram buckets by prefix of the name, and intervals."""

    keep: tuple[StatsPattern, ...]
    extra_tags: tuple[str, ...] = ()
    histogram_buckets: tuple[tuple[str, tuple[float, ...]], ...] = ()
    flush_interval: Duration | None = None
    eviction_interval: Duration | None = None


@value
class Collector:
    """A cluster that the bootstrap brings along for a collector of traces, metrics or logs."""

    name: str
    address: Address
    http2: bool = False
    tls: UpstreamTls | None = None
    keepalive: TcpKeepalive | None = None


class TracerKind(enum.Enum):
    """Whose protocol the tracer speaks."""

    ZIPKIN = "zipkin"
    LIGHTSTEP = "lightstep"
    DATADOG = "datadog"


@value
class Tracer:
    """The tracer of the bootstrap, and the cluster it sends to."""

    kind: TracerKind
    collector: Collector


@value
class AgentPaths:
    """Where the agent beside the proxy is reached: sockets of the control plane's stand-in and of secrets."""

    config: str
    identity_socket: str
    serves_files: bool


@value
class Ports:
    """Ports of the proxy itself; `agent` is the agent's."""

    admin: int
    agent: int
    readiness: int
    prometheus: int


@node
class Bootstrap:
    """The bootstrap of a proxy. `locality` is region, zone and subzone; `runtime` values are booleans or text.

    `prometheus_loopback`: statistics are served on the loopback address alone. `connection_limit` counts downstream
    connections. `load_reports` is Envoy's configuration of load reports as plain values.
    """

    node_id: str
    node_cluster: str
    locality: tuple[str, str, str]
    metadata: Mapping[str, Any]
    runtime: Mapping[str, bool | str]
    stats: Stats
    family: IpFamily
    ports: Ports
    agent: AgentPaths
    connection_limit: int
    delta_xds: bool
    metadata_discovery: bool
    prometheus_loopback: bool
    compress_stats: bool
    readiness_proxy_protocol: bool
    tracer: Tracer | None = None
    metrics_service: Collector | None = None
    access_log_service: Collector | None = None
    statsd: Address | None = None
    outlier_log: str = ""
    load_reports: Mapping[str, Any] | None = None
    origin: Origin
