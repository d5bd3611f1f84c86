"""networking.istio.io Sidecar: what the sidecars of workloads accept and see."""

from __future__ import annotations

from typing import Literal

from meshc.resources.message import Message, Object, UInt32, message, resource
from meshc.resources.networking.common import ConnectionPoolSettings, Destination, ServerTLSSettings, WorkloadSelector

CaptureMode = Literal["DEFAULT", "IPTABLES", "NONE"]


@message
class SidecarPort(Message):
    """Port of a listener; `targetPort` is refused by validation."""

    number: UInt32 = 0
    protocol: str = ""
    name: str = ""
    target_port: UInt32 = 0


@message
class IstioIngressListener(Message):
    """`ingress[]`: an inbound listener."""

    port: SidecarPort | None = None
    bind: str = ""
    capture_mode: CaptureMode = "DEFAULT"
    default_endpoint: str = ""
    tls: ServerTLSSettings | None = None
    connection_pool: ConnectionPoolSettings | None = None


@message
class IstioEgressListener(Message):
    """`egress[]`: an outbound listener and the hosts (`namespace/dnsName`) that it imports."""

    port: SidecarPort | None = None
    bind: str = ""
    capture_mode: CaptureMode = "DEFAULT"
    hosts: tuple[str, ...] = ()


@message
class OutboundTrafficPolicy(Message):
    """Traffic to unknown destinations; REGISTRY_ONLY is the zero value, so `{}` closes the sidecar."""

    mode: Literal["REGISTRY_ONLY", "ALLOW_ANY"] = "REGISTRY_ONLY"
    egress_proxy: Destination | None = None


@message
class SidecarSpec(Message):
    """`spec` of a Sidecar."""

    workload_selector: WorkloadSelector | None = None
    ingress: tuple[IstioIngressListener, ...] = ()
    egress: tuple[IstioEgressListener, ...] = ()
    inbound_connection_pool: ConnectionPoolSettings | None = None
    outbound_traffic_policy: OutboundTrafficPolicy | None = None


@resource("networking.istio.io", "v1", "v1beta1", "v1alpha3")
class Sidecar(Object):
    """Scope of the sidecars of a workload, a namespace or (in the root namespace) the mesh."""

    spec: SidecarSpec = SidecarSpec()
