"""The HTTP filters of a connection manager, in the one order that Istio has for all kinds of traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from meshc.ir.http_filter import (
    AlpnOverride,
    Cors,
    DynamicForwardProxy,
    Fault,
    GrpcStats,
    GrpcWeb,
    HttpFilter,
    Peer,
    PeerMetadata,
    Router,
    StatefulSession,
)
from meshc.lower.http.hcm_facts import HcmFacts
from meshc.lower.http.traffic import Traffic
from meshc.lower.telemetry.stats import stats_filters
from meshc.model.mesh import Mesh

Slot = Callable[[Mesh, HcmFacts], Iterable[HttpFilter]]
"""A place in the order: the filters that stand there."""


def http_filters(mesh: Mesh, facts: HcmFacts) -> tuple[HttpFilter, ...]:
    """The filters of a connection manager (spec: listeners 18.1, inbound 11)."""
    return tuple(made for slot in _ORDER for made in slot(mesh, facts))


def _peer_metadata(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    if mesh.features.pilot_enable_metadata_exchange:
        inbound = facts.traffic is Traffic.INBOUND
        yield PeerMetadata(
            peer=Peer.DOWNSTREAM if inbound else Peer.UPSTREAM,
            skip_external=facts.workload.http.metadata_in_mesh and not inbound and not facts.explicit_proxy,
            additional_labels=tuple(sorted(set(mesh.features.pilot_mx_additional_labels))),
        )


def _custom_authorization(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    return facts.security.custom


def _authentication(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    return facts.security.authentication


def _authorization(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    return facts.security.authorization


def _grpc_web(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    if facts.grpc_web:
        yield GrpcWeb()


def _grpc_stats(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    yield GrpcStats()


def _alpn(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    if facts.traffic is not Traffic.INBOUND and mesh.features.pilot_enable_alpn_filter:
        yield AlpnOverride()


def _fault_and_cors(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    yield Fault()
    yield Cors()


def _stats(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    return stats_filters(mesh, facts.workload.telemetries, facts.traffic)


def _session(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    if facts.traffic is not Traffic.INBOUND and mesh.features.pilot_enable_persistent_session_filter:
        yield StatefulSession()


def _dynamic_forward_proxy(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    if facts.dns_cache:
        yield DynamicForwardProxy(dns_cache=facts.dns_cache)


def _router(mesh: Mesh, facts: HcmFacts) -> Iterable[HttpFilter]:
    yield Router(suppress_envoy_headers=facts.workload.http.suppress_envoy_headers)


_ORDER: tuple[Slot, ...] = (
    _peer_metadata,
    _custom_authorization,
    _authentication,
    _authorization,
    _grpc_web,
    _grpc_stats,
    _alpn,
    _fault_and_cors,
    _stats,
    _session,
    _dynamic_forward_proxy,
    _router,
)
"""Who is first: whoever tells peers apart, then who may enter, then what is counted and changed, then the router."""
