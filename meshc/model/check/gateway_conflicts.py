"""Gateways beside each other on the same proxies: hosts that two serve, certificates that two share, ports unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.model.workloads import Workload
from meshc.resources.check.place import Place, Places
from meshc.resources.load import Objects
from meshc.resources.networking import Gateway
from meshc.resources.networking.gateway import Server

Proxies = frozenset[Workload]


def lint_gateway_conflicts(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Compare Gateways in pairs, and each with the Services of its proxies."""
    proxies = {gateway: _proxies(mesh, gateway) for gateway in mesh.gateways}
    for first, second in combinations(mesh.gateways, 2):
        same = first.spec.selector == second.spec.selector or bool(proxies[first] & proxies[second])
        if same:
            _check_pair(first, second, places.of(second) / "spec")
    for gateway in mesh.gateways:
        _check_ports(mesh, gateway, proxies[gateway], places.of(gateway) / "spec")


def _proxies(mesh: Mesh, gateway: Gateway) -> Proxies:
    return frozenset(w for w in mesh.workloads.all if w.is_pod and selects(gateway.spec.selector, w.labels))


def _check_pair(first: Gateway, second: Gateway, at: Place) -> None:
    """Say what of the younger Gateway the older one has too."""
    for place, server in at.each("servers", second.spec.servers):
        for other in first.spec.servers:
            if server.port is None or other.port is None:
                continue
            shared = [host for host in server.hosts if host in other.hosts]
            if server.port.number == other.port.number and server.bind == other.bind and shared:
                text = f"{first.origin} serves {', '.join(shared)} at port {server.port.number} of the same proxies too"
                (place / "hosts").tell("MC0554", text)
            elif certificate(server) and certificate(server) == certificate(other):
                text = f"{first.origin} has the same certificate: browsers may reuse a connection for its hosts"
                (place / "tls").tell("MC0555", text)


def certificate(server: Server) -> Sequence[str]:
    """What tells the certificate of a server: its secret, or its files; empty without one."""
    tls = server.tls
    if tls is None:
        return ()
    if tls.credential_name:
        return (tls.credential_name,)
    return (tls.server_certificate, tls.private_key) if tls.server_certificate else ()


def _check_ports(mesh: Mesh, gateway: Gateway, proxies: Proxies, at: Place) -> None:
    """A port that no Service of the gateway's pods has cannot be called from outside of the pod."""
    known = set(_service_ports(mesh, proxies))
    for place, server in at.each("servers", gateway.spec.servers):
        if known and server.port is not None and server.port.number not in known:
            text = f"no Service of the gateway's pods has port {server.port.number}"
            (place / "port" / "number").tell("MC0556", text)


def _service_ports(mesh: Mesh, proxies: Proxies) -> Iterator[int]:
    addresses = {ip for workload in proxies for ip in workload.ips}
    namespaces = {workload.namespace for workload in proxies}
    for service in mesh.services.all:
        if service.is_kubernetes and service.namespace in namespaces:
            endpoints = mesh.endpoints.of(service)
            if any(address in addresses for endpoint in endpoints for address in endpoint.addresses):
                yield from (port.number for port in service.ports)
                yield from (endpoint.port for endpoint in endpoints)
