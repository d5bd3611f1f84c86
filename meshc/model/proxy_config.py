"""The configuration of one proxy: the layers that set it in, what is in force out (spec: extensions 1.15, 3.4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from meshc.findings import Origin, Sink
from meshc.model.label_index import selects
from meshc.model.order import oldest_first
from meshc.resources import networking
from meshc.resources.embedded import decode_text
from meshc.resources.go_values import parse_int
from meshc.resources.mesh_config import MeshConfig, ProxyConfig, overlay_proxy_config, set_fields

CONFIG_ANNOTATION = "proxy.istio.io/config"
DISCOVERY_ADDRESS_ANNOTATION = "sidecar.istio.io/discoveryAddress"
STATUS_PORT_ANNOTATION = "status.sidecar.istio.io/port"


def effective_proxy_config(
    mesh: MeshConfig,
    resources: Sequence[networking.ProxyConfig],
    namespace: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    origin: Origin,
    sink: Sink,
) -> ProxyConfig:
    """The ProxyConfig that the proxy of a pod reports in its node metadata.

    Layers, each over the one before: the mesh's `defaultConfig`; of the ProxyConfig resources those of the mesh, of the
    namespace and of the workload; the annotation. (The injector has the annotation below the workload's resource, but
    the agent applies it once more, over everything.) `origin` is the pod.
    """
    config = mesh.default_config
    for resource in _layers(resources, mesh.root_namespace, namespace, labels):
        layer = _of_resource(resource)
        config = overlay_proxy_config(config, layer, set_fields(layer))
    if CONFIG_ANNOTATION in annotations:
        place = origin.at(f"metadata.annotations[{CONFIG_ANNOTATION}]")
        read = decode_text(ProxyConfig, annotations[CONFIG_ANNOTATION], place, "MC0254", sink)
        config = overlay_proxy_config(config, *read) if read else config
    return _with_single_settings(config, annotations, origin, sink)


def _layers(
    resources: Sequence[networking.ProxyConfig], root_namespace: str, namespace: str, labels: Mapping[str, str]
) -> list[networking.ProxyConfig]:
    """Of the mesh, of the namespace and of the workload the oldest resource each, as far as there is one."""
    ordered = oldest_first(resources)
    everywhere = [resource for resource in ordered if resource.spec.selector is None]
    scopes = [
        _in(everywhere, root_namespace),
        _in(everywhere, namespace) if namespace != root_namespace else [],
        [resource for resource in _in(ordered, namespace) if _selects(resource, labels)],
    ]
    return [scope[0] for scope in scopes if scope]


def _in(resources: Iterable[networking.ProxyConfig], namespace: str) -> list[networking.ProxyConfig]:
    return [resource for resource in resources if resource.meta.namespace == namespace]


def _selects(resource: networking.ProxyConfig, labels: Mapping[str, str]) -> bool:
    """A selector without labels selects nothing here, unlike in other kinds."""
    selector = resource.spec.selector
    return selector is not None and bool(selector.match_labels) and selects(selector.match_labels, labels)


def _of_resource(resource: networking.ProxyConfig) -> ProxyConfig:
    spec = resource.spec
    return ProxyConfig(concurrency=spec.concurrency, image=spec.image, proxy_metadata=spec.environment_variables)


def _with_single_settings(
    config: ProxyConfig, annotations: Mapping[str, str], origin: Origin, sink: Sink
) -> ProxyConfig:
    """The two settings that have annotations of their own; a port that is no number counts as 0."""
    if DISCOVERY_ADDRESS_ANNOTATION in annotations:
        config = dataclasses.replace(config, discovery_address=annotations[DISCOVERY_ADDRESS_ANNOTATION])
    if STATUS_PORT_ANNOTATION in annotations:
        text = annotations[STATUS_PORT_ANNOTATION]
        port = parse_int(text)
        if port is None:
            place = origin.at(f"metadata.annotations[{STATUS_PORT_ANNOTATION}]")
            sink.add("MC0255", place, f"{text!r} is not a number; the agent serves no status port")
        config = dataclasses.replace(config, status_port=port or 0)
    return config
