"""Plans of outbound listeners and the facts of a workload in, listeners out (spec: listeners 16)."""

from __future__ import annotations

from dataclasses import replace

from meshc.ir.address import Address
from meshc.ir.http_connection_manager import HttpConnectionManager, HttpSettings
from meshc.ir.listener import (
    Direction,
    FilterChain,
    FilterChainMatch,
    Inspector,
    Listener,
    ListenerFilter,
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


@node
class Outfit:
    """What a workload adds to the listeners of its scope. `catch_all` takes connections that no chain is for.

    `policies` are its authorization policies by the namespace of the services that they are asked about.
    """

    workload: WorkloadFacts
    tcp: TcpFacts
    catch_all: FilterChain
    policies: tuple[tuple[str, Policies], ...]

    def policies_for(self, namespace: str) -> Policies:
        """The policies that are asked about services of a namespace."""
        return next((policies for name, policies in self.policies if name == namespace), ())


@shared
def outfit(
    mesh: Mesh, workload: WorkloadFacts, catch_all: FilterChain, policies: tuple[tuple[str, Policies], ...]
) -> Outfit:
    """One object for all workloads that add the same."""
    return Outfit(workload, tcp_facts(mesh, workload, Traffic.OUTBOUND), catch_all, policies)


@shared
def authorizing_namespaces(mesh: Mesh, plans: tuple[ListenerPlan, ...]) -> tuple[str, ...]:
    """The namespaces of services about which authorization policies are asked; there are hardly ever any."""
    return tuple(dict.fromkeys(plan.authorized_in for plan in plans if plan.authorized_in))


def assemble(mesh: Mesh, plan: ListenerPlan, own: Outfit) -> Listener:
    """The listener of a plan for a workload; one without HTTP is shared by all workloads with equal telemetry."""
    if plan.has_http:
        return _http_listener(mesh, plan, own)
    catch_all = None if plan.matches_all else own.catch_all
    return _tcp_listener(mesh, plan, own.tcp, catch_all, own.policies_for(plan.authorized_in))


@shared
def _http_listener(mesh: Mesh, plan: ListenerPlan, own: Outfit) -> Listener:
    made = tuple(
        _http_chain(mesh, chain, chain.end, plan.name, own)
        if isinstance(chain.end, HttpPlan)
        else _tcp_chain(mesh, chain, chain.end, own.tcp, own.policies_for(chain.end.authorized_in))
        for chain in plan.chains
    )
    return _listener(mesh, plan, made, own.catch_all)


@shared
def _tcp_listener(
    mesh: Mesh, plan: ListenerPlan, tcp: TcpFacts, catch_all: FilterChain | None, policies: Policies
) -> Listener:
    made = tuple(
        _tcp_chain(mesh, chain, chain.end, tcp, policies if chain.end.authorized_in else ())
        for chain in plan.chains
        if isinstance(chain.end, TcpPlan)
    )
    return _listener(mesh, plan, made, catch_all)


def _listener(mesh: Mesh, plan: ListenerPlan, made: tuple[FilterChain, ...], catch_all: FilterChain | None) -> Listener:
    """The listener; of its chains, made one for each of the plan, the last that matches everything is the default."""
    selective = tuple(chain for chain in made if chain.match is not None)
    default = next((chain for chain in reversed(made) if chain.match is None), catch_all)
    if selective:
        return replace(_frame(mesh, plan), chains=selective, default_chain=default)
    return replace(_frame(mesh, plan), chains=() if default is None else (default,))


@shared
def _frame(mesh: Mesh, plan: ListenerPlan) -> Listener:
    """A listener without its chains: what is the same for all workloads."""
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


def _http_chain(mesh: Mesh, chain: ChainPlan, end: HttpPlan, listener: str, own: Outfit) -> FilterChain:
    return replace(_chain(mesh, chain), filters=(connection_manager(mesh, end, listener, own),))


@shared
def _tcp_chain(mesh: Mesh, chain: ChainPlan, end: TcpPlan, tcp: TcpFacts, policies: Policies) -> FilterChain:
    asked = network_authorization(mesh, policies)
    sni_proxy = (end.sni_proxy,) if end.sni_proxy is not None else ()
    filters = (*asked.custom, *asked.rbac, *tcp.stats, *sni_proxy, *tcp.complete(end.filters))
    return replace(_chain(mesh, chain), filters=filters)


def connection_manager(mesh: Mesh, plan: HttpPlan, listener: str, own: Outfit) -> HttpConnectionManager:
    """The connection manager of a plan, on the listener of that name."""
    settings = _settings(mesh, own, plan.grpc_web, plan.dns_cache, plan.explicit_proxy)
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
