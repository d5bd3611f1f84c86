"""A port of a workload and the mTLS it accepts in, filter chains for its connections out (spec: inbound 5, 6, 9)."""

from __future__ import annotations

from meshc.findings import Origin
from meshc.ir.http_connection_manager import HttpConnectionManager, HttpSettings
from meshc.ir.listener import FilterChain, FilterChainMatch
from meshc.ir.network_filter import NetworkFilter, TcpProxy
from meshc.ir.node import value
from meshc.ir.security import DownstreamTls
from meshc.lower.http.connection_manager import http_settings
from meshc.lower.http.hcm_facts import HcmFacts, SecurityFilters
from meshc.lower.http.traffic import Traffic
from meshc.lower.http.workload_facts import WorkloadFacts
from meshc.lower.inbound.ports import InboundPort
from meshc.lower.inbound.shapes import TLS, Alpn, Shape, chain_shapes
from meshc.lower.listeners.network_filters import TcpFacts, peer_exchange, protocol_stack, tcp_facts
from meshc.lower.names import BLACK_HOLE_CLUSTER, INBOUND_PASSTHROUGH_CLUSTER, StatNames, expand_stat_name
from meshc.lower.routes.inbound import inbound_routes
from meshc.lower.security.authz_filters import NetworkAuthorization
from meshc.lower.tls.downstream import ServerIdentity, mesh_tls, server_tls
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.policies import MtlsMode
from meshc.model.protocol import Protocol
from meshc.model.shared import shared


@node
class InboundOutfit:
    """What a workload adds to its inbound chains, whatever the port."""

    workload: WorkloadFacts
    security: SecurityFilters
    authorization: NetworkAuthorization
    identity: ServerIdentity
    tcp: TcpFacts
    exchange: tuple[NetworkFilter, ...]


@shared
def inbound_outfit(
    mesh: Mesh,
    workload: WorkloadFacts,
    security: SecurityFilters,
    authorization: NetworkAuthorization,
    identity: ServerIdentity,
) -> InboundOutfit:
    """One object for all workloads that add the same."""
    tcp = tcp_facts(mesh, workload, Traffic.INBOUND)
    return InboundOutfit(workload, security, authorization, identity, tcp, peer_exchange(mesh))


@value
class _Target:
    """Where the connections of a set of chains go; `port` 0: those of every port that has no chains of its own."""

    port: int
    protocol: Protocol
    cluster: str
    http_name: str
    tcp_name: str
    http_statistics: str
    tcp_statistics: str
    names: StatNames
    origin: Origin
    config: str = ""


@shared
def port_chains(mesh: Mesh, port: InboundPort, mode: MtlsMode, outfit: InboundOutfit) -> tuple[FilterChain, ...]:
    """The chains of a port. TLS that a Sidecar declares for it counts only where the mesh's own is off."""
    target = _Target(
        port=port.number,
        protocol=port.protocol,
        cluster=port.cluster,
        http_name=port.name,
        tcp_name=port.name,
        http_statistics=f"inbound_{port.name};",
        tcp_statistics=_tcp_statistics(mesh, port.cluster, port.names),
        names=port.names,
        origin=port.origin,
        config=port.config,
    )
    if port.tls is not None and mode is MtlsMode.DISABLE:
        shape = Shape(transport=TLS, alpn=Alpn.ANY, http=port.protocol.is_http)
        return (_chain(mesh, target, shape, outfit, server_tls(mesh, port.tls, outfit.identity)),)
    return _chains(mesh, target, mode, outfit)


_UNKNOWN_SERVICE = StatNames(qualified="", hostname="", short="", port=0, port_name="virtualInbound")


