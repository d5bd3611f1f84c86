"""Kubernetes core v1: the kinds, and of them the fields, that shape a mesh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Int32, IntOrString, Message, Object, Port, mapping, message, named, resource
from meshc.resources.pod import PodTemplateSpec

Protocol = Literal["TCP", "UDP", "SCTP"]
"""Transport of a port; the API server fills in TCP."""


@resource("", "v1", namespaced=False)
class Namespace(Object):
    """A namespace; its labels and annotations count."""

    OPEN = True


@message
class NodeAddress(Message):
    """`status.addresses[]`."""

    OPEN = True

    type: Literal["", "Hostname", "InternalIP", "ExternalIP", "InternalDNS", "ExternalDNS"] = ""
    address: str = ""


@message
class NodeStatus(Message):
    """`status` of a Node."""

    OPEN = True

    addresses: tuple[NodeAddress, ...] = ()


@resource("", "v1", namespaced=False)
class Node(Object):
    """A node; its topology labels give pods their locality."""

    OPEN = True

    status: NodeStatus = NodeStatus()


@message
class ServicePort(Message):
    """`ports[]` of a Service; without `targetPort` the port itself is meant."""

    OPEN = True

    name: str = ""
    protocol: Protocol = "TCP"
    app_protocol: str | None = None
    port: Port = 0
    target_port: IntOrString | None = None
    node_port: Int32 = 0


@message
class ServiceSpec(Message):
    """`spec` of a Service; `clusterIP` is `None` (as text) for a headless one."""

    OPEN = True

    type: Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] = "ClusterIP"
    cluster_ip: str = named("clusterIP", "")
    cluster_ips: tuple[str, ...] = named("clusterIPs", ())
    ip_families: tuple[Literal["IPv4", "IPv6"], ...] = ()
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    external_ips: tuple[str, ...] = named("externalIPs", ())
    load_balancer_ip: str = named("loadBalancerIP", "")
    external_name: str = ""
    ports: tuple[ServicePort, ...] = ()
    selector: Mapping[str, str] = mapping()
    publish_not_ready_addresses: bool = False
    session_affinity: str = ""
    internal_traffic_policy: str | None = None
    external_traffic_policy: str = ""
    traffic_distribution: str | None = None


@message
class LoadBalancerIngress(Message):
    """`status.loadBalancer.ingress[]`: an address of the load balancer."""

    OPEN = True

    ip: str = ""
    hostname: str = ""


@message
class LoadBalancerStatus(Message):
    """`status.loadBalancer` of a Service (and of an Ingress)."""

    OPEN = True

    ingress: tuple[LoadBalancerIngress, ...] = ()


@message
class ServiceStatus(Message):
    """`status` of a Service."""

    OPEN = True

    load_balancer: LoadBalancerStatus = LoadBalancerStatus()


@resource("", "v1")
class Service(Object):
    """A service."""

    OPEN = True

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


@message
class ObjectReference(Message):
    """`targetRef`: the object (a Pod, as a rule) behind an address."""

    OPEN = True

    kind: str = ""
    namespace: str = ""
    name: str = ""


@message
class EndpointAddress(Message):
    """`subsets[].addresses[]`."""

    OPEN = True

    ip: str = ""
    hostname: str = ""
    node_name: str | None = None
    target_ref: ObjectReference | None = None


@message
class EndpointPort(Message):
    """`subsets[].ports[]`."""

    OPEN = True

    name: str = ""
    port: Port = 0
    protocol: Protocol = "TCP"
    app_protocol: str | None = None


@message
class EndpointSubset(Message):
    """`subsets[]`: every address with every port."""

    OPEN = True

    addresses: tuple[EndpointAddress, ...] = ()
    not_ready_addresses: tuple[EndpointAddress, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


@resource("", "v1")
class Endpoints(Object):
    """The older form of endpoint slices. istiod does not read it; it stands for the slices that Kubernetes mirrors."""

    OPEN = True

    subsets: tuple[EndpointSubset, ...] = ()


@resource("", "v1")
class Secret(Object):
    """A secret; `stringData` is merged over `data` when it is stored."""

    OPEN = True

    type: str = ""
    data: Mapping[str, bytes] = mapping()
    string_data: Mapping[str, str] = mapping()


@resource("", "v1")
class ConfigMap(Object):
    """Configuration as texts."""

    OPEN = True

    data: Mapping[str, str] = mapping()
    binary_data: Mapping[str, bytes] = mapping()


@resource("", "v1")
class ServiceAccount(Object):
    """An identity of pods."""

    OPEN = True


@message
class ReplicationControllerSpec(Message):
    """`spec` of a ReplicationController; one replica unless it says otherwise."""

    OPEN = True

    replicas: Int32 = 1
    selector: Mapping[str, str] = mapping()
    template: PodTemplateSpec = PodTemplateSpec()


@resource("", "v1")
class ReplicationController(Object):
    """The oldest kind of workload."""

    OPEN = True

    spec: ReplicationControllerSpec = ReplicationControllerSpec()
