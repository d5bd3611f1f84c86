"""Network gateways: mesh networks and labelled Services in, the ways into each network out (spec: clusters 22)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.model import names
from meshc.model.inventory import Inventory
from meshc.model.node import node
from meshc.resources.core import Node, Service
from meshc.resources.go_values import is_ip
from meshc.resources.mesh_config import MeshNetworks

MTLS_PORT = 15443
HBONE_PORT = 15008
_PORT_LABEL = "networking.istio.io/gatewayPort"
_NODE_SELECTOR = "traffic.istio.io/nodeSelector"


@node
class NetworkGateway:
    """A way into a network. `cluster` is empty for one that mesh networks give by address.

    `port` takes mutual TLS; 0 for a gateway that only takes HBONE, which sidecars do not speak.
    """

    network: str
    cluster: str
    address: str
    port: int
    origin: Origin


@frozen
class NetworkGateways:
    """The gateways by network, and by network and cluster, sorted by address and port.

    `scale` multiplies the weights of endpoints, so that each can be divided among the gateways of any network.
    """

    by_network: Mapping[str, tuple[NetworkGateway, ...]] = field(default_factory=dict)
    by_cluster: Mapping[tuple[str, str], tuple[NetworkGateway, ...]] = field(default_factory=dict)
    scale: int = 1

    def __bool__(self) -> bool:
        """Some network has a gateway; without any, networks play no part."""
        return bool(self.by_network)

    @staticmethod
    def build(networks: MeshNetworks, clusters: Iterable[Inventory], sink: Sink) -> NetworkGateways:
        """Gather the gateways of the mesh networks and of all clusters. A host name is no address, and is told of."""
        found = [*_by_address(networks)]
        for cluster in clusters:
            found.extend(_of_cluster(cluster, networks))
        return _index(gateway for gateway in found if _has_address(gateway, sink))

    def of(self, network: str, cluster: str) -> tuple[NetworkGateway, ...]:
        """The gateways to a network for what runs in a cluster: those of the cluster itself if there are any."""
        return self.by_cluster.get((network, cluster)) or self.by_network.get(network, ())


def _index(gateways: Iterable[NetworkGateway]) -> NetworkGateways:
    distinct = {(g.network, g.cluster, g.address, g.port): g for g in gateways}
    by_network: dict[str, list[NetworkGateway]] = {}
    by_cluster: dict[tuple[str, str], list[NetworkGateway]] = {}
    for gateway in sorted(distinct.values(), key=lambda g: (g.address, g.port, g.cluster)):
        by_network.setdefault(gateway.network, []).append(gateway)
        by_cluster.setdefault((gateway.network, gateway.cluster), []).append(gateway)
    counts = [len(found) for found in (*by_network.values(), *by_cluster.values())]
    return NetworkGateways(
        {network: tuple(found) for network, found in by_network.items()},
        {key: tuple(found) for key, found in by_cluster.items()},
        math.lcm(*counts),
    )


def _has_address(gateway: NetworkGateway, sink: Sink) -> bool:
    """istiod asks DNS for the addresses behind a host name; offline there are none."""
    if is_ip(gateway.address):
        return True
    text = f"gateway {gateway.address} of network {gateway.network} is a host name, whose addresses are not known here"
    sink.add("MC0580", gateway.origin, text)
    return False


def _by_address(networks: MeshNetworks) -> Iterator[NetworkGateway]:
    for name, network in networks.networks.items():
        for gateway in network.gateways:
            if gateway.address:
                yield NetworkGateway(name, "", gateway.address, gateway.port, Origin("MeshNetworks", "", name))


def _of_cluster(cluster: Inventory, networks: MeshNetworks) -> Iterator[NetworkGateway]:
    """The gateways among the Services of a cluster."""
    registered: dict[str, list[tuple[str, int]]] = {}
    for name, network in networks.networks.items():
        for gateway in network.gateways:
            if not gateway.address and gateway.registry_service_name:
                registered.setdefault(gateway.registry_service_name, []).append((name, gateway.port))
    for service in cluster.services:
        host = names.kubernetes_host(service.meta.name, service.meta.namespace)
        ways = _labelled(service) or registered.get(host, ())
        for address in _external_addresses(service, cluster.nodes) if ways else ():
            for name, port in ways:
                number = _node_ports(service).get(port, port)
                yield NetworkGateway(name, cluster.cluster_id, address, number, service.origin)


def _labelled(service: Service) -> Sequence[tuple[str, int]]:
    """The network that a Service is labelled as a gateway of, with the port for mutual TLS.

    The port is that of the label, else the usual one if the Service has it; 0 if it has the port of HBONE only.
    """
    network = service.meta.labels.get(names.LABEL_NETWORK)
    if not network:
        return ()
    declared = service.meta.labels.get(_PORT_LABEL, "")
    if declared.isascii() and declared.isdigit():
        return ((network, int(declared)),)
    ports = {port.port for port in service.spec.ports}
    if MTLS_PORT in ports:
        return ((network, MTLS_PORT),)
    return ((network, 0),) if HBONE_PORT in ports else ()


def _is_node_port(service: Service) -> bool:
    """A Service that is reached at its nodes, which an annotation selects."""
    return service.spec.type == "NodePort" and _NODE_SELECTOR in service.meta.annotations


def _node_ports(service: Service) -> Mapping[int, int]:
    return {port.port: port.node_port for port in service.spec.ports} if _is_node_port(service) else {}


def _external_addresses(service: Service, nodes: Iterable[Node]) -> list[str]:
    """Where a Service is reached from outside of its cluster: IP addresses and host names."""
    if _is_node_port(service):
        selector = _node_selector(service).items()
        return [address for n in nodes if selector <= n.meta.labels.items() and (address := _external_ip(n))]
    ingress = service.status.load_balancer.ingress if service.spec.type == "LoadBalancer" else ()
    return [*(i.ip or i.hostname for i in ingress if i.ip or i.hostname), *service.spec.external_ips]


def _node_selector(service: Service) -> Mapping[str, str]:
    """Labels as a JSON object; what is none selects every node."""
    try:
        selector = json.loads(service.meta.annotations[_NODE_SELECTOR])
    except ValueError:
        return {}
    return selector if isinstance(selector, dict) else {}


def _external_ip(machine: Node) -> str:
    addresses = machine.status.addresses
    return next((a.address for a in addresses if a.type == "ExternalIP" and a.address), "")
