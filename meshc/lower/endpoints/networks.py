"""Endpoints of several networks in; out those within reach, and gateways in place of the others (spec: clusters 22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from meshc.ir.endpoint import LbEndpoint
from meshc.lower.addresses import is_ipv6
from meshc.lower.endpoints.candidates import Candidate, tells_workloads
from meshc.lower.endpoints.locality import UINT32, Member
from meshc.lower.endpoints.view import NetworkView
from meshc.lower.tls.mtls import ISTIO
from meshc.model import locality
from meshc.model.mesh import Mesh
from meshc.model.network_gateways import NetworkGateway
from meshc.scope.proxy import IpMode


def within_reach(mesh: Mesh, client: NetworkView, candidates: Iterable[Candidate]) -> tuple[Member, ...]:
    """What a client uses of the endpoints of a locality: first what it reaches itself, then gateways by address.

    All weights are multiplied, so that the weight of an endpoint can be divided among gateways. Behind a gateway only
    mutual TLS finds its way, so endpoints without it are lost.
    """
    scale = mesh.network_gateways.scale
    reached: list[Member] = []
    weights: dict[NetworkGateway, int] = {}
    for candidate in candidates:
        shown = candidate.shown
        weight = _scaled(shown.weight or 1, scale)
        gateways = _gateways(mesh, client, candidate)
        if gateways is None:
            if shown.address:
                reached.append(Member(replace(shown, weight=weight), candidate.endpoint.labels))
        elif shown.tls_mode and (usable := [g for g in gateways if _is_usable(g, client.ip_mode)]):
            for gateway in usable:
                weights[gateway] = (weights.get(gateway, 0) + weight // len(usable)) % UINT32
    ordered = sorted(weights, key=lambda g: (g.address, g.port))
    return (*reached, *(_gateway(mesh, gateway, weights[gateway]) for gateway in ordered))


def _scaled(weight: int, scale: int) -> int:
    """The product, or the largest weight there is."""
    return weight * scale if weight < (UINT32 - 1) // scale else UINT32 - 1


def _gateways(mesh: Mesh, client: NetworkView, candidate: Candidate) -> list[NetworkGateway] | None:
    """The gateways to an endpoint; None where it is reached without any."""
    endpoint = candidate.endpoint
    if not endpoint.network or endpoint.network == client.network:
        return None
    known = mesh.network_gateways.of(endpoint.network, endpoint.cluster_id)
    return [g for g in known if g.port or client.is_router] or None


def _is_usable(gateway: NetworkGateway, mode: IpMode) -> bool:
    """The client has an address of the gateway's family."""
    return mode is IpMode.DUAL or is_ipv6(gateway.address) == (mode is IpMode.IPV6)


def _gateway(mesh: Mesh, gateway: NetworkGateway, weight: int) -> Member:
    """A gateway as an endpoint that takes mutual TLS for whatever lies behind it."""
    endpoint = LbEndpoint(
        address=gateway.address,
        port=gateway.port,
        weight=weight or 1,
        tls_mode=ISTIO,
        workload=f";;;;{gateway.cluster}" if tells_workloads(mesh) else None,
        has_metadata=True,
    )
    return Member(endpoint, locality.augment({}, gateway.cluster, "", "", gateway.network))
