"""Endpoint groups in, `ClusterLoadAssignment` messages out."""

from __future__ import annotations

from typing import Any

from meshc.envoy.any import struct
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import wrapped
from meshc.ir.endpoint import EndpointGroup, HealthStatus, LbEndpoint, LocalityEndpoints

_HEALTH = {status: status.value for status in HealthStatus}


def assignment(group: EndpointGroup) -> Any:
    """A group of endpoints as `envoy.config.endpoint.v3.ClusterLoadAssignment`."""
    assignment_class = message_class("envoy.config.endpoint.v3.ClusterLoadAssignment")
    return assignment_class(cluster_name=group.name, endpoints=[_locality(part) for part in group.localities])


def _locality(part: LocalityEndpoints) -> dict[str, Any]:
    where = part.locality
    return {
        "locality": where and {"region": where.region, "zone": where.zone, "sub_zone": where.subzone},
        "lb_endpoints": [_endpoint(endpoint) for endpoint in part.endpoints],
        "load_balancing_weight": wrapped(part.weight),
        "priority": part.priority,
    }


def _endpoint(endpoint: LbEndpoint) -> dict[str, Any]:
    made: dict[str, Any] = {
        "endpoint": {
            "address": _address(endpoint.address, endpoint.port),
            "additional_addresses": [{"address": _address(a, endpoint.port)} for a in endpoint.additional_addresses],
        },
        "health_status": _HEALTH[endpoint.health],
        "load_balancing_weight": wrapped(endpoint.weight),
    }
    if endpoint.has_metadata:
        made["metadata"] = {"filter_metadata": _metadata(endpoint)}
    return made


def _address(address: str, port: int) -> dict[str, Any]:
    """A socket address; with port 0 a unix socket."""
    if port:
        return {"socket_address": {"address": address, "port_value": port}}
    return {"pipe": {"path": address}}


def _metadata(endpoint: LbEndpoint) -> dict[str, Any]:
    metadata = {}
    if endpoint.tls_mode:
        metadata["envoy.transport_socket_match"] = struct({"tlsMode": endpoint.tls_mode})
    if endpoint.workload is not None:
        metadata["istio"] = struct({"workload": endpoint.workload})
    return metadata
