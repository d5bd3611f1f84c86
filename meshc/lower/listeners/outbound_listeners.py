"""Listeners for traffic that leaves a workload: the scope of a sidecar in, listeners out (spec: listeners 1)."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.ir.http_connection_manager import HttpConnectionManager
from meshc.ir.listener import AnyListener, FilterChain, Listener
from meshc.lower.http.traffic import Traffic
from meshc.lower.http.workload_facts import WorkloadFacts, workload_facts
from meshc.lower.listeners.assembly import Outfit, assemble, authorizing_namespaces, outfit
from meshc.lower.listeners.client import ListenerClient, listener_client
from meshc.lower.listeners.explicit_proxy import explicit_proxy_listener, explicit_proxy_port
from meshc.lower.listeners.network_filters import tcp_facts
from meshc.lower.listeners.plan import ListenerPlan
from meshc.lower.listeners.plans import headless_addresses, outbound_plans
from meshc.lower.listeners.stream_routes import label_keys
from meshc.lower.listeners.virtual_outbound import passthrough_chain, virtual_outbound
from meshc.lower.names import catch_all_cluster
from meshc.lower.routes.facts import select_labels
from meshc.lower.telemetry.access_logs import access_logs
from meshc.model.attachment import GATEWAY_NAME_LABEL
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.scope import ProxyScope


def outbound_listeners(scope: ProxyScope) -> tuple[AnyListener, ...]:
    """The listeners of services, that of the explicit HTTP proxy, and the one that redirected traffic arrives at."""
    mesh, proxy = scope.mesh, scope.proxy
    if mesh.config.proxy_listen_port <= 0:
        return ()
    client = listener_client(mesh, proxy)
    plans = _plans(scope, client)
    own = _outfit(scope, workload_facts(scope), plans)
    made = assemble(mesh, plans, own)
    port = explicit_proxy_port(mesh, proxy)
    if port:
        made = (*made, explicit_proxy_listener(mesh, client, port, own))
    if client.captures:
        made = (*made, _virtual_outbound(scope, client, own))
    return made


def route_names(mesh: Mesh, listeners: Iterable[AnyListener]) -> tuple[str, ...]:
    """The names of the routes that listeners fetch, each once, in the listeners' order."""
    return tuple(dict.fromkeys(name for listener in listeners for name in _route_names(mesh, listener.template)))


@shared
def _route_names(mesh: Mesh, listener: Listener) -> tuple[str, ...]:
    default = (listener.default_chain,) if listener.default_chain is not None else ()
    chains: tuple[FilterChain, ...] = (*listener.chains, *default)
    managers = (f for chain in chains for f in chain.filters if isinstance(f, HttpConnectionManager))
    return tuple(manager.routes for manager in managers if isinstance(manager.routes, str))


def _outfit(scope: ProxyScope, workload: WorkloadFacts, plans: tuple[ListenerPlan, ...]) -> Outfit:
    mesh, proxy, policy = scope.mesh, scope.proxy, scope.sidecar.outbound_policy
    gateway = proxy.labels.get(GATEWAY_NAME_LABEL)
    authorization = tuple(
        (namespace, mesh.policies.authorization(proxy.namespace, proxy.labels, gateway, namespace))
        for namespace in authorizing_namespaces(mesh, plans)
    )
    tcp = tcp_facts(mesh, workload, Traffic.OUTBOUND)
    catch_all = passthrough_chain(mesh, catch_all_cluster(policy), policy.origin, tcp)
    return outfit(mesh, workload, catch_all, authorization)


def _plans(scope: ProxyScope, client: ListenerClient) -> tuple[ListenerPlan, ...]:
    mesh, proxy, sidecar = scope.mesh, scope.proxy, scope.sidecar
    own = proxy.ips[0] if proxy.ips else ""
    return outbound_plans(
        mesh,
        sidecar,
        scope.rules,
        client,
        proxy.dns_domain,
        select_labels(proxy.labels, label_keys(mesh, sidecar)),
        own if own in headless_addresses(mesh, sidecar) else "",
    )


def _virtual_outbound(scope: ProxyScope, client: ListenerClient, own: Outfit) -> Listener:
    mesh, policy = scope.mesh, scope.sidecar.outbound_policy
    transparent = scope.proxy.metadata.get("INTERCEPTION_MODE") == "TPROXY"
    logs = access_logs(mesh, own.workload.telemetries, Traffic.OUTBOUND).listener
    return virtual_outbound(mesh, client, transparent, catch_all_cluster(policy), policy.origin, own.tcp, logs)
