"""What the proxies of a namespace see through a Sidecar resource: one object for all of them."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.findings import Origin
from meshc.model import protocol
from meshc.model.api import Destination, IstioEgressListener, Sidecar
from meshc.model.destination_rules import DestinationRule, Rules, choose
from meshc.model.hosts import is_wildcard, most_specific
from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.protocol import Protocol
from meshc.model.service import Service
from meshc.model.shared import shared
from meshc.model.virtual_services import VirtualService
from meshc.scope.destinations import destination_services
from meshc.scope.imports import EVERYTHING, Imports, imported_services, imported_virtual_services
from meshc.scope.selection import Selection


@node
class ListenerPort:
    """The port of an egress listener."""

    number: int
    protocol: Protocol
    name: str

    @property
    def service_port(self) -> int:
        """The number that a service must have to be imported; 0 where any will do, as for an HTTP proxy."""
        return 0 if self.protocol is Protocol.HTTP_PROXY else self.number


@node
class EgressListener:
    """What a sidecar may reach by one listener of its Sidecar (spec: listeners 9).

    `port` is None for the listener of all ports. `services` are in istiod's order and may hold several of one host and
    namespace. `owners` gives for a service's host the VirtualService whose host names it most specifically.
    """

    port: ListenerPort | None
    bind: str
    capture_mode: str
    services: tuple[Service, ...]
    virtual_services: tuple[VirtualService, ...]
    owners: Mapping[str, VirtualService]
    origin: Origin

    @property
    def service_port(self) -> int:
        """The one port of services that the listener is for; 0 if it is for all."""
        return 0 if self.port is None else self.port.service_port


@node
class OutboundPolicy:
    """What becomes of traffic to unknown destinations: let through, perhaps by way of an egress proxy, or refused."""

    allow_any: bool
    egress_proxy: Destination | None
    origin: Origin


@node
class SidecarScope:
    """What the proxies of a namespace see. `sidecar` is None for the default scope and for gateways.

    `services` holds one service per host: those that get clusters, destinations of VirtualServices included.
    `candidates` are the DestinationRules of each host that has some; `selective` those that only some proxies use.
    """

    namespace: str
    sidecar: Sidecar | None
    egress: tuple[EgressListener, ...]
    services: tuple[Service, ...]
    by_host: Mapping[str, Service]
    outbound_policy: OutboundPolicy
    candidates: Mapping[str, Rules]
    selective: Rules


@node
class SelectedRules:
    """The DestinationRule of each host that has one, for the proxies of a scope that the same rules select.

    Inbound traffic knows no rules of single workloads and has its own choice.
    """

    outbound: Mapping[str, DestinationRule]
    inbound: Mapping[str, DestinationRule]


@shared
def sidecar_scope(mesh: Mesh, namespace: str, sidecar: Sidecar | None) -> SidecarScope:
    """The view of a namespace through a Sidecar, which may be the root namespace's; without one it is of everything."""
    egress = _egress(mesh, namespace, sidecar)
    selection = Selection(mesh)
    for listener in egress:
        selection.add(listener.services)
        selection.add(destination_services(mesh, namespace, listener.virtual_services, listener.service_port))
    return _scope(mesh, namespace, sidecar, egress, selection)


@shared
def default_scope(mesh: Mesh, namespace: str) -> SidecarScope:
    """The view of a gateway: every service visible to its namespace, the first of each host (spec: gateways 9.1)."""
    selection = Selection(mesh)
    selection.add(mesh.services.visible(namespace))
    return _scope(mesh, namespace, None, (), selection)


@shared
def selected_rules(mesh: Mesh, scope: SidecarScope, applying: Rules) -> SelectedRules:
    """The rules of a scope for proxies to which `applying` of its selective rules apply."""
    outbound = ((host, choose(rules, applying)) for host, rules in scope.candidates.items())
    inbound = ((host, choose(rules, ())) for host, rules in scope.candidates.items())
    return SelectedRules(
        outbound={host: rule for host, rule in outbound if rule is not None},
        inbound={host: rule for host, rule in inbound if rule is not None},
    )


