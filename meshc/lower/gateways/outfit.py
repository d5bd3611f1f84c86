"""A gateway proxy in; out what it adds to all of its listeners, as one object for all replicas of a gateway."""

from __future__ import annotations

from meshc.ir.http_connection_manager import HttpSettings
from meshc.ir.node import value
from meshc.lower.http.connection_manager import http_settings
from meshc.lower.http.hcm_facts import HcmFacts, SecurityFilters
from meshc.lower.http.traffic import Traffic
from meshc.lower.http.workload_facts import WorkloadFacts, workload_facts
from meshc.lower.listeners.client import wildcards
from meshc.lower.listeners.network_filters import TcpFacts, tcp_facts
from meshc.lower.security.authz_filters import NetworkAuthorization
from meshc.lower.security.filters import http_security, network_security
from meshc.lower.tls.downstream import ServerIdentity, server_identity
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.shared import shared
from meshc.scope.proxy import Proxy
from meshc.scope.scope import ProxyScope

_PRIVILEGED = range(1024)


@value
class GatewayClient:
    """Facts of one proxy. `wildcards` stand for all its addresses, the main one first.

    `proxy_protocol`: a load balancer in front of it speaks the PROXY protocol.
    """

    wildcards: tuple[str, ...]
    unprivileged: bool
    exact_balance: bool
    proxy_protocol: bool
    identity: ServerIdentity

    def may_bind(self, port: int) -> bool:
        """Whether the proxy may open the port (spec: gateways 2)."""
        return not (self.unprivileged and port in _PRIVILEGED)


@node
class Outfit:
    """What a gateway adds to its chains, whatever the server."""

    client: GatewayClient
    workload: WorkloadFacts
    security: SecurityFilters
    authorization: NetworkAuthorization
    tcp: TcpFacts


def outfit(scope: ProxyScope) -> Outfit:
    """The outfit of a proxy."""
    return _outfit(
        scope.mesh, _client(scope.proxy), workload_facts(scope), http_security(scope), network_security(scope)
    )


@shared
def _outfit(
    mesh: Mesh,
    client: GatewayClient,
    workload: WorkloadFacts,
    security: SecurityFilters,
    authorization: NetworkAuthorization,
) -> Outfit:
    return Outfit(client, workload, security, authorization, tcp_facts(mesh, workload, Traffic.GATEWAY))


def _client(proxy: Proxy) -> GatewayClient:
    topology = proxy.config.gateway_topology
    return GatewayClient(
        wildcards=wildcards(proxy.ip_mode),
        unprivileged=proxy.flag("UNPRIVILEGED_POD"),
        exact_balance=proxy.flag("OUTBOUND_LISTENER_EXACT_BALANCE"),
        proxy_protocol=topology is not None and topology.proxy_protocol is not None,
        identity=server_identity(proxy),
    )


@shared
def gateway_settings(mesh: Mesh, own: Outfit, grpc_web: bool, http3: bool) -> HttpSettings:
    """The settings of connection managers: the same for all servers but for gRPC-Web and HTTP/3."""
    facts = HcmFacts(
        traffic=Traffic.GATEWAY, workload=own.workload, security=own.security, grpc_web=grpc_web, http3=http3
    )
    return http_settings(mesh, facts)
