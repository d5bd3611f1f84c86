"""Endpoints: the addresses behind services, from EndpointSlices, WorkloadEntries, ServiceEntries and pods."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from meshc.findings import Origin
from meshc.model.node import node
from meshc.model.service import ServicePort


class Health(enum.Enum):
    """State of an endpoint (spec: clusters 18.1). `UNKNOWN`: nobody checks it (ServiceEntry, WorkloadEntry)."""

    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    DRAINING = "DRAINING"
    TERMINATING = "TERMINATING"


@node
class Endpoint:
    """One address and port behind a service port.

    `port_name` is the service port's name (EDS joins by it), `service_port` a ServiceEntry's port number (DNS clusters
    join by it; 0 for Kubernetes). `port` 0 means a unix socket whose path is the address. `labels` are augmented with
    the topology labels (spec: clusters 18.2). `locality` is `region/zone/subzone` as written, `account` a SPIFFE id or
    empty, `tls_mode` `istio`, `disabled` or what the label says.
    """

    addresses: tuple[str, ...]
    port: int
    port_name: str
    labels: Mapping[str, str]
    origin: Origin
    service_port: int = 0
    account: str = ""
    tls_mode: str = "disabled"
    workload_name: str = ""
    namespace: str = ""
    locality: str = ""
    weight: int = 1
    health: Health = Health.UNKNOWN
    node_name: str = ""
    network: str = ""
    cluster_id: str = "Kubernetes"

    def is_at(self, port: ServicePort) -> bool:
        """Whether clusters take the endpoint for one of the port: a ServiceEntry's by number, Kubernetes' by name."""
        return self.service_port == port.number if self.service_port else self.port_name == port.name

    @property
    def address(self) -> str:
        """The first address."""
        return self.addresses[0] if self.addresses else ""
