"""Assumptions: objects of one cluster in; out the same with what a cluster would have added to them.

An object with a creation timestamp has been in a cluster, so nothing is assumed for it. Every assumption is a finding.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sized

from meshc.findings import Origin, Sink
from meshc.model import names
from meshc.model.address_pool import AddressPool
from meshc.model.assumed_pods import assumed_pods, with_status
from meshc.model.assumed_slices import assumed_slice
from meshc.model.inventory import Inventory
from meshc.model.label_index import LabelIndex
from meshc.model.pods import addresses
from meshc.resources.core import Namespace, Node, Service
from meshc.resources.discovery import EndpointSlice
from meshc.resources.load import Objects
from meshc.resources.message import Object
from meshc.resources.pod import Pod

SERVICE_RANGE = "10.96.0.0/12"
POD_RANGE = "10.244.0.0/16"


def assume(objects: Objects, cluster_id: str, sink: Sink) -> Inventory:
    """The cluster that these objects make, complete."""
    services = _with_cluster_ips(objects.by_kind(Service), sink)
    pods, templates = _pods(objects, sink)
    slices = _slices_by_service(objects.by_kind(EndpointSlice))
    return Inventory(
        cluster_id=cluster_id,
        services=services,
        pods=pods,
        nodes=objects.by_kind(Node),
        namespaces={n.meta.name: n for n in objects.by_kind(Namespace)},
        slices=slices | _assumed_slices(services, pods, slices, sink),
        assumed=templates,
    )


def from_cluster(thing: Object) -> bool:
    """The object was read from a cluster, which has already added what it adds."""
    return thing.meta.creation_timestamp is not None


def _with_cluster_ips(services: tuple[Service, ...], sink: Sink) -> tuple[Service, ...]:
    """The Services, with a cluster IP where the API server would have allocated one."""
    given = (ip for s in services for ip in (s.spec.cluster_ip, *s.spec.cluster_ips))
    lacking = {_key(s): s for s in services if _lacks_cluster_ip(s)}
    allocated = AddressPool(SERVICE_RANGE, given).assign(lacking)
    for key, service in lacking.items():
        sink.add("MC0310", service.origin, f"no clusterIP, so {allocated[key]} is assumed")
    return tuple(_with_cluster_ip(s, allocated[_key(s)]) if _key(s) in allocated else s for s in services)


def _lacks_cluster_ip(service: Service) -> bool:
    return not service.spec.cluster_ip and service.spec.type != "ExternalName" and not from_cluster(service)


def _with_cluster_ip(service: Service, address: str) -> Service:
    spec = dataclasses.replace(service.spec, cluster_ip=address, cluster_ips=(address,))
    return dataclasses.replace(service, spec=spec)


def _key(thing: Object) -> str:
    return f"{thing.meta.namespace}/{thing.meta.name}"


def _pods(objects: Objects, sink: Sink) -> tuple[tuple[Pod, ...], dict[tuple[str, str], Origin]]:
    """The given pods and those of the workloads without any, by namespace and name; and the templates of the latter."""
    given = objects.by_kind(Pod)
    waiting = [p for p in given if not from_cluster(p) and not p.status.phase and not addresses(p)]
    taken = {_key(p) for p in given}
    made = [(p, template) for p, template in assumed_pods(objects, given, sink) if _key(p) not in taken]
    keys = [_key(p) for p in (*waiting, *(p for p, _ in made))]
    allocated = AddressPool(POD_RANGE, (ip for p in given for ip in addresses(p))).assign(keys)
    for pod in waiting:
        sink.add("MC0312", pod.origin, f"no status, so it is assumed to be ready at {allocated[_key(pod)]}")
    for pod, template in made:
        text = f"no Pod has its labels, so pod {pod.meta.name} is assumed, ready at {allocated[_key(pod)]}"
        sink.add("MC0311", template, text)
    complete = {_key(p): p for p in (*(p for p, _ in made), *given)}
    for key, address in allocated.items():
        complete[key] = with_status(complete[key], address)
    templates = {(p.meta.namespace, p.meta.name): template for p, template in made}
    return tuple(sorted(complete.values(), key=lambda p: (p.meta.namespace, p.meta.name))), templates


def _slices_by_service(slices: Iterable[EndpointSlice]) -> dict[tuple[str, str], tuple[EndpointSlice, ...]]:
    """The slices that istiod reads, by namespace and service (spec: clusters 18.1)."""
    found: dict[tuple[str, str], list[EndpointSlice]] = {}
    for piece in slices:
        service = piece.meta.labels.get(names.LABEL_SERVICE_NAME)
        if service and names.LABEL_MCS_SERVICE_NAME not in piece.meta.labels:
            found.setdefault((piece.meta.namespace, service), []).append(piece)
    return {key: tuple(pieces) for key, pieces in found.items()}


def _assumed_slices(
    services: Iterable[Service],
    pods: Iterable[Pod],
    given: Mapping[tuple[str, str], object],
    sink: Sink,
) -> dict[tuple[str, str], tuple[EndpointSlice, ...]]:
    """Slices for the Services that select pods and have none."""
    index = LabelIndex(pods, lambda p: (p.meta.namespace, p.meta.labels))
    made: dict[tuple[str, str], tuple[EndpointSlice, ...]] = {}
    for service in services:
        key = (service.meta.namespace, service.meta.name)
        if not service.spec.selector or key in given or service.spec.type == "ExternalName":
            continue
        selected = index.select(service.meta.namespace, service.spec.selector)
        if from_cluster(service):
            if selected:
                sink.add("MC0314", service.origin, f"has no EndpointSlice, though it selects {_count(selected)}")
            continue
        made[key] = tuple(piece for pod in selected if (piece := assumed_slice(service, pod)) is not None)
        them = "the pod that it selects is" if len(selected) == 1 else f"the {_count(selected)} that it selects are"
        sink.add("MC0313", service.origin, f"no EndpointSlice, so {them} assumed to be its endpoints")
    return made


def _count(pods: Sized) -> str:
    return "1 pod" if len(pods) == 1 else f"{len(pods)} pods"
