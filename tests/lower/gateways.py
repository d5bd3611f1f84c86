"""Short ways to get at what a gateway gets, for tests: one pod `edge` in `infra`, Gateways that select it."""

from __future__ import annotations

from typing import Any

import yaml

from meshc.findings import Sink
from meshc.ir.http_connection_manager import HttpConnectionManager
from meshc.ir.listener import FilterChain, Listener
from meshc.ir.network_filter import TcpProxy
from meshc.ir.proxy import ProxyIR
from meshc.ir.route import RouteConfiguration
from meshc.ir.route_action import Forward
from meshc.lower.checks import check_mesh, check_proxy
from meshc.lower.passes import lower
from meshc.model.mesh import Mesh
from meshc.scope.discovery import find
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope, build_scope
from tests.manifests import built, manifest, said

SELECTOR = {"istio": "edge"}


def edge_pod(*ips: str, name: str = "edge", **labels: str) -> dict[str, Any]:
    """A pod of the gateway."""
    made = manifest("Pod", name, {"containers": [{"name": "istio-proxy"}]}, "infra")
    made["metadata"]["labels"] = {"app": "edge", **SELECTOR, **labels}
    addresses = ips or ("10.244.7.1",)
    made["status"] = {"phase": "Running", "podIP": addresses[0], "podIPs": [{"ip": ip} for ip in addresses]}
    return made


def edge_service(*ports: str, name: str = "edge", age: int = 0, keep_ports: bool = False) -> dict[str, Any]:
    """A Service of the gateway; ports as `PORT:TARGET` or `PORT:TARGET:UDP`."""
    listed = []
    for text in ports:
        number, target, *transport = text.split(":")
        protocol = transport[0] if transport else "TCP"
        name_of_port = f"{protocol.lower()}-{number}"
        listed.append({"name": name_of_port, "port": int(number), "targetPort": int(target), "protocol": protocol})
    spec = {"selector": {"app": "edge"}, "clusterIP": "10.96.7.1", "ports": listed}
    made = manifest("Service", name, spec, "infra", age)
    if keep_ports:
        made["metadata"]["labels"] = {"experimental.istio.io/disable-gateway-port-translation": "true"}
    return made


def gateway(name: str, *servers: str | dict[str, Any], namespace: str = "infra", age: int = 0) -> dict[str, Any]:
    """A Gateway of the pod, servers as YAML or made by `server`."""
    given = [yaml.safe_load(server) if isinstance(server, str) else server for server in servers]
    return manifest("Gateway", name, {"selector": SELECTOR, "servers": given}, namespace, age)


def server(port: str, hosts: str, tls: str = "", **fields: Any) -> dict[str, Any]:
    """A server; port as `NUMBER/PROTOCOL` or `NUMBER/PROTOCOL/NAME`, hosts with blanks between them, TLS as YAML."""
    number, protocol, *name = port.split("/")
    made = {"port": {"number": int(number), "protocol": protocol, "name": name[0] if name else "main"}, **fields}
    made["hosts"] = hosts.split()
    if tls:
        made["tls"] = yaml.safe_load(tls)
    return made


def rules(
    name: str, hosts: str, spec: str, gateways: str = "infra/front", namespace: str = "shop", age: int = 0
) -> dict[str, Any]:
    """A VirtualService of Gateways; hosts and gateways with blanks between them."""
    made = {"hosts": hosts.split(), "gateways": gateways.split(), **yaml.safe_load(spec)}
    return manifest("VirtualService", name, made, namespace, age)


def to(host: str, port: int = 80) -> str:
    """The spec of a VirtualService that sends every request to a host."""
    return f"http: [{{route: [{{destination: {{host: {host}, port: {{number: {port}}}}}}}]}}]"


def mesh_with(*objects: dict[str, Any], config: dict[str, Any] | None = None, **features: object) -> Mesh:
    """A mesh of the gateway's pod and of other objects."""
    return built(edge_pod(), *objects, config=config, **features)[0]


def scope_of(mesh: Mesh, proxy: str = "edge.infra", **metadata: Any) -> ProxyScope:
    """The scope of the gateway; `metadata` replaces keys of its node's."""
    return build_scope(mesh, find(mesh, proxy, ProxyKind.ROUTER, metadata))


def edge(mesh: Mesh, **metadata: Any) -> ProxyIR:
    """What the gateway gets."""
    return lower(scope_of(mesh, **metadata))


def listeners(mesh: Mesh, **metadata: Any) -> dict[str, Listener]:
    """The listeners by name."""
    return {listener.name: listener.template for listener in edge(mesh, **metadata).listeners}


def chains(mesh: Mesh, **metadata: Any) -> dict[str, list[str]]:
    """The chains of each listener in short."""
    return {name: list(map(chain_text, made.chains)) for name, made in listeners(mesh, **metadata).items()}


def chain_text(chain: FilterChain) -> str:
    """`SNI[,SNI] END`, where no SNI is `*` and the end is the name of routes, or clusters."""
    names = ",".join(chain.match.server_names) if chain.match is not None else ""
    last = chain.filters[-1]
    if isinstance(last, HttpConnectionManager):
        return f"{names or '*'} {last.routes}"
    assert isinstance(last, TcpProxy)
    return f"{names or '*'} {last.cluster or '+'.join(w.cluster for w in last.weighted)}"


def routes(mesh: Mesh, **metadata: Any) -> dict[str, RouteConfiguration]:
    """The route configurations by name."""
    return {made.name: made for made in edge(mesh, **metadata).routes}


def hosts(configuration: RouteConfiguration) -> dict[str, list[str]]:
    """Where routes of each virtual host lead, under `NAME`, or `NAME DOMAIN,DOMAIN` if not for its own host alone."""
    found = {}
    for host in configuration.virtual_hosts:
        own = host.domains == (host.name.rpartition(":")[0],)
        name = host.name if own else f"{host.name} {','.join(host.domains)}"
        found[name] = [_end(route.action) for route in host.routes]
    return found


def _end(action: object) -> str:
    assert isinstance(action, Forward)
    assert isinstance(action.to, str)
    return action.to.rpartition("|")[2]


def remarks(mesh: Mesh, *codes: str, **metadata: Any) -> list[str]:
    """What is said about the gateway."""
    sink, scope = Sink(), scope_of(mesh, **metadata)
    check_mesh(mesh, sink)
    check_proxy(scope, lower(scope), sink)
    return said(sink, *codes)
