"""Extension providers of the mesh config: the services that policies and telemetry refer to by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Duration, Int32, Int64, Message, Struct, UInt32, mapping, message, named
from meshc.resources.tracing import TraceContext


@message
class ExtAuthzRequestBody(Message):
    """`includeRequestBodyInCheck`."""

    max_request_bytes: UInt32 = 0
    allow_partial_message: bool = False
    pack_as_bytes: bool = False


@message
class EnvoyExtAuthzHttp(Message):
    """`envoyExtAuthzHttp`; `includeHeadersInCheck` is the deprecated `includeRequestHeadersInCheck`."""

    service: str = ""
    port: UInt32 = 0
    timeout: Duration | None = None
    path_prefix: str = ""
    fail_open: bool = False
    clear_route_cache: bool = False
    status_on_error: str = ""
    include_headers_in_check: tuple[str, ...] = ()
    include_request_headers_in_check: tuple[str, ...] = ()
    include_additional_headers_in_check: Mapping[str, str] = mapping()
    include_request_body_in_check: ExtAuthzRequestBody | None = None
    headers_to_upstream_on_allow: tuple[str, ...] = ()
    headers_to_downstream_on_deny: tuple[str, ...] = ()
    headers_to_downstream_on_allow: tuple[str, ...] = ()


@message
class EnvoyExtAuthzGrpc(Message):
    """`envoyExtAuthzGrpc`."""

    service: str = ""
    port: UInt32 = 0
    timeout: Duration | None = None
    fail_open: bool = False
    clear_route_cache: bool = False
    status_on_error: str = ""
    include_request_body_in_check: ExtAuthzRequestBody | None = None


@message
class HttpHeader(Message):
    """A header of requests to a collector: a value, or the name of a variable of istiod's environment."""

    name: str = ""
    value: str | None = None
    env_name: str | None = None


@message
class ZipkinProvider(Message):
    """`zipkin`."""

    service: str = ""
    port: UInt32 = 0
    max_tag_length: UInt32 = 0
    enable_64bit_trace_id: bool = named("enable64bitTraceId", False)
    path: str = ""
    timeout: Duration | None = None
    headers: tuple[HttpHeader, ...] = ()
    trace_context_option: Literal["USE_B3", "USE_B3_WITH_W3C_PROPAGATION"] = "USE_B3"


@message
class LightstepProvider(Message):
    """`lightstep`."""

    service: str = ""
    port: UInt32 = 0
    access_token: str = ""
    max_tag_length: UInt32 = 0


@message
class DatadogProvider(Message):
    """`datadog`."""

    service: str = ""
    port: UInt32 = 0
    max_tag_length: UInt32 = 0


@message
class SkyWalkingProvider(Message):
    """`skywalking`."""

    service: str = ""
    port: UInt32 = 0
    access_token: str = ""


@message
class StackdriverLogging(Message):
    """`stackdriver.logging`."""

    labels: Mapping[str, str] = mapping()


@message
class StackdriverProvider(Message):
    """`stackdriver`."""

    debug: bool = False
    max_number_of_attributes: Int64 | None = None
    max_number_of_annotations: Int64 | None = None
    max_number_of_message_events: Int64 | None = None
    max_tag_length: UInt32 = 0
    logging: StackdriverLogging | None = None


@message
class OpenCensusAgentProvider(Message):
    """`opencensus`."""

    service: str = ""
    port: UInt32 = 0
    context: tuple[TraceContext, ...] = ()
    max_tag_length: UInt32 = 0


@message
class PrometheusProvider(Message):
    """`prometheus`: metrics for scraping."""


@message
class LogFormat(Message):
    """`logFormat` of a log: `text` or `labels`."""

    text: str | None = None
    labels: Struct = None


@message
class EnvoyFileAccessLog(Message):
    """`envoyFileAccessLog`."""

    path: str = ""
    log_format: LogFormat | None = None
    omit_empty_values: bool = False


@message
class EnvoyHttpAls(Message):
    """`envoyHttpAls`."""

    service: str = ""
    port: UInt32 = 0
    log_name: str = ""
    filter_state_objects_to_log: tuple[str, ...] = ()
    additional_request_headers_to_log: tuple[str, ...] = ()
    additional_response_headers_to_log: tuple[str, ...] = ()
    additional_response_trailers_to_log: tuple[str, ...] = ()


@message
class EnvoyTcpAls(Message):
    """`envoyTcpAls`."""

    service: str = ""
    port: UInt32 = 0
    log_name: str = ""
    filter_state_objects_to_log: tuple[str, ...] = ()


@message
class EnvoyOtelAls(Message):
    """`envoyOtelAls`."""

    service: str = ""
    port: UInt32 = 0
    log_name: str = ""
    log_format: LogFormat | None = None


@message
class HttpService(Message):
    """`http` of an OpenTelemetry collector."""

    path: str = ""
    timeout: Duration | None = None
    headers: tuple[HttpHeader, ...] = ()


@message
class GrpcService(Message):
    """`grpc` of an OpenTelemetry collector."""

    timeout: Duration | None = None
    initial_metadata: tuple[HttpHeader, ...] = ()


@message
class ResourceDetector(Message):
    """`resourceDetectors.environment` and `.dynatrace`: present means on."""


@message
class ResourceDetectors(Message):
    """`resourceDetectors`."""

    environment: ResourceDetector | None = None
    dynatrace: ResourceDetector | None = None


@message
class DynatraceApi(Message):
    """`dynatraceSampler.httpService`: where the sampling rates come from."""

    service: str = ""
    port: UInt32 = 0
    http: HttpService | None = None


@message
class DynatraceSampler(Message):
    """`dynatraceSampler`."""

    tenant: str = ""
    cluster_id: Int32 = 0
    root_spans_per_minute: UInt32 = 0
    http_service: DynatraceApi | None = None


@message
class OpenTelemetryProvider(Message):
    """`opentelemetry`; without `http` it is gRPC."""

    service: str = ""
    port: UInt32 = 0
    max_tag_length: UInt32 = 0
    http: HttpService | None = None
    grpc: GrpcService | None = None
    resource_detectors: ResourceDetectors | None = None
    dynatrace_sampler: DynatraceSampler | None = None
    service_attribute_enrichment: Literal["ISTIO_CANONICAL", "OTEL_SEMANTIC_CONVENTIONS"] = "ISTIO_CANONICAL"


@message
class SDSProvider(Message):
    """`sds`: a service that serves secrets."""

    name: str = ""
    service: str = ""
    port: UInt32 = 0


@message
class ExtensionProvider(Message):
    """`extensionProviders[]`: a name and one provider."""

    name: str = ""
    envoy_ext_authz_http: EnvoyExtAuthzHttp | None = None
    envoy_ext_authz_grpc: EnvoyExtAuthzGrpc | None = None
    zipkin: ZipkinProvider | None = None
    lightstep: LightstepProvider | None = None
    datadog: DatadogProvider | None = None
    stackdriver: StackdriverProvider | None = None
    opencensus: OpenCensusAgentProvider | None = None
    skywalking: SkyWalkingProvider | None = None
    opentelemetry: OpenTelemetryProvider | None = None
    prometheus: PrometheusProvider | None = None
    envoy_file_access_log: EnvoyFileAccessLog | None = None
    envoy_http_als: EnvoyHttpAls | None = None
    envoy_tcp_als: EnvoyTcpAls | None = None
    envoy_otel_als: EnvoyOtelAls | None = None
    sds: SDSProvider | None = None
