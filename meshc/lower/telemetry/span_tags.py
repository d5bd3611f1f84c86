"""Tags of spans: what a workload is, and the tags that users ask for, in; `SpanTag`s out (spec: extensions 4.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meshc.ir.node import value
from meshc.ir.tracing import SpanTag, TagKind
from meshc.model.api import CustomTag, MeshCustomTag, MeshTracing
from meshc.model.mesh import Mesh
from meshc.model.names import LABEL_CANONICAL_NAME, LABEL_CANONICAL_REVISION
from meshc.model.shared import shared
from meshc.scope.proxy import Proxy

SEMANTIC_CONVENTIONS = "OTEL_SEMANTIC_CONVENTIONS"
"""How a provider asks for names by OpenTelemetry's conventions (`serviceAttributeEnrichment`)."""

Version = tuple[int, int]
"""A proxy's release, major and minor."""

_FORMATTER_SINCE: Version = (1, 29)

_DRY_RUN_TAGS = tuple(
    SpanTag(
        tag=f"istio.authorization.dry_run.{action}_policy.{fact}",
        kind=TagKind.REQUEST_METADATA,
        source=f"istio_dry_run_{action}_shadow_{key}",
    )
    for action in ("allow", "deny")
    for fact, key in (("name", "effective_policy_id"), ("result", "engine_result"))
)


@value
class SpanFacts:
    """All of a workload that its spans depend on.

    `sampling` (percent), `max_path_tag_length`, `istio_tags` and `tags` are ProxyConfig's `tracing`; 0 means unset.
    `service_name` is what OpenTelemetry's conventions call the workload, empty if no provider of the mesh asks for it.
    """

    canonical_service: str
    canonical_revision: str
    cluster_id: str
    mesh_id: str
    namespace: str
    service_name: str
    version: Version
    sampling: float = 0.0
    max_path_tag_length: int = 0
    istio_tags: bool = True
    tags: tuple[SpanTag, ...] = ()


def span_facts(mesh: Mesh, proxy: Proxy, version: Version) -> SpanFacts:
    """The facts of one proxy; the canonical names are those that its pod is labelled with, without any fallback."""
    metadata = proxy.metadata
    tracing = proxy.config.tracing or MeshTracing()
    return SpanFacts(
        canonical_service=proxy.own_labels.get(LABEL_CANONICAL_NAME) or "unknown",
        canonical_revision=proxy.own_labels.get(LABEL_CANONICAL_REVISION) or "latest",
        cluster_id=proxy.cluster_id or "unknown",
        mesh_id=metadata.get("MESH_ID") or "unknown",
        namespace=metadata.get("NAMESPACE") or "default",
        service_name=_service_name(proxy) if _asks_for_service_names(mesh) else "",
        version=version,
        sampling=tracing.sampling,
        max_path_tag_length=tracing.max_path_tag_length,
        istio_tags=tracing.enable_istio_tags is not False,
        tags=tuple(_mesh_tags(tracing.custom_tags)),
    )


def istio_tags(facts: SpanFacts) -> tuple[SpanTag, ...]:
    """The tags that Istio adds of its own."""
    literals = {
        "istio.canonical_revision": facts.canonical_revision,
        "istio.canonical_service": facts.canonical_service,
        "istio.cluster_id": facts.cluster_id,
        "istio.mesh_id": facts.mesh_id,
        "istio.namespace": facts.namespace,
    }
    return (*_DRY_RUN_TAGS, *(SpanTag(tag=t, kind=TagKind.LITERAL, source=v) for t, v in literals.items()))


def telemetry_tags(tags: Mapping[str, CustomTag], version: Version) -> tuple[SpanTag, ...]:
    """The tags of a Telemetry; older proxies do not know formatters."""
    return tuple(_telemetry_tags(tags, version))


def _telemetry_tags(tags: Mapping[str, CustomTag], version: Version) -> Iterator[SpanTag]:
    for name, tag in tags.items():
        if tag.formatter is not None:
            if version >= _FORMATTER_SINCE:
                yield SpanTag(tag=name, kind=TagKind.FORMATTER, source=tag.formatter.value)
        else:
            yield from _common_tag(name, tag)


def _mesh_tags(tags: Mapping[str, MeshCustomTag]) -> Iterator[SpanTag]:
    for name, tag in tags.items():
        yield from _common_tag(name, tag)


def _common_tag(name: str, tag: CustomTag | MeshCustomTag) -> Iterator[SpanTag]:
    """A tag of one of the kinds that Telemetry and ProxyConfig share."""
    if tag.literal is not None:
        yield SpanTag(tag=name, kind=TagKind.LITERAL, source=tag.literal.value)
    elif tag.environment is not None:
        source = tag.environment
        yield SpanTag(tag=name, kind=TagKind.ENVIRONMENT, source=source.name, default=source.default_value)
    elif tag.header is not None:
        header = tag.header
        yield SpanTag(tag=name, kind=TagKind.REQUEST_HEADER, source=header.name, default=header.default_value)


@shared
def _asks_for_service_names(mesh: Mesh) -> bool:
    providers = (p.opentelemetry for p in mesh.config.extension_providers if p.opentelemetry is not None)
    return any(p.service_attribute_enrichment == SEMANTIC_CONVENTIONS for p in providers)


def _service_name(proxy: Proxy) -> str:
    """The name by OpenTelemetry's semantic conventions for Kubernetes: the first source that has one."""
    labels, metadata = proxy.own_labels, proxy.metadata
    annotations: Mapping[str, str] = metadata.get("ANNOTATIONS") or {}
    return (
        annotations.get("resource.opentelemetry.io/service.name")
        or labels.get("app.kubernetes.io/instance")
        or labels.get("app.kubernetes.io/name")
        or metadata.get("WORKLOAD_NAME")
        or metadata.get("NAME")
        or _sole_container(metadata)
        or "unknown_service"
    )


def _sole_container(metadata: Mapping[str, Any]) -> str:
    containers: str = metadata.get("APP_CONTAINERS") or ""
    return "" if "," in containers else containers
