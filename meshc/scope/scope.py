"""The scope of a proxy: everything that its configuration may depend on."""

from __future__ import annotations

from meshc.model.api import AuthorizationPolicy, EnvoyFilter, RequestAuthentication, Telemetry
from meshc.model.attachment import GATEWAY_NAME_LABEL
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.policies import PeerPolicy
from meshc.model.service import Service
from meshc.scope.proxy import Proxy, ProxyKind
from meshc.scope.sidecar import (
    SelectedRules,
    SidecarScope,
    applying_rules,
    default_scope,
    selected_rules,
    sidecar_scope,
)
from meshc.scope.targets import ServiceTarget, service_targets


@node
class ProxyScope:
    """What one proxy is and sees.

    `sidecar` and `rules` are shared by all proxies with the same view and the same applying DestinationRules; `targets`
    are the service ports that the proxy serves. Policies, Telemetry and EnvoyFilters are those that apply to it, in
    istiod's order.
    """

    mesh: Mesh
    proxy: Proxy
    sidecar: SidecarScope
    rules: SelectedRules
    targets: tuple[ServiceTarget, ...]
    peer: PeerPolicy
    authorization: tuple[AuthorizationPolicy, ...]
    request_authentication: tuple[RequestAuthentication, ...]
    telemetries: tuple[Telemetry, ...]
    envoy_filters: tuple[EnvoyFilter, ...]

    def destination_rule(self, service: Service) -> DestinationRule | None:
        """The rule for the proxy's traffic to a service of its scope."""
        return self.rules.outbound.get(service.hostname)

    def inbound_rule(self, service: Service) -> DestinationRule | None:
        """The rule for traffic to the proxy itself as part of a service."""
        return self.rules.inbound.get(service.hostname)


def build_scope(mesh: Mesh, proxy: Proxy) -> ProxyScope:
    """Look up what the proxy is and sees."""
    namespace, labels = proxy.namespace, proxy.labels
    gateway_name = labels.get(GATEWAY_NAME_LABEL)
    sidecar = _view(mesh, proxy)
    return ProxyScope(
        mesh=mesh,
        proxy=proxy,
        sidecar=sidecar,
        rules=selected_rules(mesh, sidecar, applying_rules(sidecar, labels)),
        targets=service_targets(mesh, proxy),
        peer=mesh.policies.peer(namespace, labels),
        authorization=mesh.policies.authorization(namespace, labels, gateway_name),
        request_authentication=mesh.policies.request_authentication(namespace, labels, gateway_name),
        telemetries=mesh.telemetry.telemetries(namespace, labels, gateway_name),
        envoy_filters=mesh.envoy_filters.applying(namespace, labels, gateway_name),
    )


def _view(mesh: Mesh, proxy: Proxy) -> SidecarScope:
    """Sidecar resources are not for gateways (spec: listeners 8)."""
    if proxy.kind is ProxyKind.ROUTER:
        return default_scope(mesh, proxy.namespace)
    return sidecar_scope(mesh, proxy.namespace, mesh.sidecars.for_workload(proxy.namespace, proxy.labels))
