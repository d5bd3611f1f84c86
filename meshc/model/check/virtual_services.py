"""VirtualServices for one host: which of them sidecars use, and for whose clients."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.findings import Sink
from meshc.model.mesh import Mesh
from meshc.model.short_names import MESH_GATEWAY
from meshc.model.virtual_services import Group, RouteSemantics, VirtualService

ELSEWHERE = ""
"""Stands for every namespace that no VirtualService of a host names."""


def report_virtual_services(mesh: Mesh, sink: Sink) -> None:
    """Say whose HTTP routes for a host are not used, since sidecars take those of the first VirtualService only."""
    by_host: dict[str, list[VirtualService]] = {}
    for rules in mesh.virtual_services.all:
        if rules.http and MESH_GATEWAY in rules.gateways:
            for host in dict.fromkeys(rules.hosts):
                by_host.setdefault(host, []).append(rules)
    for host, members in by_host.items():
        if len(members) > 1:
            _report(host, tuple(members), sink)


def _report(host: str, members: Group, sink: Sink) -> None:
    losses: dict[VirtualService, dict[VirtualService, list[str]]] = {}
    used: set[VirtualService] = set()
    for namespace in _namespaces(members):
        winner, *losers = _visible(members, namespace) or (None,)
        if winner is None:
            continue
        used.add(winner)
        for loser in losers:
            losses.setdefault(loser, {}).setdefault(winner, []).append(namespace)
    for loser, winners in losses.items():
        for winner, namespaces in winners.items():
            if _always_routes(winner):
                code = "MC0507" if loser in used else "MC0506"
                text = f"sidecars{_whose(namespaces)} use {winner.origin} for {host} and none of the routes of this one"
                sink.add(code, loser.origin, text)


def _namespaces(members: Group) -> list[str]:
    """The namespaces whose clients may see different ones of these, and one for all the others."""
    named = {name for rules in members for name in (rules.namespace, *rules.audience.namespaces)}
    return [*sorted(named), ELSEWHERE]


def _visible(members: Group, namespace: str) -> list[VirtualService]:
    """Those that clients of a namespace see, in istiod's order (spec: routes 4.3)."""
    ranked = [(rank, rules) for rules in members if (rank := _rank(rules, namespace)) is not None]
    return [rules for _, rules in sorted(ranked, key=lambda pair: pair[0])]


def _rank(rules: VirtualService, namespace: str) -> int | None:
    if rules.audience.private and rules.namespace == namespace:
        return 0
    if namespace in rules.audience.namespaces:
        return 1
    if not rules.audience.public:
        return None
    return 2 if rules.semantics is RouteSemantics.GATEWAY and rules.namespace == namespace else 3


def _always_routes(rules: VirtualService) -> bool:
    """Some route is for every port and client; where there is none, the host is left to the next VirtualService."""
    return any(
        not route.match or any(not (m.port or m.gateways or m.source_labels or m.source_namespace) for m in route.match)
        for route in rules.http
    )


def _whose(namespaces: Iterable[str]) -> str:
    """The clients in words; nothing to add where all see it so."""
    names = [name for name in namespaces if name]
    if ELSEWHERE not in namespaces:
        return f" of {', '.join(names)}"
    return ""
