"""Plans of outbound listeners and the facts of a workload in, listeners out (spec: listeners 16)."""

from __future__ import annotations

from dataclasses import replace

from meshc.ir.address import Address
from meshc.ir.http_connection_manager import OF_WORKLOAD, HttpConnectionManager, HttpSettings
from meshc.ir.listener import (
    AnyListener,
    Direction,
    FilterChain,
    FilterChainMatch,
    Inspector,
    Listener,
    ListenerFilter,
    WorkloadListener,
)
from meshc.lower.http.connection_manager import http_settings
from meshc.lower.http.hcm_facts import HcmFacts
from meshc.lower.http.traffic import Traffic
from meshc.lower.http.workload_facts import WorkloadFacts
from meshc.lower.listeners.cidrs import prefix_ranges
from meshc.lower.listeners.network_filters import TcpFacts, tcp_facts
from meshc.lower.listeners.plan import ChainPlan, HttpPlan, ListenerPlan, TcpPlan
from meshc.lower.listeners.virtual_outbound import max_connections
from meshc.lower.security.authz_filters import network_authorization
from meshc.lower.security.authz_policies import Policies
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.shared import shared

PoliciesByNamespace = tuple[tuple[str, Policies], ...]
"""A workload's authorization policies by the namespace of the services that they are asked about."""


@node
class Outfit:
    """What a workload adds to the listeners of its scope. `catch_all` takes connections that no chain is for."""

    workload: WorkloadFacts
    tcp: TcpFacts
    catch_all: FilterChain
    policies: PoliciesByNamespace


@shared
def outfit(mesh: Mesh, workload: WorkloadFacts, catch_all: FilterChain, policies: PoliciesByNamespace) -> Outfit:
    """One object for all workloads that add the same."""
    return Outfit(workload, tcp_facts(mesh, workload, Traffic.OUTBOUND), catch_all, policies)


@shared
def authorizing_namespaces(mesh: Mesh, plans: tuple[ListenerPlan, ...]) -> tuple[str, ...]:
    """The namespaces of services about which authorization policies are asked; there are hardly ever any."""
    return tuple(dict.fromkeys(namespace for plan in plans for namespace in plan.authorized_in))


@shared
def assemble(mesh: Mesh, plans: tuple[ListenerPlan, ...], own: Outfit) -> tuple[AnyListener, ...]:
    """The listeners of plans for a workload, all of which but the settings of connection managers others have too."""
    templates = _templates(mesh, plans, own.tcp, own.catch_all, own.policies)
    return tuple(
        template if plan.http is None else WorkloadListener(template=template, settings=settings(mesh, own, plan.http))
        for plan, template in zip(plans, templates, strict=True)
    )


def settings(mesh: Mesh, own: Outfit, plan: HttpPlan) -> HttpSettings:
    """What a workload makes of a connection manager."""
    return _settings(mesh, own, plan.grpc_web, plan.dns_cache, plan.explicit_proxy)


@shared
def _templates(
    mesh: Mesh, plans: tuple[ListenerPlan, ...], tcp: TcpFacts, catch_all: FilterChain, policies: PoliciesByNamespace
) -> tuple[Listener, ...]:
    """The listeners, the settings of their connection managers left open."""
    by_namespace = dict(policies)
    return tuple(
        _template(
            mesh,
            plan,
            tcp,
            None if plan.matches_all else catch_all,
            tuple(by_namespace[namespace] for namespace in plan.authorized_in),
        )
        for plan in plans
    )


