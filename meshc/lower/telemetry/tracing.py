"""Tracing: Telemetry and ProxyConfig in, the tracing of connection managers out (spec: extensions 4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meshc.ir.node import value
from meshc.ir.tracing import SkyWalking, Tracing
from meshc.lower.http.traffic import Traffic
from meshc.lower.telemetry.providers import provider
from meshc.lower.telemetry.span_tags import SpanFacts, istio_tags, telemetry_tags
from meshc.lower.telemetry.tracing_providers import tracing_provider
from meshc.model.api import CustomTag, ExtensionProvider, Telemetry, TelemetryTracing
from meshc.model.mesh import Mesh
from meshc.model.shared import shared

_EVERYTHING = 100.0
"""Sampling of requests that ask to be traced, and the limit over all: Istio leaves both to the random sampling."""

_FALLBACK_SAMPLING = 1.0
"""For a percentage outside of 0 to 100."""

_NO_PROPAGATION_SINCE = (1, 30)


@value
class TracingDecision:
    """The tracing of a connection manager, None for none; and whether request ids carry the decision to sample."""

    tracing: Tracing | None
    request_id_sampling: bool = True


@shared
def tracing(mesh: Mesh, telemetries: tuple[Telemetry, ...], traffic: Traffic, facts: SpanFacts) -> TracingDecision:
    """Tracing of one class of traffic of a workload."""
    entries = [entry for telemetry in telemetries for entry in telemetry.spec.tracing]
    if not entries and not mesh.config.default_providers.tracing:
        return TracingDecision(tracing=_of_mesh(mesh, facts) if mesh.config.enable_tracing else None)
    spec = _merge(mesh, entries, traffic)
    return TracingDecision(
        tracing=_of_telemetry(mesh, spec, traffic, facts),
        request_id_sampling=spec.request_id_sampling,
    )


@dataclass(slots=True)
class _Spec:
    """What the entries so far say for one side of the proxy."""

    provider: ExtensionProvider | None = None
    disabled: bool = False
    sampling: float | None = None
    tags: Mapping[str, CustomTag] | None = None
    request_id_sampling: bool = True
    istio_tags: bool = True
    no_propagation: bool = False

    def update(self, entry: TelemetryTracing) -> None:
        """Fields of the entry that are set replace what was said before."""
        if entry.disable_span_reporting is not None:
            self.disabled = entry.disable_span_reporting
        if entry.random_sampling_percentage is not None:
            self.sampling = entry.random_sampling_percentage
        if entry.custom_tags is not None:
            self.tags = entry.custom_tags
        if entry.use_request_id_for_trace_sampling is not None:
            self.request_id_sampling = entry.use_request_id_for_trace_sampling
        if entry.enable_istio_tags is not None:
            self.istio_tags = entry.enable_istio_tags
        if entry.disable_context_propagation is not None:
            self.no_propagation = entry.disable_context_propagation


def _merge(mesh: Mesh, entries: list[TelemetryTracing], traffic: Traffic) -> _Spec:
    """Of several providers only the first one counts."""
    defaults = mesh.config.default_providers.tracing
    spec = _Spec(provider=provider(mesh, defaults[0]) if defaults else None)
    for entry in entries:
        if traffic.takes(entry.match.mode if entry.match else ""):
            if entry.providers:
                spec.provider = provider(mesh, entry.providers[0].name)
            spec.update(entry)
    return spec


def _of_mesh(mesh: Mesh, facts: SpanFacts) -> Tracing:
    """Without a provider spans are made for propagation only."""
    own = istio_tags(facts) if facts.istio_tags else ()
    return Tracing(
        client_sampling=_EVERYTHING,
        random_sampling=_sampling(mesh, facts),
        overall_sampling=_EVERYTHING,
        tags=tuple(sorted((*own, *facts.tags), key=lambda tag: tag.tag)),
        max_path_tag_length=facts.max_path_tag_length,
    )


def _of_telemetry(mesh: Mesh, spec: _Spec, traffic: Traffic, facts: SpanFacts) -> Tracing | None:
    """None if reporting is off, or no provider is named that is there and can trace."""
    if spec.disabled or spec.provider is None:
        return None
    made = tracing_provider(mesh, spec.provider, facts)
    if made is None:
        return None
    sampling = spec.sampling if spec.sampling is not None else _sampling(mesh, facts)
    own = istio_tags(facts) if spec.istio_tags else ()
    users = telemetry_tags(spec.tags, facts.version) if spec.tags else facts.tags
    return Tracing(
        client_sampling=_EVERYTHING,
        random_sampling=_EVERYTHING if made.samples_itself else sampling,
        overall_sampling=_EVERYTHING,
        tags=tuple(sorted((*own, *users), key=lambda tag: tag.tag)),
        provider=made.provider,
        max_path_tag_length=made.max_tag_length or facts.max_path_tag_length,
        spawn_upstream_span=isinstance(made.provider, SkyWalking) or _spawns_at_gateway(mesh, traffic),
        no_context_propagation=spec.no_propagation and facts.version >= _NO_PROPAGATION_SINCE,
    )


def _spawns_at_gateway(mesh: Mesh, traffic: Traffic) -> bool:
    return traffic is Traffic.GATEWAY and mesh.features.pilot_spawn_upstream_span_for_gateway


def _sampling(mesh: Mesh, facts: SpanFacts) -> float:
    """ProxyConfig's percentage, else istiod's (spec: extensions 4.4)."""
    if facts.sampling:
        return facts.sampling if facts.sampling <= _EVERYTHING else _FALLBACK_SAMPLING
    own = mesh.features.pilot_trace_sampling
    return own if 0 <= own <= _EVERYTHING else _FALLBACK_SAMPLING
