"""The listener that redirected traffic arrives at, and the chain for what no listener is for (spec: listeners 19)."""

from __future__ import annotations

from meshc.findings import Origin
from meshc.ir.access_log import AccessLog
from meshc.ir.address import Address
from meshc.ir.listener import Direction, FilterChain, FilterChainMatch, Listener
from meshc.ir.network_filter import NetworkFilter, TcpProxy
from meshc.lower.listeners.client import UNSPECIFIED_IPV6, ListenerClient
from meshc.lower.listeners.network_filters import TcpFacts
from meshc.lower.names import BLACK_HOLE_CLUSTER
from meshc.model.mesh import Mesh
from meshc.model.service import UNSPECIFIED
from meshc.model.shared import shared
from meshc.scope.proxy import IpMode

BUILT_IN = Origin()


@shared
def passthrough_chain(mesh: Mesh, cluster: str, origin: Origin, tcp: TcpFacts) -> FilterChain:
    """The default chain of listeners whose own chains leave connections over; it has its name under any policy."""
    return FilterChain(
        origin=origin,
        name="PassthroughFilterChain",
        match=FilterChainMatch(),
        filters=_catch_all_filters(cluster, tcp),
    )


@shared
def virtual_outbound(
    mesh: Mesh,
    client: ListenerClient,
    transparent: bool,
    cluster: str,
    origin: Origin,
    tcp: TcpFacts,
    access_logs: tuple[AccessLog, ...],
) -> Listener:
    """The listener; it hands connections over to the listener of their original destination, if there is one."""
    port = mesh.config.proxy_listen_port
    return Listener(
        name="virtualOutbound",
        origin=BUILT_IN,
        direction=Direction.OUTBOUND,
        addresses=tuple(Address(host=host, port=port) for host in _addresses(mesh, client)),
        chains=(_black_hole(port, tcp), _catch_all(cluster, origin, tcp)),
        use_original_dst=True,
        transparent=transparent,
        max_connections_per_event=max_connections(mesh),
        access_logs=access_logs,
    )


def max_connections(mesh: Mesh) -> int | None:
    """Connections accepted at once; None: no limit."""
    limit = mesh.features.max_connections_per_socket_event_loop
    return limit if limit > 0 else None


def _addresses(mesh: Mesh, client: ListenerClient) -> tuple[str, ...]:
    """All addresses of the proxy's families; a second family only with the flag that is for it."""
    features = mesh.features
    if client.ip_mode is IpMode.DUAL and features.istio_dual_stack:
        return (UNSPECIFIED, UNSPECIFIED_IPV6)
    if client.ip_mode is IpMode.IPV6 and features.istio_enable_ipv4_outbound_listener_for_ipv6_clusters:
        return (UNSPECIFIED_IPV6, UNSPECIFIED)
    return client.wildcards[:1]


def _black_hole(port: int, tcp: TcpFacts) -> FilterChain:
    """Connections to the listener's own port would come back to it for ever."""
    proxy = TcpProxy(stat_prefix=BLACK_HOLE_CLUSTER, cluster=BLACK_HOLE_CLUSTER)
    return FilterChain(
        origin=BUILT_IN,
        name="virtualOutbound-blackhole",
        match=FilterChainMatch(destination_port=port),
        filters=(*tcp.stats, proxy),
    )


def _catch_all(cluster: str, origin: Origin, tcp: TcpFacts) -> FilterChain:
    return FilterChain(origin=origin, name="virtualOutbound-catchall-tcp", filters=_catch_all_filters(cluster, tcp))


def _catch_all_filters(cluster: str, tcp: TcpFacts) -> tuple[NetworkFilter, ...]:
    return (*tcp.stats, *tcp.complete((TcpProxy(stat_prefix=cluster, cluster=cluster),)))
