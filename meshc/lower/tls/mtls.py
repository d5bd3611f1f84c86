"""Automatic mTLS: whether a service and each of its endpoints take part (spec: clusters 12.1, 19.4; inbound 18)."""

from __future__ import annotations

from meshc.lower.clusters.load_balancing import passes_through
from meshc.lower.clusters.targets import ClusterTarget
from meshc.model.api import ClientTLSSettings, TrafficPolicy
from meshc.model.endpoint import Endpoint
from meshc.model.mesh import Mesh
from meshc.model.policies import MtlsMode
from meshc.model.service import Resolution, ServicePort

ISTIO = "istio"
DISABLED = "disabled"


def service_takes_part(mesh: Mesh, target: ClusterTarget) -> bool:
    """Whether connections to the cluster use mutual TLS of themselves where the endpoint can.

    Services that clients reach at addresses of their own choice have no endpoints in the cluster that could be told
    apart, so all of them must be able to.
    """
    service = target.service
    if service.mesh_external or not mesh.config.enable_auto_mtls:
        return False
    if _clients_choose_address(target):
        found = [e for e in mesh.endpoints.of(service) if e.is_at(target.port)]
        if not found or any(e.tls_mode == DISABLED for e in found):
            return False
    return mesh.policies.namespace_mode(service.namespace) is not MtlsMode.DISABLE


def _clients_choose_address(target: ClusterTarget) -> bool:
    written = target.written_policy
    if target.is_forward_proxy:
        return False
    passthrough = written is not None and passes_through(written.load_balancer)
    return passthrough or target.service.resolution is Resolution.PASSTHROUGH


def endpoint_takes_part(mesh: Mesh, target: ClusterTarget, endpoint: Endpoint) -> bool:
    """Whether an endpoint of the cluster is connected to with mutual TLS.

    A TLS mode in the rule decides for all endpoints; else the endpoint needs a sidecar that does not refuse it.
    """
    tls = _written_tls(target.written_policy, target.port)
    if tls is not None:
        return tls.mode == "ISTIO_MUTUAL" and mesh.profile.endpoint_tls_mode_beside_client_tls
    if endpoint.tls_mode != ISTIO:
        return False
    peer = mesh.policies.peer(endpoint.namespace, endpoint.labels)
    return peer.at(endpoint.port) is not MtlsMode.DISABLE


def _written_tls(policy: TrafficPolicy | None, port: ServicePort) -> ClientTLSSettings | None:
    """TLS as written for the port, else at the top level, which settings of the port without TLS do not hide."""
    if policy is None:
        return None
    entries = (s.tls for s in policy.port_level_settings if s.tls and s.port and s.port.number == port.number)
    return next(entries, policy.tls)
