"""Tracing providers: an extension provider in, the tracer it stands for out (spec: extensions 4.4)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from meshc.ir.duration import SECOND
from meshc.ir.node import value
from meshc.ir.tracing import (
    Datadog,
    DynatraceSampler,
    GrpcCollector,
    Header,
    HttpCollector,
    OpenTelemetry,
    SkyWalking,
    TracingProvider,
    Zipkin,
)
from meshc.lower.telemetry.providers import ProviderService, provider_service
from meshc.lower.telemetry.span_tags import SEMANTIC_CONVENTIONS, SpanFacts, Version
from meshc.model.api import (
    DatadogProvider,
    DynatraceSamplerConfig,
    ExtensionProvider,
    HttpHeader,
    HttpService,
    OpenTelemetryProvider,
    SkyWalkingProvider,
    ZipkinProvider,
)
from meshc.model.mesh import Mesh

_ZIPKIN_PATH = "/api/v2/spans"
_ZIPKIN_TIMEOUT = 5 * SECOND
_ZIPKIN_SERVICE_SINCE: Version = (1, 29)
_ZIPKIN_W3C_SINCE: Version = (1, 28)
_DYNATRACE_SETTINGS_PATH = "api/v2/samplingConfiguration"


@value
class MadeProvider:
    """A tracer. `samples_itself`: its own sampler decides. `max_tag_length` 0: not set."""

    provider: TracingProvider
    max_tag_length: int = 0
    samples_itself: bool = False


def tracing_provider(mesh: Mesh, provider: ExtensionProvider, facts: SpanFacts) -> MadeProvider | None:
    """The tracer of a provider; None if it is of a kind that cannot trace, or its service is not found."""
    if provider.zipkin is not None:
        return _zipkin(mesh, provider.zipkin, facts)
    if provider.datadog is not None:
        return _datadog(mesh, provider.datadog)
    if provider.skywalking is not None:
        return _skywalking(mesh, provider.skywalking)
    if provider.opentelemetry is not None:
        return _open_telemetry(mesh, provider.opentelemetry, facts)
    return None


def _zipkin(mesh: Mesh, zipkin: ZipkinProvider, facts: SpanFacts) -> MadeProvider | None:
    service = provider_service(mesh, zipkin.service, zipkin.port)
    if service is None:
        return None
    path = zipkin.path or _ZIPKIN_PATH
    w3c = zipkin.trace_context_option == "USE_B3_WITH_W3C_PROPAGATION"
    if facts.version >= _ZIPKIN_SERVICE_SINCE:
        collector = HttpCollector(
            uri=f"http://{service.hostname}{path}",
            cluster=service.cluster,
            timeout=zipkin.timeout if zipkin.timeout is not None else _ZIPKIN_TIMEOUT,
            headers=_headers(mesh, zipkin.headers),
        )
    else:
        collector = HttpCollector(uri=path, cluster=service.cluster)
    made = Zipkin(
        collector=collector,
        trace_id_128bit=not zipkin.enable_64bit_trace_id,
        w3c=w3c and facts.version >= _ZIPKIN_W3C_SINCE,
        legacy_host="" if facts.version >= _ZIPKIN_SERVICE_SINCE else service.hostname,
    )
    return MadeProvider(provider=made, max_tag_length=zipkin.max_tag_length)


def _datadog(mesh: Mesh, datadog: DatadogProvider) -> MadeProvider | None:
    service = provider_service(mesh, datadog.service, datadog.port)
    if service is None:
        return None
    made = Datadog(cluster=service.cluster, hostname=service.hostname)
    return MadeProvider(provider=made, max_tag_length=datadog.max_tag_length)


def _skywalking(mesh: Mesh, skywalking: SkyWalkingProvider) -> MadeProvider | None:
    service = provider_service(mesh, skywalking.service, skywalking.port)
    if service is None:
        return None
    return MadeProvider(provider=SkyWalking(collector=_grpc(service)))


def _open_telemetry(mesh: Mesh, otel: OpenTelemetryProvider, facts: SpanFacts) -> MadeProvider | None:
    """None also if the sampler's own service is not found, or it has none and spans do not go over HTTP."""
    service = provider_service(mesh, otel.service, otel.port)
    if service is None:
        return None
    collector = _collector(mesh, otel, service)
    sampler = None
    if otel.dynatrace_sampler is not None:
        sampler = _sampler(mesh, otel.dynatrace_sampler, collector, service)
        if sampler is None:
            return None
    enriched = otel.service_attribute_enrichment == SEMANTIC_CONVENTIONS
    detectors = otel.resource_detectors
    made = OpenTelemetry(
        collector=collector,
        service_name=facts.service_name if enriched else "",
        detect_environment=enriched or (detectors is not None and detectors.environment is not None),
        detect_dynatrace=detectors is not None and detectors.dynatrace is not None,
        sampler=sampler,
    )
    return MadeProvider(provider=made, max_tag_length=otel.max_tag_length, samples_itself=sampler is not None)


