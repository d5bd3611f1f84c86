"""The ports of a workload in, the clusters of its application out (spec: clusters 16.2, 16.3; inbound 13, 14)."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Iterator, Sequence

from meshc.frozen import frozen
from meshc.ir.cluster import (
    Cluster,
    ClusterMetadata,
    CommonLb,
    Discovery,
    LbPolicy,
)
from meshc.ir.duration import SECOND
from meshc.ir.endpoint import EndpointGroup, LbEndpoint, LocalityEndpoints
from meshc.lower.clusters.client import ClusterClient
from meshc.lower.clusters.connection_pool import circuit_breaker, connect_timeout, keepalive
from meshc.lower.clusters.http import limited, of_protocol
from meshc.lower.clusters.metadata import rule_path, service_references
from meshc.lower.clusters.outbound import original_destination
from meshc.lower.clusters.static import source_address
from meshc.lower.names import expand_stat_name, inbound_cluster_name, stat_names
from meshc.model.api import ConnectionPoolSettings, IstioIngressListener, Sidecar, SidecarPort
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.protocol import parse
from meshc.model.service import Registry, Resolution, Service, ServicePort
from meshc.model.shared import shared
from meshc.model.traffic_policy import NO_POLICY, effective_policy
from meshc.scope.proxy import IpMode, Proxy
from meshc.scope.scope import ProxyScope
from meshc.scope.targets import ServiceTarget

LOCALHOST_V4 = "127.0.0.1"
LOCALHOST_V6 = "::1"

_NEVER = 9_223_372_035 * SECOND
"""Destinations are never forgotten: the longest interval that Envoy takes."""

UNIX = "unix://"

_ANY = {"0.0.0.0": 4, "::": 6}
"""The addresses that stand for the proxy's own, by IP version."""


@frozen
class Application:
    """Where an inbound cluster leads: an address and a port, or a socket's path and port 0."""

    address: str
    port: int

    @property
    def is_localhost(self) -> bool:
        """Reached without leaving the loopback interface, where no traffic is redirected."""
        return self.address in (LOCALHOST_V4, LOCALHOST_V6)


@frozen
class Served:
    """What an inbound cluster is for: a port of the workload, the service port that speaks for it, all services."""

    number: int
    service: Service
    port: ServicePort
    services: tuple[Service, ...]


def inbound_clusters(scope: ProxyScope, client: ClusterClient) -> tuple[Cluster, ...]:
    """The clusters of the workload's ports, by service targets or by the ingress listeners of its Sidecar."""
    sidecar = scope.sidecar.sidecar
    if sidecar is None or not sidecar.spec.ingress:
        intercepted = scope.proxy.metadata.get("INTERCEPTION_MODE") != "NONE"
        return tuple(_of_targets(scope, client, scope.targets)) if intercepted else ()
    ingress = sidecar.spec.ingress
    made = list(_of_ingress(scope, client, sidecar))
    if scope.mesh.features.pilot_allow_sidecar_service_inbound_listener_merge:
        taken = {listener.port.number for listener in ingress if listener.port is not None}
        made.extend(_of_targets(scope, client, [t for t in scope.targets if t.target_port not in taken]))
    return tuple(made)


def _of_targets(scope: ProxyScope, client: ClusterClient, targets: Sequence[ServiceTarget]) -> Iterator[Cluster]:
    """One cluster per target port; the first service there speaks for all."""
    by_port: dict[int, list[ServiceTarget]] = {}
    for target in targets:
        by_port.setdefault(target.target_port, []).append(target)
    for number, found in by_port.items():
        first = found[0]
        services: dict[str, Service] = {}
        for target in found:
            if target.port.number == first.port.number:
                services.setdefault(target.service.hostname, target.service)
        served = Served(number, first.service, first.port, tuple(services.values()))
        yield _cluster(scope, client, served, _application(scope, number))


def _application(scope: ProxyScope, number: int) -> Application | None:
    """Where services' traffic goes by mesh config: on to where it was going, or to localhost."""
    policy = scope.mesh.config.inbound_traffic_policy
    if policy is None or policy.mode == "PASSTHROUGH":
        return None
    localhost = LOCALHOST_V6 if scope.proxy.ip_mode is IpMode.IPV6 else LOCALHOST_V4
    return Application(localhost, number)


def _of_ingress(scope: ProxyScope, client: ClusterClient, sidecar: Sidecar) -> Iterator[Cluster]:
    """One cluster per ingress listener, under the first service that leads to its port or one that stands in for it."""
    for listener in sidecar.spec.ingress:
        endpoint = listener.default_endpoint
        if listener.port is None or (endpoint and _split(endpoint) is None):
            continue
        number = listener.port.number
        known = next((t.service for t in scope.targets if t.target_port == number), None)
        service = known or _stand_in(scope.mesh, sidecar, scope.proxy.namespace)
        port = _listener_port(scope.mesh, listener)
        yield _cluster(scope, client, Served(number, service, port, (service,)), _declared(scope.proxy, endpoint))


@shared
def _listener_port(mesh: Mesh, listener: IstioIngressListener) -> ServicePort:
    """The port of an ingress listener; its protocol is the declared one, whatever the service says."""
    port = listener.port or SidecarPort()
    return ServicePort(port.name, port.number, parse(port.protocol))


_HOST_PORT = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<host>[^:\[\]]*)):(?P<port>[0-9]+)", re.ASCII)


