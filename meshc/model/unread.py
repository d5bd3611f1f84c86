"""What istiod does not read of a cluster: typed objects in, findings out."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.findings import Sink
from meshc.model import names
from meshc.model.discovered import is_istio
from meshc.model.inventory import Inventory
from meshc.model.traffic_distribution import is_known
from meshc.resources.core import Endpoints
from meshc.resources.discovery import EndpointSlice
from meshc.resources.extensions import TrafficExtension, WasmPlugin
from meshc.resources.load import Objects
from meshc.resources.message import Object
from meshc.resources.networking import EnvoyFilter, ServiceEntry, WorkloadEntry, WorkloadGroup

_NOT_APPLIED: tuple[type[Object], ...] = (EnvoyFilter, TrafficExtension, WasmPlugin)
"""Kinds that meshc checks and does not translate."""


def report_unread(objects: Objects, inventory: Inventory, sink: Sink) -> None:
    """Say which objects of a cluster, or parts of them, count for nothing."""
    _report_endpoints(objects, inventory, sink)
    _report_slices(objects, inventory, sink)
    for entry in objects.by_kind(ServiceEntry):
        _report_entry(entry, sink)
    for group in objects.by_kind(WorkloadGroup):
        sink.add("MC0573", group.origin, "workloads that register by it appear as WorkloadEntries, which are read")
    for kind in _NOT_APPLIED:
        for extension in objects.by_kind(kind):
            sink.add("MC0581", extension.origin, "istiod applies it to the proxies that it selects, meshc does not")
    annotated: list[Object] = [*inventory.services, *inventory.namespaces.values(), *objects.by_kind(ServiceEntry)]
    for thing in annotated:
        _report_annotations(thing, sink)


def report_foreign_config(clusters: Mapping[str, Objects], sink: Sink) -> None:
    """Say which Istio objects stand in a further cluster: configuration is read from the first one alone."""
    for name, objects in sorted(clusters.items()):
        for thing in objects:
            if is_istio(thing) and not isinstance(thing, WorkloadEntry | WorkloadGroup):
                sink.add("MC0572", thing.origin, f"stands in cluster {name}, which gives no configuration")


def _report_endpoints(objects: Objects, inventory: Inventory, sink: Sink) -> None:
    for legacy in objects.by_kind(Endpoints):
        if (legacy.meta.namespace, legacy.meta.name) not in inventory.slices:
            sink.add("MC0570", legacy.origin, "istiod reads EndpointSlices alone, and there is none for this Service")


def _report_slices(objects: Objects, inventory: Inventory, sink: Sink) -> None:
    services = {(s.meta.namespace, s.meta.name) for s in inventory.services}
    for piece in objects.by_kind(EndpointSlice):
        service = piece.meta.labels.get(names.LABEL_SERVICE_NAME)
        if not service or names.LABEL_MCS_SERVICE_NAME in piece.meta.labels:
            sink.add("MC0571", piece.origin, f"its labels do not name a Service by {names.LABEL_SERVICE_NAME}")
        elif piece.address_type == "FQDN":
            sink.add("MC0571", piece.origin, "istiod does not read endpoints by host name")
        elif (piece.meta.namespace, service) not in services:
            sink.add("MC0571", piece.origin, f"there is no Service {piece.meta.namespace}/{service}")


def _report_entry(entry: ServiceEntry, sink: Sink) -> None:
    spec = entry.spec
    if spec.workload_selector is not None and spec.endpoints:
        sink.add("MC0575", entry.origin_of(spec, "spec.endpoints"), "the workloads that it selects count instead")
    opted_out = entry.meta.labels.get(names.LABEL_AUTO_ALLOCATE, "").lower() == "false"
    if entry.status.addresses and (spec.addresses or opted_out or spec.resolution == "NONE"):
        reason = "it has addresses of its own" if spec.addresses else "it gets no allocated addresses"
        sink.add("MC0574", entry.origin_of(entry.status, "status.addresses"), f"not used, since {reason}")


def _report_annotations(thing: Object, sink: Sink) -> None:
    annotations = thing.meta.annotations
    distribution = annotations.get(names.ANNOTATION_TRAFFIC_DISTRIBUTION, "")
    if distribution and not is_known(distribution):
        place = thing.origin.at(f"metadata.annotations[{names.ANNOTATION_TRAFFIC_DISTRIBUTION}]")
        sink.add("MC0576", place, f"{distribution!r} is no preference, so there is none")
    exported = [part.strip() for part in annotations.get(names.ANNOTATION_EXPORT_TO, "").split(",")]
    winner = next((value for value in ("*", "~") if value in exported), None)
    if winner is not None and len(set(exported)) > 1:
        place = thing.origin.at(f"metadata.annotations[{names.ANNOTATION_EXPORT_TO}]")
        others = ", ".join(value for value in exported if value != winner)
        sink.add("MC0577", place, f"{winner!r} makes {others} count for nothing")
