"""networking.istio.io Gateway: ports, hosts and TLS of gateway proxies."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.resources.message import Message, Object, UInt32, mapping, message, resource
from meshc.resources.networking.common import ServerTLSSettings


@message
class Port(Message):
    """Port of a server; `targetPort` is deprecated and has no effect."""

    number: UInt32 = 0
    protocol: str = ""
    name: str = ""
    target_port: UInt32 = 0


@message
class Server(Message):
    """`servers[]`: a port with the hosts exposed on it."""

    port: Port | None = None
    bind: str = ""
    hosts: tuple[str, ...] = ()
    tls: ServerTLSSettings | None = None
    default_endpoint: str = ""
    name: str = ""


@message
class GatewaySpec(Message):
    """`spec` of a Gateway."""

    servers: tuple[Server, ...] = ()
    selector: Mapping[str, str] = mapping()


@resource("networking.istio.io", "v1", "v1beta1", "v1alpha3")
class Gateway(Object):
    """Servers of the gateway proxies that carry the labels of `selector`."""

    spec: GatewaySpec = GatewaySpec()
