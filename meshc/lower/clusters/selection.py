"""A proxy's scope in; out the services that it gets clusters for, each with its rule: equal ones are one object."""

from __future__ import annotations

from meshc.lower.clusters.gateway import referenced
from meshc.lower.clusters.targets import ClusterTarget, targets
from meshc.lower.gateways.merging import merged_gateway
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.service import Service
from meshc.model.shared import shared
from meshc.scope.gateways import applying_gateways
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope
from meshc.scope.sidecar import SelectedRules, SidecarScope

Choices = tuple[tuple[Service, DestinationRule | None], ...]


@node
class Selection:
    """Services in istiod's order, each with the rule for it. `sni_dnat`: gateways pass mutual TLS on to them.

    Namespaces that see the same services under the same rules have the same selection, and so share their clusters.
    """

    choices: Choices
    sni_dnat: bool


def outbound_selection(scope: ProxyScope) -> Selection:
    """The services of a proxy; of a gateway, if istiod is told so, only those that it refers to."""
    limit = None
    if scope.proxy.kind is ProxyKind.ROUTER and scope.mesh.features.pilot_filter_gateway_cluster_config:
        limit = referenced(scope, applying_gateways(scope.mesh, scope.proxy, scope.targets))
    return _of_scope(scope.mesh, scope.sidecar, scope.rules, limit, False)


def sni_selection(scope: ProxyScope) -> Selection | None:
    """The services that a gateway passes mutual TLS on to; None if it does not do that (spec: clusters 17)."""
    if scope.proxy.kind is not ProxyKind.ROUTER or not merged_gateway(scope).passes_mesh_tls_on:
        return None
    return _of_scope(scope.mesh, scope.sidecar, scope.rules, None, True)


@shared
def selected_targets(mesh: Mesh, selection: Selection) -> tuple[ClusterTarget, ...]:
    """The clusters of a selection, in istiod's order."""
    return tuple(
        target for service, rule in selection.choices for target in targets(mesh, service, rule, selection.sni_dnat)
    )


@shared
def _of_scope(
    mesh: Mesh, sidecar: SidecarScope, rules: SelectedRules, limit: frozenset[str] | None, sni_dnat: bool
) -> Selection:
    found, services = rules.outbound, sidecar.services
    if limit is not None:
        services = tuple(s for s in services if s.hostname in limit or f"{s.namespace}/{s.hostname}" in limit)
    return _selection(mesh, tuple((service, found.get(service.hostname)) for service in services), sni_dnat)


@shared
def _selection(mesh: Mesh, choices: Choices, sni_dnat: bool) -> Selection:
    """One object for equal choices."""
    return Selection(choices, sni_dnat)
