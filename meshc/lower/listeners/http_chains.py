"""HTTP chains of outbound listeners: a service's port at an address in, the chain of its connection manager out."""

from __future__ import annotations

from meshc.lower.listeners.plan import ChainPlan, HttpPlan, ListenPort
from meshc.lower.listeners.stream_chains import dns_cache_name
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.model.service import Resolution, Service

RAW_BUFFER = "raw_buffer"
"""The transport protocol of plaintext."""


def http_chain(mesh: Mesh, service: Service, port: ListenPort, bind: str, *, everywhere: bool) -> ChainPlan:
    """The chain of an HTTP port, or of the HTTP that is found on a port of undeclared protocol.

    `bind` is the listener's main address, `everywhere`: that address is all addresses. There, and where the protocol is
    sniffed, only plaintext HTTP is taken, so that the rest can go on as TCP (spec: listeners 15.1 to 15.3).
    """
    sniffed = port.protocol is Protocol.AUTO
    selective = sniffed or (everywhere and port.protocol is not Protocol.HTTP_PROXY)
    at_run_time = service.resolution is Resolution.DYNAMIC_DNS and service.is_wildcard
    return ChainPlan(
        origin=service.origin,
        end=HttpPlan(
            route_name=_route_name(service, port, bind, sniffed and not everywhere),
            grpc_web=port.protocol is Protocol.GRPC_WEB,
            dns_cache=dns_cache_name(service) if at_run_time else "",
        ),
        transport_protocol=RAW_BUFFER if selective else "",
        application_protocols=plaintext_http(mesh) if selective else (),
    )


def plaintext_http(mesh: Mesh) -> tuple[str, ...]:
    """The application protocols of HTTP without TLS, as the HTTP inspector reports them."""
    return (*(("http/1.0",) if mesh.features.pilot_http10 else ()), "http/1.1", "h2c")


def _route_name(service: Service, port: ListenPort, bind: str, of_service: bool) -> str:
    """A unix socket and a sniffed service have routes of their own; else all services of a port share them."""
    if not port.number:
        return bind
    return f"{service.hostname}:{port.number}" if of_service else str(port.number)
