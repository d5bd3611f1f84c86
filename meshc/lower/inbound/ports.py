"""A proxy's scope in, the ports of its workload that get filter chains of their own out (spec: inbound 2, 14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from meshc.findings import Origin
from meshc.ir.node import value
from meshc.lower.inbound.client import InboundClient, own_addresses
from meshc.lower.listeners.client import is_everywhere
from meshc.lower.names import StatNames, config_path, inbound_cluster_name, stat_names
from meshc.lower.notes import Note
from meshc.model.api import IstioIngressListener, MeshConfig, ServerTLSSettings, Sidecar, SidecarPort
from meshc.model.policies import MtlsMode
from meshc.model.protocol import Protocol, parse
from meshc.scope.scope import ProxyScope
from meshc.scope.targets import ServiceTarget


@value
class InboundPort:
    """A port of the workload, and the service that names its traffic.

    `number` is the workload's; `names` are those of the service and of its port, or of the Sidecar that declares the
    port. `real`: a socket is bound, to `binds`, the main address first. `config` is the API path of that Sidecar, `tls`
    what it says about TLS.
    """

    number: int
    protocol: Protocol
    binds: tuple[str, ...]
    real: bool
    origin: Origin
    cluster: str
    names: StatNames
    config: str = ""
    tls: ServerTLSSettings | None = None

    @property
    def name(self) -> str:
        """The name of the port's chains, and of its listener if it has one."""
        return f"{self.binds[0]}_{self.number}"


@dataclass(slots=True)
class _Ports:
    """The ports so far, by their numbers: the first to ask for a number has it."""

    by_number: dict[int, InboundPort] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def add(self, port: InboundPort, source: str) -> None:
        winner = self.by_number.setdefault(port.number, port)
        if winner is not port:
            message = (
                f"{source} leads to port {port.number}, which {winner.origin} has; it does not name the traffic there"
            )
            self.notes.append(Note(code="MC0661", origin=port.origin, message=message))

    def leave_out(self, origin: Origin, source: str, why: str) -> None:
        self.notes.append(Note(code="MC0660", origin=origin, message=f"{source} gets no filter chain: {why}"))

    def ignore_tls(self, port: InboundPort, why: str) -> None:
        self.notes.append(Note(code="MC0662", origin=port.origin, message=f"`tls` has no effect: {why}"))


def inbound_ports(scope: ProxyScope, client: InboundClient) -> tuple[tuple[InboundPort, ...], tuple[Note, ...]]:
    """The ports in ascending order; and which were left out or taken by another."""
    ports = _Ports()
    sidecar = scope.sidecar.sidecar
    if sidecar is None or not sidecar.spec.ingress:
        if client.captures:
            _add_targets(ports, scope.mesh.config, client, scope.targets)
    else:
        if scope.mesh.features.pilot_allow_sidecar_service_inbound_listener_merge:
            taken = declared_ports(sidecar)
            _add_targets(ports, scope.mesh.config, client, (t for t in scope.targets if t.target_port not in taken))
        _add_ingress(ports, scope, client, sidecar)
    return tuple(port for _, port in sorted(ports.by_number.items())), tuple(ports.notes)


def served_ports(scope: ProxyScope) -> frozenset[int]:
    """The ports that somebody declares, whether they get chains or not."""
    sidecar = scope.sidecar.sidecar
    if sidecar is not None and sidecar.spec.ingress:
        return declared_ports(sidecar)
    return frozenset(target.target_port for target in scope.targets)


def declared_ports(sidecar: Sidecar) -> frozenset[int]:
    """The ports of a Sidecar's ingress listeners."""
    return frozenset(listener.port.number for listener in sidecar.spec.ingress if listener.port is not None)


def _add_targets(ports: _Ports, config: MeshConfig, client: InboundClient, targets: Iterable[ServiceTarget]) -> None:
    """The ports that services lead to; not those of the proxy itself."""
    reserved = {config.proxy_listen_port, config.proxy_inbound_listen_port, *client.static_ports}
    real = not client.captures
    for target in targets:
        source = f"port {target.port.number} of {target.service.hostname}"
        if target.target_port in reserved or not client.may_bind(target.target_port, real=real):
            ports.leave_out(target.service.origin, source, f"port {target.target_port} is the proxy's")
        else:
            ports.add(_of_target(client, target), source)


def _of_target(client: InboundClient, target: ServiceTarget) -> InboundPort:
    return InboundPort(
        number=target.target_port,
        protocol=target.port.protocol,
        binds=client.wildcards,
        real=not client.captures,
        origin=target.service.origin,
        cluster=inbound_cluster_name(target.target_port),
        names=stat_names(target.service, target.port),
    )


def _add_ingress(ports: _Ports, scope: ProxyScope, client: InboundClient, sidecar: Sidecar) -> None:
    """The ports that a Sidecar declares."""
    default_binds = own_addresses(scope.proxy, client)
    for index, listener in enumerate(sidecar.spec.ingress):
        if listener.port is None:
            continue
        origin = sidecar.origin_of(listener, f"spec.ingress[{index}]")
        made = _of_ingress(scope, client, sidecar, listener, origin, default_binds)
        if not client.may_bind(made.number, real=made.real):
            ports.leave_out(origin, "the listener", f"port {made.number} is privileged")
        elif made.number in client.static_ports and is_everywhere(listener.bind, made.protocol, client.wildcards[0]):
            ports.leave_out(origin, "the listener", f"port {made.number} is the proxy's")
        else:
            ports.add(_with_tls(ports, scope, listener, made), "the listener")


def _of_ingress(
    scope: ProxyScope,
    client: InboundClient,
    sidecar: Sidecar,
    listener: IstioIngressListener,
    origin: Origin,
    default_binds: tuple[str, ...],
) -> InboundPort:
    """A declared port; the Sidecar, in the namespace of the proxy, stands in for a service."""
    port = listener.port or SidecarPort()
    namespace, name = scope.proxy.namespace, sidecar.meta.name
    host = f"{name}.{namespace}"
    return InboundPort(
        number=port.number,
        protocol=parse(port.protocol),
        binds=(listener.bind,) if listener.bind else default_binds,
        real=listener.capture_mode == "NONE" or (listener.capture_mode == "DEFAULT" and not client.captures),
        origin=origin,
        cluster=inbound_cluster_name(port.number),
        names=StatNames(qualified=host, hostname=host, short=host, port=port.number, port_name=port.name),
        config=config_path("sidecar", namespace, name),
    )


_TERMINATED = {Protocol.HTTPS: Protocol.HTTP, Protocol.TLS: Protocol.TCP}
"""Protocols within TLS -> what is left once it is taken off."""


def _with_tls(ports: _Ports, scope: ProxyScope, listener: IstioIngressListener, port: InboundPort) -> InboundPort:
    """The port with its own TLS, which istiod looks at only under a flag; its protocol is then that within TLS."""
    if listener.tls is None:
        return port
    if not scope.mesh.features.enable_tls_on_sidecar_ingress:
        ports.ignore_tls(port, "istiod runs without ENABLE_TLS_ON_SIDECAR_INGRESS")
        return port
    if scope.peer.at(port.number) is not MtlsMode.DISABLE:
        ports.ignore_tls(port, f"the mesh's own TLS is not off for port {port.number}")
    return replace(port, tls=listener.tls, protocol=_TERMINATED.get(port.protocol, port.protocol))
