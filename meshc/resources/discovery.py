"""discovery.k8s.io EndpointSlice: the endpoints of a Service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from meshc.resources.core import ObjectReference, Protocol
from meshc.resources.message import Message, Object, Range, mapping, message, resource


@message
class EndpointConditions(Message):
    """`conditions` of an endpoint; absent `ready` and `serving` mean true, absent `terminating` false."""

    OPEN = True

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


@message
class ForZone(Message):
    """`hints.forZones[]` and `hints.forNodes[]`."""

    OPEN = True

    name: str = ""


@message
class EndpointHints(Message):
    """`hints` of an endpoint."""

    OPEN = True

    for_zones: tuple[ForZone, ...] = ()
    for_nodes: tuple[ForZone, ...] = ()


@message
class Endpoint(Message):
    """`endpoints[]`."""

    OPEN = True

    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions = EndpointConditions()
    hostname: str | None = None
    target_ref: ObjectReference | None = None
    deprecated_topology: Mapping[str, str] = mapping()
    node_name: str | None = None
    zone: str | None = None
    hints: EndpointHints | None = None


@message
class EndpointPort(Message):
    """`ports[]` of a slice; without `port` consumers take all ports."""

    OPEN = True

    name: str = ""
    protocol: Protocol = "TCP"
    port: Annotated[int, Range(0, 2**16 - 1)] | None = None
    app_protocol: str | None = None


@resource("discovery.k8s.io", "v1")
class EndpointSlice(Object):
    """A part of the endpoints of the Service named by the label `kubernetes.io/service-name`."""

    OPEN = True

    address_type: Literal["IPv4", "IPv6", "FQDN"] = "IPv4"
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[EndpointPort, ...] = ()
