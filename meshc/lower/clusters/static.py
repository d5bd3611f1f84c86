"""The clusters that every proxy has, whatever services there are (spec: clusters 16.1)."""

from __future__ import annotations

from dataclasses import replace

from meshc.findings import Origin
from meshc.ir.cluster import (
    Cluster,
    Discovery,
    HttpConnectionLimits,
    HttpOptions,
    LbPolicy,
    SourceAddress,
    UpstreamProtocol,
)
from meshc.ir.duration import SECOND
from meshc.ir.endpoint import EndpointGroup, LbEndpoint, LocalityEndpoints
from meshc.lower.clusters.connection_pool import circuit_breaker, connect_timeout, keepalive
from meshc.lower.clusters.metadata import metadata_exchange
from meshc.lower.names import (
    BLACK_HOLE_CLUSTER,
    EXTERNAL_SDS_CLUSTER,
    INBOUND_PASSTHROUGH_CLUSTER,
    PASSTHROUGH_CLUSTER,
)
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.proxy import IpMode

_IDLE_TIMEOUT = 300 * SECOND
_CREDENTIAL_SOCKET = "./var/run/secrets/credential-uds/socket"

SOURCE_V4 = "127.0.0.6"
SOURCE_V6 = "::6"
"""Addresses that the redirection of traffic leaves alone: what the proxy itself sends to the application."""


@shared
def black_hole(mesh: Mesh) -> Cluster:
    """The cluster without endpoints, for traffic that is to be refused."""
    return Cluster(
        name=BLACK_HOLE_CLUSTER,
        origin=Origin(),
        discovery=Discovery.STATIC,
        connect_timeout=connect_timeout(mesh),
        stat_name=f"{BLACK_HOLE_CLUSTER};",
    )


@shared
def passthrough(mesh: Mesh, preserve_case: bool) -> Cluster:
    """Where traffic of unknown destination goes: to where it was going."""
    return Cluster(
        name=PASSTHROUGH_CLUSTER,
        origin=Origin(),
        discovery=Discovery.ORIGINAL_DST,
        connect_timeout=connect_timeout(mesh),
        stat_name=f"{PASSTHROUGH_CLUSTER};",
        lb_policy=LbPolicy.CLUSTER_PROVIDED,
        circuit_breaker=circuit_breaker(mesh, None),
        keepalive=keepalive(mesh),
        http=HttpOptions(
            protocol=UpstreamProtocol.DOWNSTREAM,
            preserve_case=preserve_case,
            limits=HttpConnectionLimits(idle_timeout=_IDLE_TIMEOUT),
        ),
        metadata_exchange=metadata_exchange(mesh),
    )


@shared
def inbound_passthrough(mesh: Mesh, preserve_case: bool, mode: IpMode) -> Cluster:
    """Passthrough to ports of the workload that no service names. Its statistics count as the outbound one's."""
    return replace(
        passthrough(mesh, preserve_case),
        name=INBOUND_PASSTHROUGH_CLUSTER,
        metadata_exchange=None,
        source_address=source_address(mode, both=True),
    )


def source_address(mode: IpMode, *, both: bool) -> SourceAddress:
    """Where connections to the application come from; `both`: a proxy of both families uses both."""
    if mode is IpMode.IPV6:
        return SourceAddress(address=SOURCE_V6)
    return SourceAddress(address=SOURCE_V4, extra=(SOURCE_V6,) if both and mode is IpMode.DUAL else ())


@shared
def external_sds(mesh: Mesh) -> Cluster:
    """The credential provider beside the proxy."""
    endpoint = LbEndpoint(address=_CREDENTIAL_SOCKET, port=0)
    return Cluster(
        name=EXTERNAL_SDS_CLUSTER,
        origin=Origin(),
        discovery=Discovery.STATIC,
        connect_timeout=connect_timeout(mesh),
        stat_name=f"{EXTERNAL_SDS_CLUSTER};",
        http=HttpOptions(protocol=UpstreamProtocol.HTTP2),
        endpoints=EndpointGroup(
            name=EXTERNAL_SDS_CLUSTER, origin=Origin(), localities=(LocalityEndpoints(endpoints=(endpoint,)),)
        ),
    )
