"""The endpoints of a cluster in; out the groups that a client sees, by locality (spec: clusters 19, 20)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from meshc.ir.endpoint import Locality, LocalityEndpoints
from meshc.lower.endpoints.candidates import Candidate
from meshc.lower.endpoints.locality import UINT32, Group, Member, total_weight
from meshc.lower.endpoints.networks import within_reach
from meshc.lower.endpoints.view import EndpointView
from meshc.model import locality
from meshc.model.endpoint import Endpoint
from meshc.model.mesh import Mesh
from meshc.model.service import Service


def groups(service: Service, view: EndpointView, candidates: Iterable[Candidate]) -> tuple[Group, ...]:
    """The endpoints that a client sees, by locality; the localities in the order of their bytes."""
    return tuple(_group(where, found) for where, found in _by_locality(service, view, candidates))


def groups_over_networks(
    mesh: Mesh, service: Service, view: EndpointView, candidates: Iterable[Candidate]
) -> tuple[Group, ...]:
    """The same with gateways in place of what the client cannot reach itself; groups stay, also empty ones."""
    if view.network is None:
        return groups(service, view, candidates)
    client = view.network
    by_locality = _by_locality(service, view, candidates)
    return tuple(_remade(where, within_reach(mesh, client, found)) for where, found in by_locality)


def _by_locality(
    service: Service, view: EndpointView, candidates: Iterable[Candidate]
) -> list[tuple[str, list[Candidate]]]:
    seen: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if _is_visible(service, view, candidate.endpoint):
            seen.setdefault(candidate.endpoint.locality, []).append(candidate)
    return [(where, seen[where]) for where in sorted(seen, key=str.encode)]


def _is_visible(service: Service, view: EndpointView, endpoint: Endpoint) -> bool:
    """Whether the client may use an endpoint (spec: clusters 19.2).

    Clusters may have nodes of the same name. What has no address can only be reached through a gateway.
    """
    if not endpoint.address and (view.network is None or endpoint.network == view.network.network):
        return False
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
    return tuple(_remade(g.locality, tuple(m for m in g.members if m.endpoint.tls_mode)) for g in found)


def _remade(where: str, members: tuple[Member, ...]) -> Group:
    """A group of what is left of its endpoints."""
    return Group(locality=where, members=members, weight=total_weight(members) if members else None)


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
