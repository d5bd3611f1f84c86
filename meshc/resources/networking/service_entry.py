"""networking.istio.io ServiceEntry, WorkloadEntry and WorkloadGroup: services and workloads beyond Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Message, Object, UInt32, mapping, message, resource
from meshc.resources.networking.common import WorkloadSelector
from meshc.resources.probe import ReadinessProbe


@message
class ServicePort(Message):
    """`ports[]` of a ServiceEntry."""

    number: UInt32 = 0
    protocol: str = ""
    name: str = ""
    target_port: UInt32 = 0


@message
class WorkloadEntrySpec(Message):
    """`spec` of a WorkloadEntry, `endpoints[]` of a ServiceEntry, `template` of a WorkloadGroup."""

    address: str = ""
    ports: Mapping[str, UInt32] = mapping()
    labels: Mapping[str, str] = mapping()
    network: str = ""
    locality: str = ""
    weight: UInt32 = 0
    service_account: str = ""


@message
class IstioCondition(Message):
    """`status.conditions[]`; of WorkloadEntry the type `Healthy` decides whether the workload gets traffic."""

    OPEN = True

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""


@message
class WorkloadEntryStatus(Message):
    """`status` of a WorkloadEntry."""

    OPEN = True

    conditions: tuple[IstioCondition, ...] = ()


@message
class ServiceEntryAddress(Message):
    """`status.addresses[]`: an address that istiod has allocated for a host."""

    value: str = ""
    host: str = ""


@message
class ServiceEntryStatus(Message):
    """`status` of a ServiceEntry."""

    OPEN = True

    addresses: tuple[ServiceEntryAddress, ...] = ()


@message
class ServiceEntrySpec(Message):
    """`spec` of a ServiceEntry."""

    hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ports: tuple[ServicePort, ...] = ()
    location: Literal["MESH_EXTERNAL", "MESH_INTERNAL"] = "MESH_EXTERNAL"
    resolution: Literal["NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"] = "NONE"
    endpoints: tuple[WorkloadEntrySpec, ...] = ()
    workload_selector: WorkloadSelector | None = None
    export_to: tuple[str, ...] = ()
    subject_alt_names: tuple[str, ...] = ()


@message
class WorkloadGroupMetadata(Message):
    """`metadata` that a WorkloadGroup gives its entries."""

    labels: Mapping[str, str] = mapping()
    annotations: Mapping[str, str] = mapping()


@message
class WorkloadGroupSpec(Message):
    """`spec` of a WorkloadGroup."""

    metadata: WorkloadGroupMetadata | None = None
    template: WorkloadEntrySpec | None = None
    probe: ReadinessProbe | None = None


@resource("networking.istio.io", "v1", "v1beta1", "v1alpha3")
class ServiceEntry(Object):
    """Hosts, ports and endpoints of a service outside of Kubernetes."""

    spec: ServiceEntrySpec = ServiceEntrySpec()
    status: ServiceEntryStatus = ServiceEntryStatus()


@resource("networking.istio.io", "v1", "v1beta1", "v1alpha3")
class WorkloadEntry(Object):
    """A workload outside of Kubernetes, such as a virtual machine."""

    spec: WorkloadEntrySpec = WorkloadEntrySpec()
    status: WorkloadEntryStatus = WorkloadEntryStatus()


@resource("networking.istio.io", "v1", "v1beta1", "v1alpha3")
class WorkloadGroup(Object):
    """The pattern by which workloads register themselves."""

    spec: WorkloadGroupSpec = WorkloadGroupSpec()
