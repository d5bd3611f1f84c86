"""Endpoints of Kubernetes Services: from EndpointSlices, and from the WorkloadEntries that Services select
(spec: clusters 18.1, 18.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meshc.findings import Sink
from meshc.model import locality
from meshc.model.endpoint import Endpoint, Health
from meshc.model.inventory import Inventory
from meshc.model.kubernetes import ClusterService, TargetPort
from meshc.model.networks import NetworkView
from meshc.model.service import Resolution, Service
from meshc.model.workloads import Workload, Workloads
from meshc.resources import discovery
from meshc.resources.features import Features


class SliceReader:
    """Makes the endpoints of one cluster's Services."""

    def __init__(
        self, inventory: Inventory, workloads: Workloads, network: NetworkView, features: Features, sink: Sink
    ) -> None:
        """Endpoints whose pod does not exist are told to the sink."""
        self._inventory = inventory
        self._cluster = inventory.cluster_id
        self._workloads = workloads
        self._network = network
        self._features = features
        self._sink = sink

    def read(self, known: ClusterService) -> tuple[Endpoint, ...]:
        """The endpoints of a Service: those of its slices, of which the first of an address and a port name counts."""
        made: dict[tuple[str, str], Endpoint] = {}
        for piece in self._inventory.slices.get((known.service.namespace, known.service.name), ()):
            if piece.address_type != "FQDN":
                for endpoint in self._of_slice(known.service, piece):
                    made.setdefault((endpoint.address, endpoint.port_name), endpoint)
        return tuple(made.values())

    def _of_slice(self, service: Service, piece: discovery.EndpointSlice) -> Iterator[Endpoint]:
        for index, item in enumerate(piece.endpoints):
            health = health_of(service, item.conditions, self._features)
            for address in item.addresses:
                pod, expected = self._pod(piece.meta.namespace, item, address)
                if pod is None and expected:
                    reference = f"{piece.meta.namespace}/{item.target_ref.name if item.target_ref else ''}"
                    self._sink.add(
                        "MC0560",
                        piece.origin_of(item, f"endpoints[{index}]"),
                        f"no Pod {reference} for address {address}, so istiod drops it",
                    )
                    continue
                addresses = self._addresses(service, pod, address)
                if len(addresses) > 1 and piece.address_type == "IPv6":
                    continue
                yield from self._of_address(pod, addresses, address, piece, index, health)

    def _of_address(
        self,
        pod: Workload | None,
        addresses: tuple[str, ...],
        address: str,
        piece: discovery.EndpointSlice,
        index: int,
        health: Health,
    ) -> Iterator[Endpoint]:
        network = pod.network if pod is not None and pod.network else self._network.of(address, {})
        labels = pod.topology_labels if pod is not None else locality.augment({}, self._cluster, "", "", network)
        for port in piece.ports:
            yield Endpoint(
                addresses=addresses,
                port=port.port or 0,
                port_name=port.name,
                labels=labels,
                origin=piece.origin_of(piece.endpoints[index], f"endpoints[{index}]"),
                account=pod.identity if pod is not None else "",
                tls_mode=pod.tls_mode if pod is not None else "disabled",
                workload_name=pod.workload_name if pod is not None else "",
                namespace=pod.namespace if pod is not None else "",
                locality=pod.locality if pod is not None else "",
                health=health,
                node_name=pod.node_name if pod is not None else "",
                network=network,
                cluster_id=self._cluster,
            )

    def _pod(self, namespace: str, item: discovery.Endpoint, address: str) -> tuple[Workload | None, bool]:
        """The pod behind an address, and whether there has to be one."""
        target = item.target_ref
        if target is not None and target.kind == "Pod":
            return self._workloads.pod(target.namespace, target.name, self._cluster), True
        for workload in self._workloads.by_ip(address):
            if workload.is_pod and workload.namespace == namespace and workload.cluster_id == self._cluster:
                return workload, False
        return None, False

    def _addresses(self, service: Service, pod: Workload | None, address: str) -> tuple[str, ...]:
        dual = self._features.istio_dual_stack and pod is not None and len(pod.ips) > 1
        if dual and pod is not None and len(service.cluster_addresses.get(self._cluster, ())) > 1:
            return pod.ips
        return (address,)


def health_of(service: Service, conditions: discovery.EndpointConditions, features: Features) -> Health:
    """State of a slice endpoint; an absent condition counts as true, also `terminating` (spec: clusters 18.1)."""
    if conditions.ready is not False:
        return Health.HEALTHY
    session_labels = (features.pilot_persistent_session_label, features.pilot_persistent_session_header_label)
    sticky = any(service.labels.get(label) for label in session_labels)
    if conditions.terminating is False:
        return Health.UNHEALTHY
    return Health.DRAINING if sticky and conditions.serving is not False else Health.TERMINATING


def entry_endpoints(known: ClusterService, entries: Sequence[Workload]) -> Iterator[Endpoint]:
    """The endpoints of WorkloadEntries for a Service: `entries` are those of its namespace that may serve Services."""
    service = known.service
    if service.resolution is not Resolution.CLIENT_SIDE_LB or service.selector is None or service.mesh_external:
        return
    selected = [e for e in entries if service.selector.items() <= e.topology_labels.items()]
    for target in known.targets:
        for entry in selected:
            if number := entry_port(target, entry):
                yield entry_endpoint(entry, number, target.port.name)


def entry_port(target: TargetPort, entry: Workload) -> int:
    """The number that a WorkloadEntry serves a Service's port on; 0 if it does not (spec: clusters 18.3)."""
    if isinstance(target.target, int):
        return entry.port(target.port.name) or target.target
    return entry.port(target.target)


def entry_endpoint(entry: Workload, number: int, port_name: str, service_port: int = 0) -> Endpoint:
    """A workload as an endpoint at a port."""
    return Endpoint(
        addresses=entry.ips,
        port=number,
        port_name=port_name,
        labels=entry.topology_labels,
        origin=entry.origin,
        service_port=service_port,
        account=entry.identity,
        tls_mode=entry.tls_mode,
        workload_name=entry.workload_name,
        namespace=entry.namespace,
        locality=entry.locality,
        weight=entry.weight or 1,
        health=Health.HEALTHY if entry.is_pod else Health.UNKNOWN,
        node_name=entry.node_name,
        network=entry.network,
        cluster_id=entry.cluster_id,
    )
