"""Checks of clusters: a proxy's scope in, findings about what its clusters lack or ignore out."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.findings import Origin, Sink
from meshc.ir.cluster import Discovery
from meshc.lower.clusters.client import ClusterClient, cluster_client
from meshc.lower.clusters.http import of_protocol
from meshc.lower.clusters.inbound import default_endpoint_is_ignored
from meshc.lower.clusters.selection import Selection, outbound_selection, selected_targets
from meshc.lower.clusters.targets import ClusterTarget, discovery, first_discovery, hashes_keys
from meshc.lower.endpoints.candidates import discovered, resolved
from meshc.lower.tls.upstream import credential_is_out_of_reach
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.protocol import Protocol
from meshc.model.shared import shared
from meshc.scope.scope import ProxyScope


@node
class Remark:
    """A finding about a cluster, the same for every proxy that has it."""

    code: str
    origin: Origin
    text: str


def check_clusters(scope: ProxyScope, sink: Sink) -> None:
    """Say what the clusters of a proxy lack, and what of the rules for them has no effect on it."""
    client = cluster_client(scope.mesh, scope.proxy)
    for remark in _remarks(scope.mesh, outbound_selection(scope), client):
        sink.add(remark.code, remark.origin, remark.text)
    _check_ingress(scope, sink)


def _check_ingress(scope: ProxyScope, sink: Sink) -> None:
    sidecar = scope.sidecar.sidecar
    for index, listener in enumerate(sidecar.spec.ingress if sidecar is not None else ()):
        if sidecar is not None and default_endpoint_is_ignored(listener.default_endpoint):
            origin = sidecar.origin_of(listener, f"spec.ingress[{index}]")
            sink.add("MC0638", origin, f"defaultEndpoint {listener.default_endpoint} is no address of the workload")


@shared
def _remarks(mesh: Mesh, selection: Selection, client: ClusterClient) -> tuple[Remark, ...]:
    return tuple(
        remark for target in selected_targets(mesh, selection) for remark in _target_remarks(mesh, target, client)
    )


@shared
def _target_remarks(mesh: Mesh, target: ClusterTarget, client: ClusterClient) -> tuple[Remark, ...]:
    return (
        *_endpoint_remarks(mesh, target, client),
        *_credential_remarks(target, client),
        *_protocol_remarks(target, client),
        *_balancer_remarks(mesh, target, client),
        *_detection_remarks(target),
    )


def _endpoint_remarks(mesh: Mesh, target: ClusterTarget, client: ClusterClient) -> Iterator[Remark]:
    """A cluster that nothing stands behind: one by DNS is left out, one by EDS refuses every request."""
    what = f"subset {target.subset_name} of {target.service.hostname}" if target.subset else target.service.hostname
    if first_discovery(mesh, target, client.is_router).is_dns:
        if not resolved(mesh, target):
            text = f"{what} has no endpoint for port {target.port.number}, so there is no cluster of it"
            yield Remark("MC0627", target.origin, text)
    elif target.subset is not None and discovery(mesh, target, client.is_router) is Discovery.EDS:
        served = any(e.port_name == target.port.name for e in mesh.endpoints.of(target.service))
        if served and not discovered(mesh, target):
            yield Remark("MC0628", target.origin, f"{what} has no endpoint: requests to it fail")


def _credential_remarks(target: ClusterTarget, client: ClusterClient) -> Iterator[Remark]:
    tls = target.policy.tls
    if tls is not None and target.rule is not None and credential_is_out_of_reach(tls, target, client):
        text = "credentialName is for gateways, or with a workloadSelector: for sidecars the connection is plaintext"
        yield Remark("MC0626", _policy_origin(target), text)


def _protocol_remarks(target: ClusterTarget, client: ClusterClient) -> Iterator[Remark]:
    """What a port's protocol makes impossible."""
    pool = target.policy.connection_pool
    http = pool.http if pool is not None else None
    if http is not None and http.h2_upgrade_policy == "UPGRADE" and not target.port.protocol.is_http2:
        number, declared = target.port.number, target.port.protocol is not Protocol.AUTO
        if http.use_client_protocol:
            yield Remark("MC0629", _policy_origin(target), "useClientProtocol is set, so h2UpgradePolicy does nothing")
        elif of_protocol(target.port.protocol, client) is not None:
            why = "keeps the case of header names" if declared else "follows its client's protocol"
            text = f"port {number} of {target.service.hostname} {why}, so h2UpgradePolicy does nothing"
            yield Remark("MC0629", _policy_origin(target), text)


def _balancer_remarks(mesh: Mesh, target: ClusterTarget, client: ClusterClient) -> Iterator[Remark]:
    """Load balancing where something else decides where connections go."""
    balancer = target.policy.load_balancer
    if balancer is None:
        return
    simple = balancer.simple if balancer.simple != "UNSPECIFIED" else None
    named = simple or ("consistentHash" if balancer.consistent_hash is not None else "")
    found = discovery(mesh, target, client.is_router)
    why = {
        Discovery.ORIGINAL_DST: "goes to the addresses that clients choose",
        Discovery.DYNAMIC_FORWARD_PROXY: "is resolved request by request",
    }.get(found, "goes where the keys of its commands belong" if hashes_keys(mesh, target.port) else "")
    done = simple == "PASSTHROUGH" and found is Discovery.ORIGINAL_DST
    if why and named and not done:
        text = f"traffic to {target.service.hostname} {why}, so loadBalancer {named} does nothing"
        yield Remark("MC0637", _policy_origin(target), text)


def _detection_remarks(target: ClusterTarget) -> Iterator[Remark]:
    """Outlier detection where there are no endpoints to be ejected."""
    if target.is_forward_proxy and target.policy.outlier_detection is not None:
        text = f"traffic to {target.service.hostname} is resolved request by request, so outlierDetection does nothing"
        yield Remark("MC0621", _policy_origin(target), text)


def _policy_origin(target: ClusterTarget) -> Origin:
    """Where the policy of a cluster stands: of the subset if that has one, else of the rule."""
    rule, subset = target.rule, target.subset
    if rule is None:
        return target.origin
    if subset is not None and subset.traffic_policy is not None:
        return rule.subset_origin(subset)
    return rule.policy_origin()