def _collector(mesh: Mesh, otel: OpenTelemetryProvider, service: ProviderService) -> HttpCollector | GrpcCollector:
    if otel.http is not None:
        return _http(mesh, service, otel.http)
    if otel.grpc is None:
        return _grpc(service)
    return _grpc(service, otel.grpc.timeout, _headers(mesh, otel.grpc.initial_metadata))


def _sampler(
    mesh: Mesh,
    sampler: DynatraceSamplerConfig,
    collector: HttpCollector | GrpcCollector,
    service: ProviderService,
) -> DynatraceSampler | None:
    settings = _sampler_settings(mesh, sampler, collector, service)
    if settings is None:
        return None
    return DynatraceSampler(
        tenant=sampler.tenant,
        cluster_id=sampler.cluster_id,
        root_spans_per_minute=sampler.root_spans_per_minute,
        settings=settings,
    )


def _sampler_settings(
    mesh: Mesh,
    sampler: DynatraceSamplerConfig,
    collector: HttpCollector | GrpcCollector,
    service: ProviderService,
) -> HttpCollector | None:
    """Where the sampler asks for its settings: a service of its own, else that of the spans if they go over HTTP."""
    own = sampler.http_service
    if own is not None:
        found = provider_service(mesh, own.service, own.port)
        return None if found is None or own.http is None else _http(mesh, found, own.http)
    if not isinstance(collector, HttpCollector):
        return None
    return HttpCollector(
        uri=_join(service.hostname, _DYNATRACE_SETTINGS_PATH),
        cluster=collector.cluster,
        timeout=collector.timeout,
        headers=collector.headers,
    )


def _http(mesh: Mesh, service: ProviderService, http: HttpService) -> HttpCollector:
    return HttpCollector(
        uri=_join(service.hostname, http.path),
        cluster=service.cluster,
        timeout=http.timeout,
        headers=_headers(mesh, http.headers),
    )


def _grpc(service: ProviderService, timeout: int | None = None, metadata: tuple[Header, ...] = ()) -> GrpcCollector:
    return GrpcCollector(cluster=service.cluster, authority=service.hostname, timeout=timeout, metadata=metadata)


def _headers(mesh: Mesh, headers: Iterable[HttpHeader]) -> tuple[Header, ...]:
    """A header's value is its own, or that of a variable in istiod's environment (empty if there is none)."""
    environment = mesh.features.environment
    return tuple(
        Header(name=h.name, value=environment.get(h.env_name, "") if h.env_name is not None else h.value or "")
        for h in headers
    )


def _join(hostname: str, path: str) -> str:
    """Host and path as Go's `url.JoinPath` joins them; there is no scheme."""
    joined = posixpath.normpath(f"/{hostname}/{path}")[1:]
    return joined + "/" if path.endswith("/") else joined