def _split(endpoint: str) -> Application | None:
    """A `defaultEndpoint` in its parts; None without a port, or with an IPv6 address that is not in brackets."""
    if endpoint.startswith(UNIX):
        return Application(endpoint.removeprefix(UNIX), 0)
    found = _HOST_PORT.fullmatch(endpoint)
    return Application(found["bracketed"] or found["host"] or "", int(found["port"])) if found else None


def default_endpoint_is_ignored(endpoint: str) -> bool:
    """A `defaultEndpoint` that is no address of the workload: traffic goes on to where it was going, or nowhere."""
    if not endpoint:
        return False
    where = _split(endpoint)
    return where is None or not (endpoint.startswith(UNIX) or where.is_localhost or where.address in _ANY)


def _declared(proxy: Proxy, endpoint: str) -> Application | None:
    """Where a `defaultEndpoint` leads on a proxy with these addresses; None: to where the connection was going."""
    where = _split(endpoint)
    if where is None or endpoint.startswith(UNIX):
        return where
    if where.is_localhost:
        return Application(_localhost(proxy.ip_mode, where.address), where.port)
    if where.address not in _ANY:
        return None
    version = _ANY[where.address]
    own = next((ip for ip in proxy.ips if ipaddress.ip_address(ip).version == version), None)
    return Application(own or (LOCALHOST_V6 if version == 6 else LOCALHOST_V4), where.port)


def _localhost(mode: IpMode, wanted: str) -> str:
    """The loopback address of a family that the proxy has."""
    if mode is IpMode.DUAL:
        return wanted
    return LOCALHOST_V6 if mode is IpMode.IPV6 else LOCALHOST_V4


@shared
def _stand_in(mesh: Mesh, sidecar: Sidecar, namespace: str) -> Service:
    """A stand-in for the service of a port that none leads to; `namespace` is the proxy's, wherever the Sidecar is."""
    return Service(
        hostname=f"{sidecar.meta.name}.{namespace}",
        name=sidecar.meta.name,
        namespace=namespace,
        registry=Registry.EXTERNAL,
        created=-math.inf,
        resolution=Resolution.CLIENT_SIDE_LB,
        ports=(),
        origin=sidecar.origin,
        mesh_external=True,
    )


def _cluster(scope: ProxyScope, client: ClusterClient, served: Served, application: Application | None) -> Cluster:
    rule = scope.inbound_rule(served.service)
    pool = _sidecar_pool(scope.sidecar.sidecar, served.number)
    return _shared_cluster(scope.mesh, client, served, application, rule, pool, scope.proxy.ip_mode)


def _sidecar_pool(sidecar: Sidecar | None, number: int) -> ConnectionPoolSettings | None:
    """The connection pool of a port in a Sidecar: the ingress listener's, else the one for all inbound traffic."""
    if sidecar is None:
        return None
    pools = (i.connection_pool for i in sidecar.spec.ingress if i.port is not None and i.port.number == number)
    return next((pool for pool in pools if pool is not None), sidecar.spec.inbound_connection_pool)


@shared
def _shared_cluster(
    mesh: Mesh,
    client: ClusterClient,
    served: Served,
    application: Application | None,
    rule: DestinationRule | None,
    sidecar_pool: ConnectionPoolSettings | None,
    ip_mode: IpMode,
) -> Cluster:
    """The cluster of a port; a Sidecar's connection pool replaces that of the rule."""
    with_policy = rule is not None and rule.traffic_policy is not None
    policy = effective_policy(rule, served.port) if with_policy else NO_POLICY
    pool = sidecar_pool or policy.connection_pool
    name = inbound_cluster_name(served.number)
    bound = application is None or not application.is_localhost
    return Cluster(
        name=name,
        origin=served.service.origin,
        discovery=Discovery.ORIGINAL_DST if application is None else Discovery.STATIC,
        connect_timeout=connect_timeout(mesh, pool),
        stat_name=_stat_name(mesh, served),
        lb_policy=LbPolicy.CLUSTER_PROVIDED if application is None else LbPolicy.ROUND_ROBIN,
        lb_settings=original_destination(served.service, served.port) if application is None else None,
        common_lb=CommonLb(),
        circuit_breaker=circuit_breaker(mesh, pool, policy.retry_budget),
        keepalive=keepalive(mesh, pool),
        http=limited(of_protocol(served.port.protocol, client), pool),
        source_address=source_address(ip_mode, both=mesh.features.istio_dual_stack) if bound else None,
        endpoints=_endpoints(name, served, application) if application is not None else None,
        cleanup_interval=_NEVER if application is None else None,
        metadata=_metadata(mesh, served, rule if with_policy else None),
    )


def _stat_name(mesh: Mesh, served: Served) -> str:
    pattern = mesh.config.inbound_cluster_stat_name or inbound_cluster_name(served.number)
    return expand_stat_name(pattern, stat_names(served.service, served.port), target_port=served.number) + ";"


def _endpoints(name: str, served: Served, application: Application) -> EndpointGroup:
    endpoint = LbEndpoint(address=application.address, port=application.port)
    return EndpointGroup(
        name=name, origin=served.service.origin, localities=(LocalityEndpoints(endpoints=(endpoint,)),)
    )


def _metadata(mesh: Mesh, served: Served, rule: DestinationRule | None) -> ClusterMetadata | None:
    """The services of the port; nothing, not even the rule, where the first of them is outside of the mesh."""
    services = service_references(mesh, served.services)
    if served.service.mesh_external or not services:
        return None
    return ClusterMetadata(services=services, config=rule_path(rule) if rule is not None else "")
