"""Short ways to get at the outbound listeners of a mesh's proxies, for tests."""

from __future__ import annotations

from typing import Any

from meshc.ir.http_connection_manager import HttpConnectionManager
from meshc.ir.listener import AnyListener, FilterChain, WorkloadListener
from meshc.ir.network_filter import TcpProxy
from meshc.lower.listeners.outbound_listeners import outbound_listeners
from meshc.model.mesh import Mesh
from meshc.scope.discovery import find
from meshc.scope.scope import build_scope
from tests.manifests import manifest


def pod(name: str = "client", namespace: str = "shop", ip: str = "10.244.0.9", **labels: str) -> dict[str, Any]:
    """A pod with a sidecar."""
    made = manifest("Pod", name, {"containers": [{"name": "app"}]}, namespace)
    made["metadata"]["labels"] = {"app": name, "security.istio.io/tlsMode": "istio", **labels}
    made["status"] = {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}]}
    return made


def port(protocol: str, number: int = 5000, address: str = "", age: int = 0, name: str = "") -> dict[str, Any]:
    """A ServiceEntry with one port; without an address it is for all of them."""
    full_name = f"{name or protocol.lower().replace('_', '-') or 'auto'}-{age}"
    spec: dict[str, Any] = {
        "hosts": [f"{full_name}.example.com"],
        "resolution": "STATIC",
        "ports": [{"number": number, "name": "main", "protocol": protocol}],
        "endpoints": [{"address": "192.0.2.1"}],
    }
    if address:
        spec["addresses"] = [address]
    return manifest("ServiceEntry", full_name, spec, age=age)


def listeners(mesh: Mesh, proxy: str = "client.shop", **metadata: Any) -> dict[str, AnyListener]:
    """The outbound listeners of a proxy by name; `metadata` replaces keys of its node's."""
    made = outbound_listeners(build_scope(mesh, find(mesh, proxy, metadata=metadata)))
    return {listener.name: listener for listener in made}


def ends(listener: AnyListener) -> list[str]:
    """Where the chains of a listener lead, in short; the default chain stands behind `else`."""
    default = [] if listener.default_chain is None else ["else " + end(listener.default_chain)]
    return [*map(end, listener.chains), *default]


def end(chain: FilterChain) -> str:
    """`routes NAME` of a connection manager, the cluster of a TCP proxy."""
    last = chain.filters[-1]
    if isinstance(last, HttpConnectionManager):
        return f"routes {last.routes}"
    assert isinstance(last, TcpProxy)
    return last.cluster or "+".join(w.cluster for w in last.weighted)


def manager(listener: AnyListener) -> HttpConnectionManager:
    """The connection manager of a listener."""
    whole = listener.completed() if isinstance(listener, WorkloadListener) else listener
    found = (f for chain in whole.chains for f in chain.filters)
    return next(f for f in found if isinstance(f, HttpConnectionManager))
