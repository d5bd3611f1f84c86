"""Checks of outbound listeners: listeners and routes of connections in, findings about what got lost out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshc.findings import Origin, Sink
from meshc.ir.listener import AnyListener
from meshc.model.api import TCPRoute
from meshc.model.mesh import Mesh
from meshc.model.virtual_services import VirtualService
from meshc.scope.proxy import PROMETHEUS_PORT, STATUS_PORT


def check_listeners(listeners: Iterable[AnyListener], sink: Sink) -> None:
    """Say which services or routes of one proxy lost an address, or a match on it, to others."""
    for listener in listeners:
        for shadow in listener.shadowed:
            text = f"is not reached at {_place(listener.name)}: {shadow.winner} has it, {shadow.reason}"
            sink.add("MC0630", shadow.loser, text)


def _place(name: str) -> str:
    bind, _, port = name.rpartition("_")
    return f"{bind} port {port}"


def check_reserved_ports(mesh: Mesh, sink: Sink) -> None:
    """Say which HTTP ports of services sidecars have no listener for, because they use these ports themselves."""
    config = mesh.config
    reserved = {config.proxy_listen_port, config.proxy_inbound_listen_port, STATUS_PORT, PROMETHEUS_PORT}
    for service in mesh.services.all:
        for port in service.ports:
            if port.protocol.is_http and port.number in reserved:
                text = f"sidecars use port {port.number} themselves: HTTP to this port of the service is not routed"
                sink.add("MC0640", service.origin, text)


def check_stream_routes(mesh: Mesh, sink: Sink) -> None:
    """Say what of the TCP and TLS routes of VirtualServices has no effect for any proxy."""
    for vs in mesh.virtual_services.all:
        for origin, text in (*_tls_remarks(vs), *_tcp_remarks(vs)):
            sink.add("MC0641", origin, text)
        for origin in _source_subnets(vs):
            sink.add("MC0642", origin, "sourceSubnet has no effect")


def _tls_remarks(vs: VirtualService) -> Iterator[tuple[Origin, str]]:
    """Routes without match, and matches whose names and subnets another one has, whatever else they ask for."""
    seen: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
    for index, route in enumerate(vs.tls):
        if not route.match:
            yield vs.origin_of(route, f"spec.tls[{index}]"), "a TLS route without match is never used"
        for position, match in enumerate(route.match):
            path = f"spec.tls[{index}].match[{position}]"
            first = seen.setdefault((match.sni_hosts, match.destination_subnets), path)
            if first != path:
                text = f"is not used where {first} holds: it asks for the same sniHosts and destinationSubnets"
                yield vs.origin_of(match, path), text


def _tcp_remarks(vs: VirtualService) -> Iterator[tuple[Origin, str]]:
    """Routes behind one that takes everything."""
    first = next((index for index, route in enumerate(vs.tcp) if _takes_everything(route)), len(vs.tcp))
    for index in range(first + 1, len(vs.tcp)):
        path = f"spec.tcp[{index}]"
        yield vs.origin_of(vs.tcp[index], path), f"is never used: spec.tcp[{first}] takes every connection"


def _takes_everything(route: TCPRoute) -> bool:
    return not route.match or any(
        not (m.destination_subnets or m.port or m.source_labels or m.gateways or m.source_namespace)
        for m in route.match
    )


def _source_subnets(vs: VirtualService) -> Iterator[Origin]:
    for index, route in enumerate(vs.tcp):
        for position, match in enumerate(route.match):
            if match.source_subnet:
                yield vs.origin_of(match, f"spec.tcp[{index}].match[{position}].sourceSubnet")
