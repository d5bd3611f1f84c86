"""The listener that applications may name as their HTTP proxy (`proxyHttpPort`; spec: listeners 20)."""

from __future__ import annotations

from meshc.ir.address import Address
from meshc.ir.listener import Direction, FilterChain, Listener
from meshc.lower.listeners.assembly import Outfit, connection_manager, settings
from meshc.lower.listeners.client import ListenerClient
from meshc.lower.listeners.plan import HttpPlan
from meshc.lower.listeners.virtual_outbound import BUILT_IN, max_connections
from meshc.lower.routes.fractions import unsigned
from meshc.lower.routes.routes import HTTP_PROXY_ROUTES
from meshc.model.api import parse_int
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.proxy import Proxy


def explicit_proxy_port(mesh: Mesh, proxy: Proxy) -> int:
    """The port of the listener, the proxy's own or the mesh's; 0 for none."""
    own = parse_int(str(proxy.metadata.get("HTTP_PROXY_PORT", "")))
    return mesh.config.proxy_http_port if own is None else own


@shared
def explicit_proxy_listener(mesh: Mesh, client: ListenerClient, port: int, own: Outfit) -> Listener:
    """The listener, on the loopback addresses of the proxy's families."""
    name = f"{client.loopbacks[0]}_{port}"
    plan = HttpPlan(route_name=HTTP_PROXY_ROUTES, explicit_proxy=True)
    chain = FilterChain(
        origin=BUILT_IN,
        filters=(connection_manager(plan, name, settings(mesh, own, plan)),),
        transport_socket_connect_timeout=mesh.features.pilot_gateway_transport_socket_connect_timeout or None,
    )
    return Listener(
        name=name,
        origin=BUILT_IN,
        direction=Direction.OUTBOUND,
        addresses=tuple(Address(host=host, port=unsigned(port)) for host in client.loopbacks),
        chains=(chain,),
        filters_timeout=0,
        continue_on_filters_timeout=True,
        exact_balance=client.exact_balance,
        max_connections_per_event=max_connections(mesh),
    )
