"""telemetry.istio.io Telemetry: metrics, access logs and traces of workloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Double, Duration, Message, Object, mapping, message, resource
from meshc.resources.selector import PolicyTargetReference, WorkloadSelector
from meshc.resources.tracing import EnvironmentTag, LiteralTag, RequestHeaderTag

WorkloadMode = Literal["CLIENT_AND_SERVER", "CLIENT", "SERVER"]

IstioMetric = Literal[
    "ALL_METRICS",
    "REQUEST_COUNT",
    "REQUEST_DURATION",
    "REQUEST_SIZE",
    "RESPONSE_SIZE",
    "TCP_OPENED_CONNECTIONS",
    "TCP_CLOSED_CONNECTIONS",
    "TCP_SENT_BYTES",
    "TCP_RECEIVED_BYTES",
    "GRPC_REQUEST_MESSAGES",
    "GRPC_RESPONSE_MESSAGES",
]


@message
class ProviderRef(Message):
    """`providers[]`: an extension provider of the mesh config by name."""

    name: str = ""


@message
class ModeSelector(Message):
    """`match` of tracing and access logging: the side of the proxy."""

    mode: WorkloadMode = "CLIENT_AND_SERVER"


@message
class FormatterTag(Message):
    """`customTags[].formatter`: an access log format."""

    value: str = ""


@message
class CustomTag(Message):
    """`customTags[]`: the source of a tag's value; one field is set."""

    literal: LiteralTag | None = None
    environment: EnvironmentTag | None = None
    header: RequestHeaderTag | None = None
    formatter: FormatterTag | None = None


@message
class Tracing(Message):
    """`tracing[]`; tags that are there, if none, replace others."""

    match: ModeSelector | None = None
    providers: tuple[ProviderRef, ...] = ()
    random_sampling_percentage: Double | None = None
    disable_span_reporting: bool | None = None
    disable_context_propagation: bool | None = None
    custom_tags: Mapping[str, CustomTag] | None = None
    use_request_id_for_trace_sampling: bool | None = None
    enable_istio_tags: bool | None = None


@message
class MetricSelector(Message):
    """`overrides[].match`: of `metric` and `customMetric` one is set; neither means all metrics."""

    metric: IstioMetric | None = None
    custom_metric: str | None = None
    mode: WorkloadMode = "CLIENT_AND_SERVER"


@message
class TagOverride(Message):
    """`tagOverrides[]`."""

    operation: Literal["UPSERT", "REMOVE"] = "UPSERT"
    value: str = ""


@message
class MetricsOverrides(Message):
    """`metrics[].overrides[]`."""

    match: MetricSelector | None = None
    disabled: bool | None = None
    tag_overrides: Mapping[str, TagOverride] = mapping()


@message
class Metrics(Message):
    """`metrics[]`."""

    providers: tuple[ProviderRef, ...] = ()
    overrides: tuple[MetricsOverrides, ...] = ()
    reporting_interval: Duration | None = None


@message
class AccessLoggingFilter(Message):
    """`accessLogging[].filter`: a CEL expression."""

    expression: str = ""


@message
class AccessLogging(Message):
    """`accessLogging[]`."""

    match: ModeSelector | None = None
    providers: tuple[ProviderRef, ...] = ()
    disabled: bool | None = None
    filter: AccessLoggingFilter | None = None


@message
class TelemetrySpec(Message):
    """`spec` of a Telemetry."""

    selector: WorkloadSelector | None = None
    target_ref: PolicyTargetReference | None = None
    target_refs: tuple[PolicyTargetReference, ...] = ()
    tracing: tuple[Tracing, ...] = ()
    metrics: tuple[Metrics, ...] = ()
    access_logging: tuple[AccessLogging, ...] = ()


@resource("telemetry.istio.io", "v1", "v1alpha1")
class Telemetry(Object):
    """What workloads report, and to which providers."""

    spec: TelemetrySpec = TelemetrySpec()
