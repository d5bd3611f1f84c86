"""Short ways to get at what arrives at a workload, for tests: one pod `web` with the services that a test gives it."""

from __future__ import annotations

from typing import Any

from meshc.findings import Sink
from meshc.ir.listener import FilterChain, Listener
from meshc.lower.inbound.inbound_listeners import inbound_listeners, inbound_notes
from meshc.model.mesh import Mesh
from meshc.scope.discovery import find
from meshc.scope.scope import ProxyScope, build_scope
from tests.lower.listeners import pod
from tests.manifests import manifest, said

WEB = pod("web")


def web_service(*ports: tuple[str, int, int], name: str = "web", age: int = 0) -> dict[str, Any]:
    """A Service of the pod; ports as (name, port, target port)."""
    listed = [{"name": port_name, "port": number, "targetPort": target} for port_name, number, target in ports]
    return manifest("Service", name, {"selector": {"app": "web"}, "clusterIP": "10.96.0.9", "ports": listed}, age=age)


def sidecar(*ingress: dict[str, Any], namespace: str = "shop") -> dict[str, Any]:
    """A Sidecar with ingress listeners."""
    return manifest("Sidecar", "own", {"ingress": list(ingress)}, namespace)


def scope_of(mesh: Mesh, proxy: str = "web.shop", **metadata: Any) -> ProxyScope:
    """The scope of a proxy; `metadata` replaces keys of its node's."""
    return build_scope(mesh, find(mesh, proxy, metadata=metadata))


def inbound(mesh: Mesh, proxy: str = "web.shop", **metadata: Any) -> dict[str, Listener]:
    """The inbound listeners by name."""
    return {listener.name: listener for listener in inbound_listeners(scope_of(mesh, proxy, **metadata))}


def chains(mesh: Mesh, **metadata: Any) -> list[str]:
    """The chains of `virtualInbound` in short; the first one, for the port of the listener itself, is left out."""
    return [chain_text(chain) for chain in inbound(mesh, **metadata)["virtualInbound"].chains[1:]]


def chain_text(chain: FilterChain) -> str:
    """`NAME PORT TRANSPORT ALPN`, with `+mtls` where a client has to show a certificate."""
    match = chain.match
    assert match is not None
    words = [chain.name, str(match.destination_port or "*"), match.transport_protocol]
    words += [",".join(match.application_protocols)] if match.application_protocols else []
    words += ["+mtls"] if chain.tls is not None and chain.tls.require_client_certificate else []
    return " ".join(words)


def remarks(mesh: Mesh, *codes: str, **metadata: Any) -> list[str]:
    """What is said about the proxy's inbound side."""
    sink = Sink()
    for note in inbound_notes(scope_of(mesh, **metadata)):
        note.report(sink)
    return said(sink, *codes)
