"""Selectors that no workload of the input carries the labels of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.resources.check.place import Place, Places
from meshc.resources.extensions import TrafficExtension, WasmPlugin
from meshc.resources.load import Objects
from meshc.resources.message import Object
from meshc.resources.networking import (
    DestinationRule,
    EnvoyFilter,
    Gateway,
    ProxyConfig,
    ServiceEntry,
    Sidecar,
)
from meshc.resources.security import AuthorizationPolicy, PeerAuthentication, RequestAuthentication
from meshc.resources.selector import WorkloadSelector
from meshc.resources.telemetry import Telemetry

_BY_SELECTOR = (
    AuthorizationPolicy,
    PeerAuthentication,
    RequestAuthentication,
    Telemetry,
    WasmPlugin,
    TrafficExtension,
    ProxyConfig,
)
_MESH_WIDE = (AuthorizationPolicy, RequestAuthentication, EnvoyFilter, ProxyConfig, WasmPlugin, TrafficExtension)
"""Kinds that in the root namespace select workloads of every namespace."""


class _Selection(NamedTuple):
    """The labels that an object selects by, and where they stand."""

    thing: Object
    labels: Mapping[str, str]
    place: Place


def lint_selections(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Say which selectors select nothing. The workloads of a Gateway are often installed from elsewhere."""
    for thing, labels, place in _selections(objects, places):
        if labels and not _any(mesh, thing, labels):
            shown = ", ".join(f"{key}={value}" for key, value in labels.items())
            place.tell("MC0550", f"no workload of namespace {thing.meta.namespace} has the labels {shown}")
    for gateway in objects.by_kind(Gateway):
        if not any(selects(gateway.spec.selector, workload.labels) for workload in mesh.workloads.all):
            place = places.of(gateway) / "spec" / "selector"
            place.tell("MC0551", "no workload of the input is a gateway that this Gateway is for")


def _selections(objects: Objects, places: Places) -> Iterator[_Selection]:
    for cls in _BY_SELECTOR:
        for thing in objects.by_kind(cls):
            selector: WorkloadSelector | None = thing.spec.selector  # type: ignore[attr-defined]
            if selector is not None:
                yield _Selection(thing, selector.match_labels, places.of(thing) / "spec" / "selector")
    for rule in objects.by_kind(DestinationRule):
        if rule.spec.workload_selector is not None:
            yield _by_workload_selector(rule, rule.spec.workload_selector.match_labels, places)
    for sidecar in objects.by_kind(Sidecar):
        if sidecar.spec.workload_selector is not None:
            yield _by_workload_selector(sidecar, sidecar.spec.workload_selector.labels, places)
    for entry in objects.by_kind(ServiceEntry):
        if entry.spec.workload_selector is not None:
            yield _by_workload_selector(entry, entry.spec.workload_selector.labels, places)
    for envoy_filter in objects.by_kind(EnvoyFilter):
        if envoy_filter.spec.workload_selector is not None:
            yield _by_workload_selector(envoy_filter, envoy_filter.spec.workload_selector.labels, places)


def _by_workload_selector(thing: Object, labels: Mapping[str, str], places: Places) -> _Selection:
    return _Selection(thing, labels, places.of(thing) / "spec" / "workloadSelector")


def _any(mesh: Mesh, thing: Object, labels: Mapping[str, str]) -> bool:
    namespace = thing.meta.namespace
    if namespace == mesh.config.root_namespace and isinstance(thing, _MESH_WIDE):
        return any(selects(labels, workload.topology_labels) for workload in mesh.workloads.all)
    return bool(mesh.workloads.select(namespace, labels))