@shared
def _template(
    mesh: Mesh, plan: ListenerPlan, tcp: TcpFacts, catch_all: FilterChain | None, policies: tuple[Policies, ...]
) -> Listener:
    """One listener; `policies` are those of the chains that ask for some, in their order."""
    asked = iter(policies)
    made = [
        _http_chain(mesh, chain, chain.end, plan.name)
        if isinstance(chain.end, HttpPlan)
        else _tcp_chain(mesh, chain, chain.end, tcp, next(asked) if chain.end.authorized_in else ())
        for chain in plan.chains
    ]
    selective = tuple(chain for chain in made if chain.match is not None)
    default = next((chain for chain in reversed(made) if chain.match is None), catch_all)
    if selective:
        return replace(_frame(mesh, plan), chains=selective, default_chain=default)
    return replace(_frame(mesh, plan), chains=() if default is None else (default,))


def _frame(mesh: Mesh, plan: ListenerPlan) -> Listener:
    """A listener without its chains."""
    first = plan.first
    sniffs = any(chain.application_protocols for chain in plan.chains)
    return Listener(
        name=plan.name,
        origin=plan.origin,
        direction=Direction.OUTBOUND,
        addresses=tuple(Address(host=bind, port=first.port.number) for bind in first.binds),
        chains=(),
        listener_filters=tuple(ListenerFilter(inspector=inspector) for inspector in _inspectors(plan)),
        filters_timeout=(mesh.config.protocol_detection_timeout or 0) if sniffs else 0,
        continue_on_filters_timeout=True,
        bind_to_port=None if first.real else False,
        exact_balance=first.exact_balance,
        max_connections_per_event=max_connections(mesh) if first.real else None,
        shadowed=plan.shadowed,
    )


def _http_chain(mesh: Mesh, chain: ChainPlan, end: HttpPlan, listener: str) -> FilterChain:
    return replace(_chain(mesh, chain), filters=(connection_manager(end, listener, OF_WORKLOAD),))


@shared
def _tcp_chain(mesh: Mesh, chain: ChainPlan, end: TcpPlan, tcp: TcpFacts, policies: Policies) -> FilterChain:
    asked = network_authorization(mesh, policies)
    sni_proxy = (end.sni_proxy,) if end.sni_proxy is not None else ()
    filters = (*asked.custom, *asked.rbac, *tcp.stats, *sni_proxy, *tcp.complete(end.filters))
    return replace(_chain(mesh, chain), filters=filters)


def connection_manager(plan: HttpPlan, listener: str, settings: HttpSettings) -> HttpConnectionManager:
    """The connection manager of a plan, on the listener of that name."""
    return HttpConnectionManager(stat_prefix=f"outbound_{listener};", routes=plan.route_name, settings=settings)


@shared
def _chain(mesh: Mesh, chain: ChainPlan) -> FilterChain:
    """A chain without its filters."""
    return FilterChain(
        origin=chain.origin,
        filters=(),
        match=None if chain.matches_all else _match(chain),
        config=chain.config,
        transport_socket_connect_timeout=mesh.features.pilot_gateway_transport_socket_connect_timeout or None,
    )


@shared
def _settings(mesh: Mesh, own: Outfit, grpc_web: bool, dns_cache: str, explicit_proxy: bool) -> HttpSettings:
    facts = HcmFacts(
        traffic=Traffic.OUTBOUND,
        workload=own.workload,
        grpc_web=grpc_web,
        dns_cache=dns_cache,
        explicit_proxy=explicit_proxy,
    )
    return http_settings(mesh, facts)


def _match(chain: ChainPlan) -> FilterChainMatch:
    return FilterChainMatch(
        prefix_ranges=prefix_ranges(chain.cidrs),
        server_names=() if "*" in chain.server_names else tuple(sorted(chain.server_names)),
        transport_protocol=chain.transport_protocol,
        application_protocols=chain.application_protocols,
    )


def _inspectors(plan: ListenerPlan) -> list[Inspector]:
    """What has to be looked at before a chain can be chosen, or its filters can work."""
    tls = any(c.server_names or (isinstance(c.end, TcpPlan) and c.end.sni_proxy) for c in plan.chains)
    http = any(c.application_protocols for c in plan.chains)
    return [*([Inspector.TLS] if tls else []), *([Inspector.HTTP] if http else [])]
