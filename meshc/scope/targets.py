"""Service targets: a proxy in; out the service ports that its workload serves (spec: inbound 2.1, clusters 16.2)."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.model.api import is_ip
from meshc.model.kubernetes import ClusterService
from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.protocol import Protocol
from meshc.model.service import Resolution, Service, ServicePort
from meshc.model.slices import entry_port
from meshc.model.workloads import Workload
from meshc.scope.proxy import Proxy


@node
class ServiceTarget:
    """A port of a service, and the port of the workload that it leads to."""

    service: Service
    port: ServicePort
    target_port: int


def service_targets(mesh: Mesh, proxy: Proxy) -> tuple[ServiceTarget, ...]:
    """What a proxy's workload serves, the oldest service first; `exportTo` plays no part."""
    targets = [*_kubernetes_targets(mesh, proxy), *_entry_targets(mesh, proxy)]
    return tuple(sorted(targets, key=lambda t: (t.service.created, t.service.hostname)))


def _kubernetes_targets(mesh: Mesh, proxy: Proxy) -> Iterator[ServiceTarget]:
    entry = _workload_entry(mesh, proxy)
    if entry is not None:
        return _of_entry(mesh, entry)
    if proxy.pod is None:
        return iter(())
    services = mesh.services.of_cluster(proxy.cluster_id, proxy.pod.namespace)
    selecting = [s for s in services if s.service.selector and selects(s.service.selector, proxy.pod.labels)]
    if selecting:
        return (target for service in selecting for target in _of_pod(service, proxy.pod))
    return _of_endpoints(mesh, proxy)


def _workload_entry(mesh: Mesh, proxy: Proxy) -> Workload | None:
    """The WorkloadEntry at the proxy's first address, which stands for it.

    A sole one counts whatever its namespace; of several the one with the proxy's name, else one of its namespace, else
    the first.
    """
    if not mesh.features.pilot_enable_k8s_select_workload_entries or not proxy.ips:
        return None
    entries = [
        w
        for w in mesh.workloads.by_ip(proxy.ips[0])
        if not w.is_pod and w.ready and is_ip(w.address) and w.cluster_id == proxy.cluster_id
    ]
    here = [w for w in entries if w.namespace == proxy.namespace]
    named = [w for w in here if w.name == proxy.name]
    return next(iter([*named, *here, *entries]), None)


def _of_entry(mesh: Mesh, entry: Workload) -> Iterator[ServiceTarget]:
    for known in mesh.services.of_cluster(entry.cluster_id, entry.namespace):
        service = known.service
        if service.resolution is not Resolution.CLIENT_SIDE_LB or not service.selector:
            continue
        if selects(service.selector, entry.topology_labels):
            for target in known.targets:
                number = entry_port(target, entry)
                if number and target.port.protocol is not Protocol.UDP:
                    yield ServiceTarget(service, target.port, number)


def _of_pod(known: ClusterService, pod: Workload) -> Iterator[ServiceTarget]:
    """The ports of a Service that lead somewhere in the pod; of those with one target and protocol the first."""
    seen: set[tuple[int, Protocol]] = set()
    for target in known.targets:
        named = not isinstance(target.target, int)
        number = pod.port(str(target.target), target.transport) if named else int(target.target)
        if number and (number, target.port.protocol) not in seen:
            seen.add((number, target.port.protocol))
            yield ServiceTarget(known.service, target.port, number)


def _of_endpoints(mesh: Mesh, proxy: Proxy) -> Iterator[ServiceTarget]:
    """The Services of the proxy's namespace whose endpoint slices hold its first address."""
    for known in mesh.services.of_cluster(proxy.cluster_id, proxy.namespace):
        for endpoint in mesh.endpoints.in_slices(known.service):
            if endpoint.cluster_id != proxy.cluster_id or endpoint.address not in proxy.ips[:1]:
                continue
            port = next((p for p in known.service.ports if p.name == endpoint.port_name), None)
            if port is not None:
                yield ServiceTarget(known.service, port, endpoint.port)


def _entry_targets(mesh: Mesh, proxy: Proxy) -> Iterator[ServiceTarget]:
    """What the ServiceEntries of the proxy's namespace have at one of its addresses."""
    for ip in proxy.ips:
        for instance in mesh.endpoints.owners(ip, proxy.namespace):
            yield ServiceTarget(instance.service, instance.port, instance.endpoint.port)
