"""MeshNetworks: the networks of a mesh, what belongs to them, and the gateways into them."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.resources.message import Message, UInt32, mapping, message


@message
class NetworkEndpoints(Message):
    """`endpoints[]`: addresses of a range, or all endpoints of a cluster; one field is set."""

    from_cidr: str | None = None
    from_registry: str | None = None


@message
class IstioNetworkGateway(Message):
    """`gateways[]`: a gateway by address, or by the name of its service; one of the two is set."""

    registry_service_name: str | None = None
    address: str | None = None
    port: UInt32 = 0
    locality: str = ""


@message
class Network(Message):
    """One network."""

    endpoints: tuple[NetworkEndpoints, ...] = ()
    gateways: tuple[IstioNetworkGateway, ...] = ()


@message
class MeshNetworks(Message):
    """The networks by name."""

    networks: Mapping[str, Network] = mapping()
