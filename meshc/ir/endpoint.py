"""Endpoints in our nouns: what a ClusterLoadAssignment holds."""

from __future__ import annotations

import enum

from meshc.findings import Origin
from meshc.ir.node import node, value


class HealthStatus(enum.Enum):
    """Health as the control plane knows it; `UNKNOWN` if nobody checks."""

    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    DRAINING = "DRAINING"
    DEGRADED = "DEGRADED"


@value
class LbEndpoint:
    """One endpoint. Port 0: a unix socket whose path is the address.

    `additional_addresses` are further addresses of the same endpoint, on the same port. `tls_mode` is what transport
    sockets are matched by (empty: plaintext), `workload` the identity that telemetry reports:
    name;namespace;canonical name;revision;cluster (None: not told). `weight` None: Envoy's default. `has_metadata`:
    there is metadata, be it empty.
    """

    address: str
    port: int
    additional_addresses: tuple[str, ...] = ()
    health: HealthStatus = HealthStatus.UNKNOWN
    weight: int | None = None
    tls_mode: str = ""
    workload: str | None = None
    has_metadata: bool = False


@value
class Locality:
    """Region, zone and subzone; empty parts are unknown."""

    region: str = ""
    zone: str = ""
    subzone: str = ""


@value
class LocalityEndpoints:
    """The endpoints of one locality at one priority (0 first). `locality` None: not told; `weight` None: no weight."""

    endpoints: tuple[LbEndpoint, ...] = ()
    locality: Locality | None = None
    weight: int | None = None
    priority: int = 0


@node
class EndpointGroup:
    """The endpoints of a cluster, under the cluster's name."""

    name: str
    origin: Origin
    localities: tuple[LocalityEndpoints, ...] = ()
