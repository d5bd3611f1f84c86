"""Gateways: a gateway proxy in; out the Gateway resources that configure it and the ports that it binds for them."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.frozen import frozen
from meshc.model.api import Gateway
from meshc.model.gateways import Server, servers
from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.scope.proxy import Proxy
from meshc.scope.targets import ServiceTarget

GATEWAY_SERVICE_ANNOTATION = "internal.istio.io/gateway-service"
"""On Gateways made from Gateway API: the host names of the services of the proxies that they are for."""

PARENT_NAMESPACE_ANNOTATION = "internal.istio.io/parent-namespace"
KEEP_PORTS_LABEL = "experimental.istio.io/disable-gateway-port-translation"
"""On a Service: servers are not bound to its target ports."""

Targets = tuple[ServiceTarget, ...]


@frozen
class BoundServer:
    """A server, and the port that a gateway binds for it. `udp`: the gateway's Service has the server's port in UDP."""

    server: Server
    port: int
    udp: bool


def applying_gateways(mesh: Mesh, proxy: Proxy, targets: Targets) -> tuple[Gateway, ...]:
    """The Gateways of a proxy whose workload serves `targets`, oldest first (spec: gateways 1)."""
    return tuple(gateway for gateway, _ in _applying(mesh, proxy, targets))


def bound_servers(mesh: Mesh, proxy: Proxy, targets: Targets) -> tuple[BoundServer, ...]:
    """The servers of these Gateways, each with the port it is bound to (spec: gateways 2)."""
    return tuple(
        BoundServer(server, port, _has_udp(meant, server.port))
        for gateway, meant in _applying(mesh, proxy, targets)
        for server in servers(mesh, gateway)
        for port in _ports(gateway, server.port, meant)
    )


def _applying(mesh: Mesh, proxy: Proxy, targets: Targets) -> Iterator[tuple[Gateway, Targets]]:
    """The Gateways, each with the targets in which its ports are looked up."""
    own_only = mesh.features.pilot_scope_gateway_to_namespace
    for gateway in mesh.gateways:
        if own_only and gateway.meta.namespace != proxy.namespace:
            continue
        if _names_services(gateway):
            meant = _named_targets(gateway, targets)
            if meant:
                yield gateway, meant
        elif selects(gateway.spec.selector, proxy.labels):
            yield gateway, targets


def _names_services(gateway: Gateway) -> bool:
    return GATEWAY_SERVICE_ANNOTATION in gateway.meta.annotations


def _named_targets(gateway: Gateway, targets: Targets) -> Targets:
    """The targets of the services that a Gateway names."""
    annotations = gateway.meta.annotations
    hosts = annotations[GATEWAY_SERVICE_ANNOTATION].split(",")
    namespace = annotations.get(PARENT_NAMESPACE_ANNOTATION) or gateway.meta.namespace
    return tuple(t for t in targets if t.service.hostname in hosts and t.service.namespace == namespace)


def _ports(gateway: Gateway, number: int, targets: Targets) -> tuple[int, ...]:
    """The ports that a server of port `number` is bound to.

    A Gateway with a selector has the first target's, or the server's own if no service has that port; one that names
    its services has those of all of them, and none otherwise.
    """
    if _names_services(gateway):
        return tuple(dict.fromkeys(t.target_port for t in targets if t.port.number == number))
    translated = (t for t in targets if t.port.number == number and KEEP_PORTS_LABEL not in t.service.labels)
    first = next(translated, None)
    return (number if first is None else first.target_port,)


def _has_udp(targets: Targets, number: int) -> bool:
    return any(t.port.number == number and t.port.protocol is Protocol.UDP for t in targets)
