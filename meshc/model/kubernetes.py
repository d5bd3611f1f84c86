"""Kubernetes Services as mesh services (spec: listeners 5.1, 5.2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from meshc.model import names, protocol
from meshc.model.created import created
from meshc.model.inventory import Inventory
from meshc.model.node import node
from meshc.model.service import UNSPECIFIED, Registry, Resolution, Service, ServicePort
from meshc.model.traffic_distribution import of_service
from meshc.resources import core
from meshc.resources.message import IntOrString


@node
class TargetPort:
    """Where a port of a Kubernetes Service leads: a number, or the name of a container port of that transport."""

    port: ServicePort
    target: IntOrString
    transport: str


@node
class ClusterService:
    """A Kubernetes Service as one cluster knows it: `service` describes it without what other clusters add."""

    service: Service
    targets: tuple[TargetPort, ...]


def cluster_services(
    inventory: Inventory, default_export: frozenset[str], trust_domain: str
) -> tuple[ClusterService, ...]:
    """The Services of one cluster, sorted by host name. `default_export` is the mesh's `defaultServiceExportTo`."""
    reader = _Reader(inventory, default_export, trust_domain)
    made = [reader.read(service) for service in inventory.services]
    return tuple(sorted(made, key=lambda s: s.service.hostname))


def merge_clusters(clusters: Iterable[tuple[ClusterService, ...]]) -> list[Service]:
    """One service per host over all clusters: the first cluster's, with addresses and accounts of the others added."""
    merged: dict[str, Service] = {}
    for services in clusters:
        for known in services:
            service, first = known.service, merged.get(known.service.hostname)
            if first is None:
                merged[service.hostname] = service
            else:
                merged[service.hostname] = dataclasses.replace(
                    first,
                    cluster_addresses={**service.cluster_addresses, **first.cluster_addresses},
                    accounts=tuple(dict.fromkeys((*first.accounts, *service.accounts))),
                )
    return list(merged.values())


class _Reader:
    def __init__(self, inventory: Inventory, default_export: frozenset[str], trust_domain: str) -> None:
        self._inventory = inventory
        self._default_export = default_export
        self._trust_domain = trust_domain

    def read(self, service: core.Service) -> ClusterService:
        meta, spec = service.meta, service.spec
        addresses = _addresses(spec)
        targets = tuple(_target(port) for port in spec.ports)
        resolution = _resolution(spec)
        made = Service(
            hostname=names.kubernetes_host(meta.name, meta.namespace),
            name=meta.name,
            namespace=meta.namespace,
            registry=Registry.KUBERNETES,
            created=created(meta),
            resolution=resolution,
            ports=tuple(t.port for t in targets),
            origin=service.origin,
            address=addresses[0],
            cluster_addresses={self._inventory.cluster_id: addresses},
            mesh_external=spec.type == "ExternalName" and bool(spec.external_name),
            labels=meta.labels,
            selector=spec.selector or None,
            export_to=export_to(meta.annotations.get(names.ANNOTATION_EXPORT_TO, "")) or self._default_export,
            accounts=self._accounts(meta.annotations, meta.namespace),
            external_name=spec.external_name if resolution is Resolution.ALIAS else "",
            traffic_distribution=of_service(
                spec.traffic_distribution, meta, self._inventory.namespaces.get(meta.namespace)
            ),
            node_local=spec.internal_traffic_policy == "Local",
        )
        return ClusterService(made, targets)

    def _accounts(self, annotations: Mapping[str, str], namespace: str) -> tuple[str, ...]:
        canonical = annotations.get(names.ANNOTATION_CANONICAL_ACCOUNTS, "")
        kubernetes = annotations.get(names.ANNOTATION_KUBERNETES_ACCOUNTS, "")
        made = canonical.split(",") if canonical else []
        if kubernetes:
            made += [names.spiffe_id(self._trust_domain, namespace, account) for account in kubernetes.split(",")]
        return tuple(made)


def export_to(text: str) -> frozenset[str]:
    """The values of a comma-separated annotation; empty if there is no text."""
    return frozenset(part.strip() for part in text.split(",")) if text else frozenset()


def _addresses(spec: core.ServiceSpec) -> tuple[str, ...]:
    if spec.cluster_ip in ("", "None"):
        return (UNSPECIFIED,)
    return spec.cluster_ips if len(spec.cluster_ips) > 1 else (spec.cluster_ip,)


def _resolution(spec: core.ServiceSpec) -> Resolution:
    if spec.cluster_ip == "None":
        return Resolution.PASSTHROUGH
    if spec.type == "ExternalName" and spec.external_name:
        return Resolution.ALIAS
    return Resolution.CLIENT_SIDE_LB


def _target(port: core.ServicePort) -> TargetPort:
    declared = protocol.of_kubernetes_port(port.port, port.name, port.protocol, port.app_protocol)
    target = port.port if port.target_port in (None, 0, "") else port.target_port
    assert target is not None
    return TargetPort(ServicePort(port.name, port.port, declared), target, port.protocol)
