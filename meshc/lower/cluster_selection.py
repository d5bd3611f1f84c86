"""A proxy's scope in; out which outbound clusters it has, as a value that proxies with the same clusters share."""

from __future__ import annotations

from dataclasses import dataclass

from meshc.lower.cluster_gateway import passes_tls_on, referenced
from meshc.lower.cluster_targets import ClusterTarget, targets
from meshc.model.mesh import Mesh
from meshc.model.service import Service
from meshc.model.shared import shared
from meshc.scope.gateways import applying_gateways
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope
from meshc.scope.sidecar import SelectedRules, SidecarScope


@dataclass(frozen=True, slots=True)
class Selection:
    """The services that a proxy sees and the rules that it uses for them.

    `referenced` are hosts or `namespace/host` to which a gateway's clusters are limited, None for no limit. `sni_dnat`:
    there is a second cluster of everything, for mutual TLS that the gateway passes on.
    """

    sidecar: SidecarScope
    rules: SelectedRules
    is_router: bool
    referenced: frozenset[str] | None = None
    sni_dnat: bool = False

    def takes(self, service: Service) -> bool:
        """The service is within the limit."""
        names = self.referenced
        return names is None or service.hostname in names or f"{service.namespace}/{service.hostname}" in names


def selection(scope: ProxyScope) -> Selection:
    """What a proxy has clusters for."""
    if scope.proxy.kind is not ProxyKind.ROUTER:
        return Selection(scope.sidecar, scope.rules, is_router=False)
    bound = applying_gateways(scope.mesh, scope.proxy, scope.targets)
    return Selection(scope.sidecar, scope.rules, True, referenced(scope, bound), passes_tls_on(bound))


@shared
def outbound_targets(mesh: Mesh, chosen: Selection) -> tuple[ClusterTarget, ...]:
    """The clusters of services, in istiod's order."""
    services = chosen.sidecar.services
    return _targets(
        mesh, chosen, services if chosen.referenced is None else tuple(filter(chosen.takes, services)), False
    )


@shared
def sni_targets(mesh: Mesh, chosen: Selection) -> tuple[ClusterTarget, ...]:
    """The clusters of services that mutual TLS is passed on to; no limit holds for them (spec: clusters 17)."""
    return _targets(mesh, chosen, chosen.sidecar.services, True) if chosen.sni_dnat else ()


def _targets(mesh: Mesh, chosen: Selection, services: tuple[Service, ...], sni_dnat: bool) -> tuple[ClusterTarget, ...]:
    rules = chosen.rules.outbound
    return tuple(t for service in services for t in targets(mesh, service, rules.get(service.hostname), sni_dnat))
