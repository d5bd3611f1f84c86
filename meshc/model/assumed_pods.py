"""Pods that Kubernetes' controllers would have made from workloads, as the sidecar injector would have left them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from meshc.findings import Origin, Sink
from meshc.model import names
from meshc.model.label_index import LabelIndex
from meshc.resources.apps import DaemonSet, Deployment, Job, ReplicaSet, StatefulSet
from meshc.resources.core import ReplicationController
from meshc.resources.load import Objects
from meshc.resources.message import Meta, OwnerReference
from meshc.resources.pod import Pod, PodCondition, PodIP, PodStatus

Workload = Deployment | StatefulSet | DaemonSet | ReplicaSet | ReplicationController | Job

_INJECT = "sidecar.istio.io/inject"
_TEMPLATES = "inject.istio.io/templates"
_KINDS: tuple[type[Workload], ...] = (Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job)


def assumed_pods(objects: Objects, given: Iterable[Pod], sink: Sink) -> list[tuple[Pod, Origin]]:
    """The pods, without status, of the workloads whose template labels no given pod has; with the template's origin."""
    index = LabelIndex(given, lambda p: (p.meta.namespace, p.meta.labels))
    made: list[tuple[Pod, Origin]] = []
    for workload in _workloads(objects):
        labels = workload.spec.template.metadata.labels
        if labels and index.select(workload.meta.namespace, labels):
            continue
        if workload.meta.creation_timestamp is None:
            origin = workload.origin_of(workload.spec.template, "spec.template")
            made.extend((pod, origin) for pod in _replicas(workload))
        elif replicas(workload):
            sink.add("MC0315", workload.origin, "no Pod has the labels of its template")
    return made


def replicas(workload: Workload) -> int:
    """How many pods a workload has; a DaemonSet one, since the nodes are not known."""
    if isinstance(workload, DaemonSet):
        return 1
    return workload.spec.parallelism if isinstance(workload, Job) else workload.spec.replicas


def with_status(pod: Pod, address: str) -> Pod:
    """The pod, running and ready at an address, with the labels that the injector adds."""
    status = PodStatus(
        phase="Running",
        pod_ip=address,
        pod_ips=(PodIP(ip=address),),
        conditions=(PodCondition(type="Ready", status="True"),),
    )
    labels = injected_labels(pod.meta.labels, pod.meta.annotations, _owner(pod) or pod.meta.name)
    return dataclasses.replace(pod, meta=dataclasses.replace(pod.meta, labels=labels), status=status)


def injected_labels(labels: Mapping[str, str], annotations: Mapping[str, str], workload: str) -> Mapping[str, str]:
    """The labels of a pod after injection; the gateway template, unlike a sidecar's, does not set the TLS mode."""
    if "false" in (labels.get(_INJECT), annotations.get(_INJECT)):
        return labels
    added = names.canonical_labels(labels, workload)
    if annotations.get(_TEMPLATES) != "gateway":
        added[names.LABEL_TLS_MODE] = "istio"
    return {**added, **labels}


def _workloads(objects: Objects) -> Iterator[Workload]:
    """The workloads that no other workload owns."""
    for kind in _KINDS:
        for workload in objects.by_kind(kind):
            if not any(owner.controller for owner in workload.meta.owner_references):
                yield workload


def _replicas(workload: Workload) -> Iterator[Pod]:
    meta, template = workload.meta, workload.spec.template
    owner = OwnerReference(api_version=meta.api_version, kind=meta.kind, name=meta.name, controller=True)
    for number in range(replicas(workload)):
        yield Pod(
            at=template.at or workload.at,
            meta=Meta(
                api_version="v1",
                kind="Pod",
                name=f"{meta.name}-{number}",
                namespace=meta.namespace,
                labels=template.metadata.labels,
                annotations=template.metadata.annotations,
                owner_references=(owner,),
                file=meta.file,
            ),
            spec=template.spec,
        )


def _owner(pod: Pod) -> str:
    return next((owner.name for owner in pod.meta.owner_references if owner.controller), "")