def applying_rules(scope: SidecarScope, labels: Mapping[str, str]) -> Rules:
    """The selective rules of a scope that apply to a proxy with these labels."""
    return tuple(rule for rule in scope.selective if rule.selector is not None and selects(rule.selector, labels))


def _scope(
    mesh: Mesh, namespace: str, sidecar: Sidecar | None, egress: tuple[EgressListener, ...], selection: Selection
) -> SidecarScope:
    services = tuple(selection.by_host.values())
    candidates = {s.hostname: rules for s in services if (rules := mesh.destination_rules.candidates(namespace, s))}
    selective = {
        rule: None
        for rules in candidates.values()
        for rule in rules
        if rule.selector is not None and rule.namespace == namespace
    }
    return SidecarScope(
        namespace=namespace,
        sidecar=sidecar,
        egress=egress,
        services=services,
        by_host=selection.by_host,
        outbound_policy=_outbound_policy(mesh, sidecar),
        candidates=candidates,
        selective=tuple(selective),
    )


def _egress(mesh: Mesh, namespace: str, sidecar: Sidecar | None) -> tuple[EgressListener, ...]:
    """The egress listeners; one for everything if the Sidecar has none."""
    if sidecar is None or not sidecar.spec.egress:
        origin = Origin() if sidecar is None else sidecar.origin
        return (_listener(mesh, namespace, IstioEgressListener(hosts=EVERYTHING), origin),)
    return tuple(
        _listener(mesh, namespace, listener, sidecar.origin_of(listener, f"spec.egress[{index}]"))
        for index, listener in enumerate(sidecar.spec.egress)
    )


def _listener(mesh: Mesh, namespace: str, listener: IstioEgressListener, origin: Origin) -> EgressListener:
    port = _port(listener)
    imports = Imports.of(listener.hosts, namespace)
    services = imported_services(mesh, namespace, imports, port.service_port if port is not None else 0)
    virtual_services = imported_virtual_services(mesh, namespace, imports)
    return EgressListener(
        port=port,
        bind=listener.bind,
        capture_mode=listener.capture_mode,
        services=services,
        virtual_services=virtual_services,
        owners=_owners(services, virtual_services),
        origin=origin,
    )


def _port(listener: IstioEgressListener) -> ListenerPort | None:
    port = listener.port
    return None if port is None else ListenerPort(port.number, protocol.parse(port.protocol), port.name)


def _owners(services: tuple[Service, ...], rules: tuple[VirtualService, ...]) -> Mapping[str, VirtualService]:
    """Of each service's host the VirtualService that names it most specifically (spec: routes 4.4)."""
    exact: dict[str, VirtualService] = {}
    wildcard: dict[str, VirtualService] = {}
    for virtual_service in rules:
        for host in virtual_service.hosts:
            (wildcard if is_wildcard(host) else exact).setdefault(host, virtual_service)
    owners = {}
    for service in services:
        host = service.hostname
        owner = exact.get(host) or (most_specific(host, wildcard) if wildcard else None)
        if owner is not None:
            owners[host] = owner
    return owners


def _outbound_policy(mesh: Mesh, sidecar: Sidecar | None) -> OutboundPolicy:
    """The Sidecar's policy replaces the mesh's as a whole (spec: listeners 8)."""
    if sidecar is not None and (policy := sidecar.spec.outbound_traffic_policy) is not None:
        origin = sidecar.origin_of(policy, "spec.outboundTrafficPolicy")
        return OutboundPolicy(policy.mode == "ALLOW_ANY", policy.egress_proxy, origin)
    of_mesh = mesh.config.outbound_traffic_policy
    return OutboundPolicy(of_mesh is not None and of_mesh.mode == "ALLOW_ANY", None, Origin())
