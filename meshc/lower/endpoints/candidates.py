"""A cluster of a service in; out the endpoints that a client may see, as every client sees them (spec: clusters 19)."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.ir.endpoint import HealthStatus, LbEndpoint
from meshc.lower.clusters.targets import ClusterTarget
from meshc.lower.tls.mtls import DISABLED, endpoint_takes_part
from meshc.model import names
from meshc.model.api import is_ip
from meshc.model.endpoint import Endpoint, Health
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.service import Service, TrafficDistribution
from meshc.model.shared import shared

_STATUS = {
    Health.UNKNOWN: HealthStatus.UNKNOWN,
    Health.HEALTHY: HealthStatus.HEALTHY,
    Health.UNHEALTHY: HealthStatus.UNHEALTHY,
    Health.DRAINING: HealthStatus.DRAINING,
}


@node
class Candidate:
    """An endpoint that some client may see, with what every one of them would see of it."""

    endpoint: Endpoint
    shown: LbEndpoint


def takes_unhealthy(mesh: Mesh, service: Service) -> bool:
    """Unhealthy endpoints are sent to the proxy, which must then not send traffic to them in a panic."""
    wanted = service.traffic_distribution is not TrafficDistribution.ANY
    return wanted or mesh.features.pilot_send_unhealthy_endpoints


@shared
def discovered(mesh: Mesh, target: ClusterTarget) -> tuple[Candidate, ...]:
    """The endpoints that EDS may tell of a cluster: those of the service port's name."""
    named = (e for e in mesh.endpoints.of(target.service) if e.port_name == target.port.name)
    known = (e for e in named if not e.address or not e.port or is_ip(e.address))
    return _candidates(mesh, target, mesh.endpoint_map.relocate(target.service, target.port, known))


@shared
def resolved(mesh: Mesh, target: ClusterTarget) -> tuple[Candidate, ...]:
    """The endpoints of a DNS cluster: those of the ServiceEntry port's number, whose addresses may be host names."""
    found = (e for e in mesh.endpoints.of(target.service) if e.is_at(target.port))
    return _candidates(mesh, target, mesh.endpoint_map.relocate(target.service, target.port, found))


def _candidates(mesh: Mesh, target: ClusterTarget, found: Iterable[Endpoint]) -> tuple[Candidate, ...]:
    wanted = target.subset.labels.items() if target.subset is not None else {}.items()
    return tuple(
        Candidate(endpoint, _shown(mesh, target, endpoint))
        for endpoint in found
        if wanted <= endpoint.labels.items() and _is_served(mesh, target.service, endpoint)
    )


def _is_served(mesh: Mesh, service: Service, endpoint: Endpoint) -> bool:
    """Whether traffic may go to an endpoint in its state (spec: clusters 19.2)."""
    if endpoint.health is Health.TERMINATING:
        return False
    if endpoint.health is Health.UNHEALTHY and not takes_unhealthy(mesh, service):
        return False
    sticky = bool(service.labels.get(mesh.features.pilot_persistent_session_label))
    return sticky or not _is_draining(mesh, endpoint)


def _is_draining(mesh: Mesh, endpoint: Endpoint) -> bool:
    return endpoint.health is Health.DRAINING or bool(endpoint.labels.get(mesh.features.pilot_draining_label))


def _shown(mesh: Mesh, target: ClusterTarget, endpoint: Endpoint) -> LbEndpoint:
    takes_part = endpoint_takes_part(mesh, target, endpoint)
    draining = _is_draining(mesh, endpoint)
    return LbEndpoint(
        address=endpoint.address,
        port=endpoint.port,
        additional_addresses=endpoint.addresses[1:] if mesh.features.istio_dual_stack else (),
        health=HealthStatus.DRAINING if draining else _STATUS[endpoint.health],
        weight=endpoint.weight or 1,
        tls_mode=endpoint.tls_mode if takes_part and endpoint.tls_mode != DISABLED else "",
        workload=_workload(mesh, target.service, endpoint) if tells_workloads(mesh) else None,
        has_metadata=True,
    )


def tells_workloads(mesh: Mesh) -> bool:
    """Clients are told of the workload behind an endpoint, for the case that the server itself cannot say."""
    return mesh.features.pilot_enable_telemetry_label and mesh.features.pilot_endpoint_telemetry_label


def _workload(mesh: Mesh, service: Service, endpoint: Endpoint) -> str:
    """The workload as telemetry reports it."""
    labels, namespace = endpoint.labels, endpoint.namespace
    if mesh.features.label_canonical_services_for_mesh_external_service_entries and service.mesh_external:
        namespace = service.namespace
        if names.LABEL_CANONICAL_NAME in service.labels:
            canonical = (names.LABEL_CANONICAL_NAME, names.LABEL_CANONICAL_REVISION)
            labels = {**labels, **{key: service.labels.get(key, "") for key in canonical}}
    name, revision = names.canonical_name(labels, endpoint.workload_name), names.canonical_revision(labels)
    return ";".join(
        (endpoint.workload_name, namespace, name, "" if revision == "latest" else revision, endpoint.cluster_id)
    )
