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

from meshc.envoy.config import ProxyConfig, Resource, ResourceType
from meshc.findings import Sink


class Interception(Enum):
    """How connections come to a sidecar."""

    NONE = "none"
    REDIRECT = "redirect"


def bind_outbound(config: ProxyConfig, sink: Sink) -> ProxyConfig:
    """The configuration with its outbound listeners bound to loopback ports.

    A listener for every address of a port goes before those for the address of one service; of these the first gets the
    port and the others stay out of reach, which a finding says.
    """
    unbound = [r for r in config.listeners if _is_unbound(r.message)]
    taken = {port for r in config.listeners if r not in unbound for port in _ports(r.message)}
    bound: dict[Resource, Resource] = {}
    for resource in sorted(unbound, key=lambda r: not _is_wildcard(r.message)):
        address: Any = resource.message
        port = address.address.socket_address.port_value
        if port in taken:
            sink.add("MC0706", resource.origin, f"{resource.name} cannot be connected to: port {port} is taken")
            continue
        taken.add(port)
        bound[resource] = Resource.of(resource.name, resource.origin, _bound(resource.message))

    def change(_: ResourceType, resource: Resource) -> Resource:
        return bound.get(resource, resource)

    return config.map(change)


def _is_unbound(listener: Any) -> bool:
    outbound = listener.traffic_direction == 2  # envoy.config.core.v3.TrafficDirection.OUTBOUND
    return outbound and listener.HasField("bind_to_port") and not listener.bind_to_port.value


def _is_wildcard(listener: Any) -> bool:
    return bool(ipaddress.ip_address(listener.address.socket_address.address).is_unspecified)


def _ports(listener: Any) -> Iterator[int]:
    yield listener.address.socket_address.port_value
    yield from (further.address.socket_address.port_value for further in listener.additional_addresses)


def _bound(listener: Any) -> Any:
    """A copy at the loopback address of each family that the listener has an address of."""
    copy = type(listener)()
    copy.CopyFrom(listener)
    copy.ClearField("bind_to_port")
    del copy.additional_addresses[:]
    port = listener.address.socket_address.port_value
    hosts = [listener.address, *(further.address for further in listener.additional_addresses)]
    main, *further = dict.fromkeys(_loopback(host.socket_address.address) for host in hosts)
    copy.address.socket_address.address = main
    for host in further:
        copy.additional_addresses.add().address.socket_address.address = host
        copy.additional_addresses[-1].address.socket_address.port_value = port
    return copy


def _loopback(host: str) -> str:
    return "::1" if ipaddress.ip_address(host).version == 6 else "127.0.0.1"
