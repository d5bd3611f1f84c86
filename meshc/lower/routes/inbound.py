"""The route configuration inside an inbound HTTP connection manager (spec: routes 3.3)."""

from __future__ import annotations

from meshc.findings import Origin
from meshc.ir.route import Route, RouteConfiguration, VirtualHost
from meshc.ir.route_action import Forward, StreamDuration
from meshc.lower.routes.default_routes import EVERYTHING
from meshc.lower.routes.domains import join_port
from meshc.lower.routes.retries import INBOUND_RETRIES
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.model.shared import shared

_GRPC = frozenset({Protocol.GRPC, Protocol.GRPC_WEB})
_UNLIMITED = StreamDuration(limit=0, grpc_timeout_limit=0)


@shared
def inbound_routes(
    mesh: Mesh, cluster: str, hostname: str, port: int, protocol: Protocol, origin: Origin
) -> RouteConfiguration:
    """Everything goes to `cluster`, the application's own port.

    `hostname` and `port` are the service's: they name the traffic in traces. The host is empty and the port 0 where
    traffic is passed through that no service declares. gRPC is not retried.
    """
    route = Route(
        origin=origin,
        name="default",
        match=EVERYTHING,
        operation=f"{join_port(hostname, port)}/*",
        action=Forward(
            to=cluster,
            timeout=0,
            stream_duration=_UNLIMITED,
            retries=None if protocol in _GRPC else INBOUND_RETRIES,
        ),
    )
    host = VirtualHost(name=f"inbound|http|{port}", origin=origin, domains=("*",), routes=(route,))
    return RouteConfiguration(name=cluster, origin=origin, virtual_hosts=(host,))
