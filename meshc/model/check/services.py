"""Services that other services displace, aliases that lead nowhere, and workloads that no service can select."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from meshc.findings import Sink
from meshc.model.mesh import Mesh
from meshc.model.service import Resolution, Service
from meshc.resources.go_values import is_ip


def report_services(mesh: Mesh, sink: Sink) -> None:
    """Say which services of one host displace each other, within a namespace and between namespaces."""
    for host in dict.fromkeys(service.hostname for service in mesh.services.all):
        owners = list(_by_namespace(mesh.services.by_host(host)))
        for members in owners:
            _report_namespace(members, sink)
        for members in owners if len(owners) > 1 else ():
            others = ", ".join(o[0].namespace for o in owners if o is not members)
            text = f"{host} is also declared in {others}; a client sees that of one namespace"
            sink.add("MC0564", members[0].origin, text)


def _by_namespace(services: Iterable[Service]) -> Iterator[list[Service]]:
    ordered = sorted(services, key=lambda s: s.namespace)
    return (list(members) for _, members in groupby(ordered, key=lambda s: s.namespace))


def _report_namespace(members: list[Service], sink: Sink) -> None:
    """Of one host and namespace: who is the definition, and whose ports do not count (spec: gateways 13)."""
    chosen = next((s for s in members if s.is_kubernetes), members[0])
    for service in members:
        if service.origin == chosen.origin or service.origin.kind == chosen.origin.kind == "Service":
            continue
        if chosen.is_kubernetes:
            text = f"{chosen.origin} defines {service.hostname}; of this ServiceEntry the endpoints count, no more"
            sink.add("MC0562", service.origin, text)
        elif not mergeable(chosen, service):
            text = f"{chosen.origin} comes first for {service.hostname}; of this one the endpoints count, no more"
            sink.add("MC0563", service.origin, text)


def mergeable(one: Service, other: Service) -> bool:
    """The ports of two services of one host and namespace are united in a proxy's view (spec: clusters 2.2)."""
    return (
        one.resolution is other.resolution
        and one.registry is other.registry
        and one.labels == other.labels
        and one.selector == other.selector
        and one.export_to == other.export_to
    )


def report_clusters(mesh: Mesh, sink: Sink) -> None:
    """Say of which Services the ports of a further cluster do not count."""
    for service in mesh.services.all:
        for cluster in list(service.cluster_addresses)[:-1] if service.is_kubernetes else ():
            known = next(
                (
                    k.service
                    for k in mesh.services.of_cluster(cluster, service.namespace)
                    if k.service.hostname == service.hostname
                ),
                service,
            )
            if _ports(known) != _ports(service):
                text = f"{service.hostname} has other ports in cluster {cluster}; those of the first cluster count"
                sink.add("MC0565", known.origin, text)


def _ports(service: Service) -> list[tuple[str, int, str]]:
    return [(p.name, p.number, p.protocol.value) for p in service.ports]


def report_aliases(mesh: Mesh, sink: Sink) -> None:
    """Say which ExternalName Services stand for no service of the mesh: clients get nothing for them."""
    answered = {
        alias.hostname for s in mesh.services.all if s.resolution is not Resolution.ALIAS for alias in s.aliases
    }
    for service in mesh.services.all:
        if service.resolution is Resolution.ALIAS and service.hostname not in answered:
            text = f"{service.hostname} stands for {service.external_name}, which no service of the mesh has"
            sink.add("MC0566", service.origin, text)


def report_workload_entries(mesh: Mesh, sink: Sink) -> None:
    """Say which WorkloadEntries cannot serve: unhealthy ones, and for Services and most entries those by name."""
    for workload in mesh.workloads.all:
        if workload.is_pod:
            continue
        if not workload.ready:
            sink.add("MC0567", workload.origin, "its health is checked and it is not known to be healthy")
        elif not is_ip(workload.address):
            text = f"only ServiceEntries with DNS resolution can select it, since {workload.address!r} is no IP address"
            sink.add("MC0568", workload.origin, text)
