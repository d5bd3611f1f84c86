"""Kubernetes Pod, and the pod template of the workload kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Int32, IntOrString, Message, Object, Port, mapping, message, named, resource


@message
class ContainerPort(Message):
    """`ports[]` of a container."""

    OPEN = True

    name: str = ""
    container_port: Port = 0
    host_port: Int32 = 0
    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"


@message
class EnvVar(Message):
    """`env[]` with a literal value; `valueFrom` is not read."""

    OPEN = True

    name: str = ""
    value: str = ""


@message
class HTTPGetAction(Message):
    """`httpGet` of a probe."""

    OPEN = True

    path: str = ""
    port: IntOrString | None = None
    host: str = ""
    scheme: str = ""


@message
class TCPSocketAction(Message):
    """`tcpSocket` of a probe."""

    OPEN = True

    port: IntOrString | None = None
    host: str = ""


@message
class GRPCAction(Message):
    """`grpc` of a probe."""

    OPEN = True

    port: Int32 = 0
    service: str | None = None


@message
class Probe(Message):
    """A health check by the kubelet."""

    OPEN = True

    http_get: HTTPGetAction | None = None
    tcp_socket: TCPSocketAction | None = None
    grpc: GRPCAction | None = None


@message
class Container(Message):
    """A container; an init container with `restartPolicy: Always` is a native sidecar."""

    OPEN = True

    name: str = ""
    image: str = ""
    ports: tuple[ContainerPort, ...] = ()
    env: tuple[EnvVar, ...] = ()
    args: tuple[str, ...] = ()
    restart_policy: Literal["Always", "OnFailure", "Never"] | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    startup_probe: Probe | None = None


@message
class PodSpec(Message):
    """`spec` of a Pod or of a template; `serviceAccount` is the deprecated `serviceAccountName`."""

    OPEN = True

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    service_account_name: str = ""
    service_account: str = ""
    node_name: str = ""
    node_selector: Mapping[str, str] = mapping()
    host_network: bool = False
    hostname: str = ""
    subdomain: str = ""
    restart_policy: Literal["Always", "OnFailure", "Never"] = "Always"


@message
class PodIP(Message):
    """`status.podIPs[]`."""

    OPEN = True

    ip: str = ""


@message
class PodCondition(Message):
    """`status.conditions[]`."""

    OPEN = True

    type: str = ""
    status: str = ""


@message
class PodStatus(Message):
    """`status` of a Pod; `podIP` is the first of `podIPs`."""

    OPEN = True

    phase: Literal["", "Pending", "Running", "Succeeded", "Failed", "Unknown"] = ""
    pod_ip: str = named("podIP", "")
    pod_ips: tuple[PodIP, ...] = named("podIPs", ())
    host_ip: str = named("hostIP", "")
    conditions: tuple[PodCondition, ...] = ()


@resource("", "v1")
class Pod(Object):
    """A pod."""

    OPEN = True

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


@message
class TemplateMeta(Message):
    """`metadata` of a pod template."""

    OPEN = True

    name: str = ""
    namespace: str = ""
    labels: Mapping[str, str] = mapping()
    annotations: Mapping[str, str] = mapping()


@message
class PodTemplateSpec(Message):
    """`template` of a workload kind."""

    OPEN = True

    metadata: TemplateMeta = TemplateMeta()
    spec: PodSpec = PodSpec()
