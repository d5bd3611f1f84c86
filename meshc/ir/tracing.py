"""Tracing of the requests of an HTTP connection manager: sampling, tags, and the provider that takes the spans."""

from __future__ import annotations

import enum

from meshc.ir.duration import Duration
from meshc.ir.node import node, value


class TagKind(enum.Enum):
    """Where the value of a span tag comes from."""

    LITERAL = "literal"
    ENVIRONMENT = "environment"
    REQUEST_HEADER = "request_header"
    REQUEST_METADATA = "metadata"
    FORMATTER = "value"


@value
class SpanTag:
    """A tag of every span. `source`: the literal, a variable's or header's name, a format, or a metadata path."""

    tag: str
    kind: TagKind
    source: str
    default: str = ""


@value
class Header:
    """A header that is sent with the spans."""

    name: str
    value: str


@value
class HttpCollector:
    """A collector reached by HTTP; `uri` is what the requests name, `cluster` where they go."""

    uri: str
    cluster: str
    timeout: Duration | None = None
    headers: tuple[Header, ...] = ()


@value
class GrpcCollector:
    """A collector reached by gRPC."""

    cluster: str
    authority: str
    timeout: Duration | None = None
    metadata: tuple[Header, ...] = ()


@value
class TracingProvider:
    """Any tracing provider."""


@value
class Zipkin(TracingProvider):
    """Zipkin, JSON over HTTP. `w3c`: trace context of both kinds. `legacy_host`: as proxies before 1.29 need it."""

    collector: HttpCollector
    trace_id_128bit: bool
    w3c: bool = False
    legacy_host: str = ""


@value
class Datadog(TracingProvider):
    """A Datadog agent."""

    cluster: str
    hostname: str


@value
class SkyWalking(TracingProvider):
    """A SkyWalking backend."""

    collector: GrpcCollector


@value
class DynatraceSampler:
    """Sampling decided by a Dynatrace cluster."""

    tenant: str
    cluster_id: int
    root_spans_per_minute: int
    settings: HttpCollector


@value
class OpenTelemetry(TracingProvider):
    """An OpenTelemetry collector."""

    collector: HttpCollector | GrpcCollector
    service_name: str = ""
    detect_environment: bool = False
    detect_dynatrace: bool = False
    sampler: DynatraceSampler | None = None


@node
class Tracing:
    """What is sampled (in percent), how spans are tagged, and who takes them (None: only propagation)."""

    client_sampling: float
    random_sampling: float
    overall_sampling: float
    tags: tuple[SpanTag, ...]
    provider: TracingProvider | None = None
    max_path_tag_length: int = 0
    spawn_upstream_span: bool = False
    no_context_propagation: bool = False