@shared
def passthrough_chains(
    mesh: Mesh, port: int, mode: MtlsMode, origin: Origin, outfit: InboundOutfit
) -> tuple[FilterChain, ...]:
    """The chains of connections that no declared port is for; `port` 0: of all of them, else to that port alone."""
    target = _Target(
        port=port,
        protocol=Protocol.AUTO,
        cluster=INBOUND_PASSTHROUGH_CLUSTER,
        http_name="virtualInbound-catchall-http",
        tcp_name="virtualInbound",
        http_statistics=f"{INBOUND_PASSTHROUGH_CLUSTER};",
        tcp_statistics=_tcp_statistics(mesh, INBOUND_PASSTHROUGH_CLUSTER, _UNKNOWN_SERVICE),
        names=_UNKNOWN_SERVICE,
        origin=origin,
    )
    return _chains(mesh, target, mode, outfit)


@shared
def black_hole_chain(mesh: Mesh, outfit: InboundOutfit) -> FilterChain:
    """Connections to the listener's own port would come back to it for ever."""
    proxy = TcpProxy(stat_prefix=BLACK_HOLE_CLUSTER, cluster=BLACK_HOLE_CLUSTER)
    return FilterChain(
        origin=Origin(),
        name="virtualInbound-blackhole",
        match=FilterChainMatch(destination_port=mesh.config.proxy_inbound_listen_port),
        filters=(*outfit.exchange, *outfit.tcp.stats, proxy),
    )


def _chains(mesh: Mesh, target: _Target, mode: MtlsMode, outfit: InboundOutfit) -> tuple[FilterChain, ...]:
    return tuple(
        _chain(mesh, target, shape, outfit, mesh_tls(mesh, outfit.identity, shape.http) if shape.mtls else None)
        for shape in chain_shapes(target.protocol, mode)
    )


def _chain(mesh: Mesh, target: _Target, shape: Shape, outfit: InboundOutfit, tls: DownstreamTls | None) -> FilterChain:
    return FilterChain(
        origin=target.origin,
        name=target.http_name if shape.http else target.tcp_name,
        match=FilterChainMatch(
            destination_port=target.port,
            transport_protocol=shape.transport,
            application_protocols=shape.alpn.names(mesh),
        ),
        filters=_http_filters(mesh, target, outfit) if shape.http else _tcp_filters(mesh, target, outfit),
        config=target.config,
        tls=tls,
    )


@shared
def _http_filters(mesh: Mesh, target: _Target, outfit: InboundOutfit) -> tuple[NetworkFilter, ...]:
    names = target.names
    routes = inbound_routes(mesh, target.cluster, names.hostname, names.port, target.protocol, target.origin)
    settings = _settings(mesh, outfit, target.protocol.is_http2, target.protocol is Protocol.GRPC_WEB)
    manager = HttpConnectionManager(stat_prefix=target.http_statistics, routes=routes, settings=settings)
    return (*outfit.exchange, manager)


@shared
def _settings(mesh: Mesh, outfit: InboundOutfit, http2: bool, grpc_web: bool) -> HttpSettings:
    facts = HcmFacts(
        traffic=Traffic.INBOUND,
        workload=outfit.workload,
        security=outfit.security,
        http2=http2,
        grpc_web=grpc_web,
    )
    return http_settings(mesh, facts)


@shared
def _tcp_filters(mesh: Mesh, target: _Target, outfit: InboundOutfit) -> tuple[NetworkFilter, ...]:
    authorization, tcp = outfit.authorization, outfit.tcp
    proxy = TcpProxy(stat_prefix=target.tcp_statistics, cluster=target.cluster)
    end = tcp.complete(protocol_stack(mesh, target.protocol, proxy))
    return (*outfit.exchange, *authorization.custom, *authorization.rbac, *tcp.stats, *end)


def _tcp_statistics(mesh: Mesh, cluster: str, names: StatNames) -> str:
    """The cluster's name, or what `inboundClusterStatName` makes of the service; target ports are no variable here."""
    pattern = mesh.config.inbound_cluster_stat_name
    return expand_stat_name(pattern, names, target_port=None) if pattern else cluster
