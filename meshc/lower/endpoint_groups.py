"""The model's endpoints of a cluster in; out the groups that a client sees, by locality (spec: clusters 19 to 21)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from meshc.ir.endpoint import HealthStatus, LbEndpoint, Locality, LocalityEndpoints
from meshc.lower.cluster_targets import ClusterTarget
from meshc.lower.endpoint_view import EndpointView
from meshc.lower.locality import UINT32, Group, Member, total_weight
from meshc.lower.mtls import DISABLED, endpoint_takes_part
from meshc.model import locality, names
from meshc.model.endpoint import Endpoint, Health
from meshc.model.entries import is_ip
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

_CANONICAL_NAME = (names.LABEL_CANONICAL_NAME, "app.kubernetes.io/name", "app")
_CANONICAL_REVISION = (names.LABEL_CANONICAL_REVISION, "app.kubernetes.io/version", "version")


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
    return _candidates(mesh, target, (e for e in named if not e.address or not e.port or is_ip(e.address)))


@shared
def resolved(mesh: Mesh, target: ClusterTarget) -> tuple[Candidate, ...]:
    """The endpoints of a DNS cluster: those of the ServiceEntry port's number, whose addresses may be host names."""
    number = target.port.number
    return _candidates(mesh, target, (e for e in mesh.endpoints.of(target.service) if e.service_port == number))


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
        workload=_workload(mesh, target.service, endpoint),
        has_metadata=True,
    )


def _workload(mesh: Mesh, service: Service, endpoint: Endpoint) -> str | None:
    """The workload as telemetry reports it, where the server itself cannot say."""
    features = mesh.features
    if not (features.pilot_enable_telemetry_label and features.pilot_endpoint_telemetry_label):
        return None
    labels, namespace = endpoint.labels, endpoint.namespace
    if features.label_canonical_services_for_mesh_external_service_entries and service.mesh_external:
        namespace = service.namespace
        if names.LABEL_CANONICAL_NAME in service.labels:
            canonical = (names.LABEL_CANONICAL_NAME, names.LABEL_CANONICAL_REVISION)
            labels = {**labels, **{key: service.labels.get(key, "") for key in canonical}}
    name = _first(labels, _CANONICAL_NAME, endpoint.workload_name)
    revision = _first(labels, _CANONICAL_REVISION, "latest")
    return ";".join(
        (endpoint.workload_name, namespace, name, "" if revision == "latest" else revision, endpoint.cluster_id)
    )


def _first(labels: Mapping[str, str], keys: Sequence[str], default: str) -> str:
    return next((labels[key] for key in keys if key in labels), default)


def groups(service: Service, view: EndpointView, candidates: Iterable[Candidate]) -> tuple[Group, ...]:
    """The endpoints that a client sees, by locality; the localities in the order of their bytes."""
    seen: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if _is_visible(service, view, candidate.endpoint):
            seen.setdefault(candidate.endpoint.locality, []).append(candidate)
    return tuple(_group(where, seen[where]) for where in sorted(seen, key=str.encode))


def _is_visible(service: Service, view: EndpointView, endpoint: Endpoint) -> bool:
    """Whether the client may use an endpoint; clusters may have nodes of the same name (spec: clusters 19.2)."""
    if service.node_local and endpoint.node_name != view.node_name:
        return False
    if view.visible_networks is not None and endpoint.network and endpoint.network not in view.visible_networks:
        return False
    return view.cluster_id is None or endpoint.cluster_id == view.cluster_id


def _group(where: str, candidates: Sequence[Candidate]) -> Group:
    members = tuple(Member(c.shown, c.endpoint.labels) for c in candidates)
    weight = min(sum(m.endpoint.weight or 0 for m in members), UINT32 - 1)
    return Group(locality=where, members=members, weight=weight)


def with_mutual_tls_only(found: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups without endpoints that a gateway could not pass mutual TLS on to; groups stay, also empty ones."""
    return tuple(_replaced(group, tuple(m for m in group.members if m.endpoint.tls_mode)) for group in found)


def _replaced(group: Group, members: tuple[Member, ...]) -> Group:
    return replace(group, members=members, weight=total_weight(members) if members else None)


def located(found: Iterable[Group]) -> tuple[LocalityEndpoints, ...]:
    """The groups in the form of the IR."""
    return tuple(
        LocalityEndpoints(
            endpoints=tuple(member.endpoint for member in group.members),
            locality=_locality(group.locality),
            weight=group.weight,
            priority=group.priority,
        )
        for group in found
    )


@cache
def _locality(text: str) -> Locality:
    region, zone, subzone = locality.split(text)
    return Locality(region=region, zone=zone, subzone=subzone)
