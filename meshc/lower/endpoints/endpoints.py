"""The endpoint pass: a proxy's scope and its clusters in, the endpoints of those that discover them out (EDS)."""

from __future__ import annotations

import functools
import operator
from dataclasses import replace

from meshc.ir.cluster import Cluster, Discovery
from meshc.ir.endpoint import EndpointGroup, LocalityEndpoints
from meshc.lower.clusters.selection import Selection, outbound_selection, selected_targets, sni_selection
from meshc.lower.clusters.targets import ClusterTarget, discovery
from meshc.lower.endpoints.candidates import discovered, resolved
from meshc.lower.endpoints.groups import groups, groups_over_networks, located, with_mutual_tls_only
from meshc.lower.endpoints.locality import Group, LocalityRules, locality_rules, prioritized
from meshc.lower.endpoints.view import EndpointView, Interest, interest, narrowed, view
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope


def endpoints(scope: ProxyScope, clusters: tuple[Cluster, ...]) -> tuple[EndpointGroup, ...]:
    """One group for each of the clusters that discovers its endpoints, in the order of the clusters."""
    passed_on = sni_selection(scope)
    found = _of_selection(scope, outbound_selection(scope))
    return found if passed_on is None else (*found, *_of_selection(scope, passed_on))


def _of_selection(scope: ProxyScope, selection: Selection) -> tuple[EndpointGroup, ...]:
    seen = view(scope.mesh, scope.proxy, _interest(scope.mesh, selection))
    return _groups(scope.mesh, selection, scope.proxy.kind is ProxyKind.ROUTER, seen)


@shared
def _interest(mesh: Mesh, selection: Selection) -> Interest:
    """What the endpoints of services depend on."""
    found = (interest(mesh, target) for target in selected_targets(mesh, selection))
    return functools.reduce(operator.or_, found, Interest())


@shared
def _groups(mesh: Mesh, selection: Selection, is_router: bool, seen: EndpointView) -> tuple[EndpointGroup, ...]:
    """The groups for all proxies with the same selection and view. Of subsets with one name the first is meant."""
    views: dict[Interest, EndpointView] = {}
    found: dict[str, EndpointGroup] = {}
    for target in selected_targets(mesh, selection):
        if target.name not in found and discovery(mesh, target, is_router) is Discovery.EDS:
            wanted = interest(mesh, target)
            narrow = views.setdefault(wanted, narrowed(seen, wanted))
            found[target.name] = endpoint_group(mesh, target, narrow)
    return tuple(found.values())


@shared
def endpoint_group(mesh: Mesh, target: ClusterTarget, view: EndpointView) -> EndpointGroup:
    """What EDS tells a client of a cluster; a group without endpoints if there are none (spec: clusters 18)."""
    found = groups_over_networks(mesh, target.service, view, discovered(mesh, target))
    if target.sni_dnat:
        found = with_mutual_tls_only(found)
    rules = locality_rules(mesh, target.service, target.policy)
    if rules is not None:
        found = prioritized(found, rules, view.locality or "", dict(view.labels))
    return EndpointGroup(name=target.name, origin=target.origin, localities=located(found))


def resolved_endpoints(mesh: Mesh, target: ClusterTarget, view: EndpointView) -> tuple[LocalityEndpoints, ...]:
    """The endpoints that a DNS cluster itself holds; none: the cluster is left out."""
    found = groups(target.service, view, resolved(mesh, target))
    if target.sni_dnat:
        found = with_mutual_tls_only(found)
    rules = locality_rules(mesh, target.service, target.policy)
    if rules is not None and found:
        found = _prioritized(found, rules, target, view)
    return located(found)


def _prioritized(
    found: tuple[Group, ...], rules: LocalityRules, target: ClusterTarget, view: EndpointView
) -> tuple[Group, ...]:
    """Priorities as istiod gives them to DNS clusters: by labels of whole services and in the first locality only."""
    if rules.failover_priority and rules.failing_over and not rules.distribute:
        if target.subset is None:
            found = found[:1]
        elif rules.failover:
            rules = replace(rules, failover_priority=())
        else:
            return found
    return prioritized(found, rules, view.locality or "", dict(view.labels))
