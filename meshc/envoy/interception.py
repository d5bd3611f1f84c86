"""Listeners that nobody redirects to: those of a sidecar in, the same reachable at the loopback address out.

istiod counts on iptables, which send every connection of the application to `virtualOutbound`; it hands them over to
listeners that are not bound to their ports. Without iptables an application has to name a port, so these listeners are
bound: to the loopback address, as what they forward carries the identity of the workload (spec: extensions 2.7).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from enum import Enum
from typing import Any

from meshc.envoy.config import ProxyConfig, Resource
from meshc.findings import Sink

_OUTBOUND = 2
"""`envoy.config.core.v3.TrafficDirection.OUTBOUND`; a field of an existing message gives the number alone."""


class Interception(Enum):
    """How connections come to a sidecar."""

    NONE = "none"
    REDIRECT = "redirect"


def bind_outbound(config: ProxyConfig, sink: Sink) -> ProxyConfig:
    """The configuration with its outbound listeners bound to loopback ports.

    Of several listeners for one port the one at a loopback address goes first, then the one for every address; of those
    for the address of one service the first gets the port and the others stay out of reach, which a finding says.
    """
    taken = {at for r in config.listeners if not _is_unbound(r.message) for at in _addresses(r.message)}
    bound: dict[Resource, Resource] = {}
    for resource in sorted((r for r in config.listeners if _is_unbound(r.message)), key=_rank):
        wanted = dict.fromkeys((_loopback(host), port) for host, port in _addresses(resource.message))
        if any(at in taken or (_wildcard(at[0]), at[1]) in taken for at in wanted):
            port = next(iter(wanted))[1]
            sink.add("MC0706", resource.origin, f"{resource.name} cannot be connected to: port {port} is taken")
        else:
            taken.update(wanted)
            bound[resource] = Resource.of(resource.name, resource.origin, _bound(resource.message, list(wanted)))
    return config.map(lambda _, resource: bound.get(resource, resource))


def _is_unbound(listener: Any) -> bool:
    outbound = listener.traffic_direction == _OUTBOUND and listener.address.HasField("socket_address")
    return outbound and listener.HasField("bind_to_port") and not listener.bind_to_port.value


def _rank(resource: Resource) -> int:
    host = ipaddress.ip_address(next(_addresses(resource.message))[0])
    return 0 if host.is_loopback else 1 if host.is_unspecified else 2


def _addresses(listener: Any) -> Iterator[tuple[str, int]]:
    """Host and port of each address that is a socket's."""
    for one in (listener.address, *(further.address for further in listener.additional_addresses)):
        if one.HasField("socket_address"):
            yield one.socket_address.address, one.socket_address.port_value


def _bound(listener: Any, addresses: list[tuple[str, int]]) -> Any:
    """A copy that is bound to other addresses."""
    copy = type(listener)()
    copy.CopyFrom(listener)
    copy.ClearField("bind_to_port")
    del copy.additional_addresses[:]
    for _ in addresses[1:]:
        copy.additional_addresses.add()
    targets = (copy.address, *(further.address for further in copy.additional_addresses))
    for target, (host, port) in zip(targets, addresses, strict=True):
        target.socket_address.address = host
        target.socket_address.port_value = port
    return copy


def _loopback(host: str) -> str:
    """The loopback address of the same family; one of the loopback network stays as it is."""
    address = ipaddress.ip_address(host)
    if address.is_loopback:
        return host
    return "::1" if address.version == 6 else "127.0.0.1"


def _wildcard(host: str) -> str:
    return "::" if ipaddress.ip_address(host).version == 6 else "0.0.0.0"
