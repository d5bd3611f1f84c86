"""Pods as istiod sees them: addresses, identity, named ports, locality, workload name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from meshc.findings import Origin
from meshc.model import locality, names
from meshc.model.created import created
from meshc.model.networks import NetworkView
from meshc.model.workloads import POD, Workload
from meshc.resources.core import Node
from meshc.resources.message import OwnerReference
from meshc.resources.pod import Container, Pod

_HASH_LABELS = (names.LABEL_POD_TEMPLATE_HASH, "rollouts-pod-template-hash")
_STANDS_FOR = {"ReplicaSet": "Deployment", "ReplicationController": "DeploymentConfig", "Job": "CronJob"}
_CRON_JOB = re.compile(r"(.+)-\d{8,10}")


class PodReader:
    """Makes the workloads of one cluster from its pods; knows the cluster's nodes and networks."""

    def __init__(self, cluster_id: str, nodes: Iterable[Node], network: NetworkView, trust_domain: str) -> None:
        self._cluster = cluster_id
        self._localities = {n.meta.name: locality.of_node(n.meta.labels) for n in nodes}
        self._network = network
        self._trust_domain = trust_domain

    def read(self, pod: Pod, template: Origin | None = None) -> Workload:
        """The workload of a pod. An assumed pod has its origin in a `template`."""
        meta, ips = pod.meta, addresses(pod)
        where = locality.of_labels(meta.labels) or self._localities.get(pod.spec.node_name, "")
        network = self._network.of(ips[0] if ips else "", meta.labels)
        account = account_of(pod)
        return Workload(
            kind=POD,
            name=meta.name,
            namespace=meta.namespace,
            labels=meta.labels,
            topology_labels=locality.augment(meta.labels, self._cluster, where, pod.spec.node_name, network),
            annotations=meta.annotations,
            ips=ips,
            account=account,
            identity=names.spiffe_id(self._trust_domain, meta.namespace, account),
            node_name=pod.spec.node_name,
            locality=where,
            workload_name=workload_name(pod),
            owner=owner_name(pod),
            network=network,
            cluster_id=self._cluster,
            ports=named_ports(pod),
            weight=0,
            ready=is_selectable(pod),
            created=created(meta),
            tls_mode=meta.labels.get(names.LABEL_TLS_MODE, "disabled"),
            containers=tuple(c.name for c in pod.spec.containers),
            arguments=proxy_arguments(pod),
            origin=template or pod.origin,
            container_ports=tuple((p.name, p.container_port, p.protocol) for c in pod.spec.containers for p in c.ports),
            owner_url=owner_url(pod),
        )


def addresses(pod: Pod) -> tuple[str, ...]:
    """The addresses of a pod, the main one first."""
    listed = tuple(p.ip for p in pod.status.pod_ips if p.ip)
    return listed or ((pod.status.pod_ip,) if pod.status.pod_ip else ())


def account_of(pod: Pod) -> str:
    """The name of the pod's service account; the API server fills in `default`."""
    return pod.spec.service_account_name or pod.spec.service_account or "default"


def long_running(pod: Pod) -> tuple[Container, ...]:
    """The containers, then the init containers that keep running (native sidecars)."""
    return pod.spec.containers + tuple(c for c in pod.spec.init_containers if c.restart_policy == "Always")


def named_ports(pod: Pod) -> Mapping[tuple[str, str], int]:
    """Port numbers by name and transport; the first of a name counts."""
    ports: dict[tuple[str, str], int] = {}
    for container in long_running(pod):
        for port in container.ports:
            if port.name:
                ports.setdefault((port.name, port.protocol), port.container_port)
    return ports


def is_ready(pod: Pod) -> bool:
    """The pod's condition `Ready` is `True`."""
    return any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions)


def is_selectable(pod: Pod) -> bool:
    """A ServiceEntry may select the pod: ready, with an address, neither finished nor going (spec: gateways 12.4)."""
    over = pod.status.phase in ("Succeeded", "Failed") or pod.meta.deletion_timestamp is not None
    return not over and is_ready(pod) and bool(addresses(pod))


def proxy_arguments(pod: Pod) -> tuple[str, ...]:
    """The arguments of the container `istio-proxy`, which say whether it is a sidecar or a router."""
    return next((c.args for c in long_running(pod) if c.name == "istio-proxy"), ())


def controller(pod: Pod) -> OwnerReference | None:
    """The owner that controls the pod."""
    return next((o for o in pod.meta.owner_references if o.controller), None)


def owner_name(pod: Pod) -> str:
    """The name of the workload that owns the pod, without template hash; empty without an owner."""
    owner = controller(pod)
    return _workload_of(owner, pod.meta.labels) if owner is not None else ""


def workload_name(pod: Pod) -> str:
    """The workload name of the pod's endpoints: its label, its owner's name if the name was generated, else the pod's
    (spec: clusters 18.1)."""
    if label := pod.meta.labels.get(names.LABEL_WORKLOAD_NAME):
        return label
    owner = controller(pod)
    if owner is None or not pod.meta.generate_name:
        return pod.meta.name
    return _workload_of(owner, pod.meta.labels)


def owner_url(pod: Pod) -> str:
    """What a pod belongs to, as the injector tells the agent: a Deployment stands for its ReplicaSets."""
    owner = controller(pod)
    if owner is None:
        return _owner_url("v1", pod.meta.namespace, "Pod", pod.meta.name)
    name = _workload_of(owner, pod.meta.labels)
    kind = _STANDS_FOR.get(owner.kind, owner.kind) if name != owner.name else owner.kind
    return _owner_url(owner.api_version, pod.meta.namespace, kind, name)


def _owner_url(api_version: str, namespace: str, kind: str, name: str) -> str:
    return f"kubernetes://apis/{api_version}/namespaces/{namespace}/{kind.lower()}s/{name}"


def _workload_of(owner: OwnerReference, labels: Mapping[str, str]) -> str:
    if owner.kind == "ReplicaSet":
        for key in _HASH_LABELS:
            value = labels.get(key)
            if value and owner.name.endswith(f"-{value}"):
                return owner.name[: -len(value) - 1]
    if owner.kind == "ReplicationController":
        return labels.get("deploymentconfig") or owner.name
    if owner.kind == "Job" and (cron := _CRON_JOB.fullmatch(owner.name)):
        return cron[1]
    return owner.name
