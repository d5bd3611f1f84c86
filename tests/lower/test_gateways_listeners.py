"""Listeners of gateways: addresses, chains of connections, TLS, and what stands in front of the chains."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.ir.address import Address
from meshc.ir.http_connection_manager import ClientCert, Codec, HttpConnectionManager
from meshc.ir.listener import Inspector, Listener
from meshc.ir.network_filter import MongoProxy, NetworkFilter, PeerExchange, TcpProxy
from meshc.ir.security import Rbac
from meshc.lower.passes import lower
from meshc.model.mesh import Mesh
from tests.lower.gateways import (
    chains,
    edge_pod,
    edge_service,
    gateway,
    listeners,
    mesh_with,
    remarks,
    rules,
    scope_of,
    server,
)
from tests.manifests import entry, manifest, mesh_of, service

TERMINATED = "{mode: SIMPLE, credentialName: cert}"
PASSED_ON = "{mode: PASSTHROUGH}"
MESH_TLS = "{mode: ISTIO_MUTUAL}"


def tcp(host: str, match: str = "", port: int = 5432) -> str:
    """A TCP route."""
    condition = f"match: [{match}], " if match else ""
    return f"{{{condition}route: [{{destination: {{host: {host}, port: {{number: {port}}}}}}}]}}"


def manager(listener: Listener) -> HttpConnectionManager:
    found = (f for chain in listener.chains for f in chain.filters if isinstance(f, HttpConnectionManager))
    return next(found)


def kinds(mesh: Mesh, name: str) -> list[type[NetworkFilter]]:
    """The filters of the first chain of a listener."""
    return [type(f) for f in listeners(mesh)[name].chains[0].filters]


@pytest.mark.parametrize(
    ("ips", "dual", "addresses"),
    [
        (("10.0.0.1",), False, ["0.0.0.0"]),
        (("fd00::1",), False, ["::"]),
        (("10.0.0.1", "fd00::1"), False, ["0.0.0.0"]),
        (("10.0.0.1", "fd00::1"), True, ["0.0.0.0", "::"]),
    ],
)
def test_without_a_bind_address_a_gateway_listens_everywhere(
    ips: tuple[str, ...], dual: bool, addresses: list[str]
) -> None:
    front = gateway("front", server("80/HTTP", "*"), server("81/HTTP", "*", bind="10.9.9.9"))
    made = listeners(mesh_of(edge_pod(*ips), front, istio_dual_stack=dual))
    assert made[f"{addresses[0]}_80"].addresses == tuple(Address(host=a, port=80) for a in addresses)
    assert made["10.9.9.9_81"].addresses == (Address(host="10.9.9.9", port=81),)


@pytest.mark.parametrize(
    ("name", "port", "tls", "prefix"),
    [
        ("", "443/HTTPS", TERMINATED, "outbound_0.0.0.0_443;"),
        ("Front Door", "443/HTTPS", TERMINATED, "Front Door"),
        ("Front Door", "443/HTTP", "", "outbound_0.0.0.0_443;"),
    ],
)
def test_statistics_of_https_servers_are_named_after_the_server(name: str, port: str, tls: str, prefix: str) -> None:
    mesh = mesh_with(gateway("front", server(port, "a.com", tls, name=name)))
    assert manager(listeners(mesh)["0.0.0.0_443"]).stat_prefix == prefix


@pytest.mark.parametrize(
    ("topology", "expected"),
    [
        ({}, (0, ClientCert.SANITIZE_SET, True, False)),
        ({"numTrustedProxies": 2, "proxyProtocol": {}}, (2, ClientCert.SANITIZE_SET, True, True)),
        ({"forwardClientCertDetails": "APPEND_FORWARD"}, (0, ClientCert.APPEND_FORWARD, True, False)),
        ({"forwardClientCertDetails": "SANITIZE"}, (0, ClientCert.SANITIZE, False, False)),
    ],
)
def test_the_topology_says_what_is_believed_and_told_of_clients(
    topology: dict[str, Any], expected: tuple[int, ClientCert, bool, bool]
) -> None:
    headers = {"forwardedClientCert": "FORWARD_ONLY"}
    config = {"defaultConfig": {"gatewayTopology": topology, "proxyHeaders": headers}}
    made = listeners(mesh_with(gateway("front", server("80/HTTP", "*")), config=config))["0.0.0.0_80"]
    settings = manager(made).settings
    told = settings.client_cert_details is not None
    balanced = [f.inspector for f in made.listener_filters] == [Inspector.PROXY_PROTOCOL]
    assert (settings.xff_trusted_hops, settings.forward_client_cert, told, balanced) == expected


def test_the_first_route_for_port_and_gateway_takes_all_connections() -> None:
    spec = ", ".join(
        [
            tcp("other-port", "{port: 9001}"),
            tcp("other-gateway", "{gateways: [infra/back]}"),
            tcp("first", "{port: 9001}, {port: 9000, sourceLabels: {app: x}, destinationSubnets: [10.0.0.0/8]}"),
            tcp("second"),
        ]
    )
    mesh = mesh_with(
        gateway("front", server("9000/TCP", "*")),
        edge_service("9000:19000"),
        rules("tcp", "db.com", f"tcp: [{spec}]", "infra/front infra/back"),
    )
    assert chains(mesh) == {"0.0.0.0_19000": ["* outbound|5432||first.shop.svc.cluster.local"]}


@pytest.mark.parametrize(
    ("hosts", "served"),
    [("*", True), ("*.com", True), ("shop/db.com", True), ("bank/db.com", False), ("db.org", False)],
)
def test_connections_go_by_the_hosts_that_server_and_rules_have_in_common(hosts: str, served: bool) -> None:
    mesh = mesh_with(gateway("front", server("9000/TCP", hosts)), rules("tcp", "db.com", f"tcp: [{tcp('db.com')}]"))
    assert bool(listeners(mesh)) is served
    assert bool(remarks(mesh, "MC0673")) is not served


def test_weights_and_rules_of_destinations() -> None:
    weighted = """
    tcp: [{route: [
      {destination: {host: one.example.com, port: {number: 80}}, weight: 30},
      {destination: {host: two.example.com, port: {number: 80}}, weight: 70},
      {destination: {host: three.example.com, port: {number: 80}}, weight: 0}]}]
    """
    pool = {"connectionPool": {"tcp": {"idleTimeout": "30s", "maxConnectionDuration": "1h"}}}
    mesh = mesh_with(
        gateway("front", server("9000/MONGO", "*")),
        rules("tcp", "db.com", weighted),
        entry("ext", "one.example.com,two.example.com"),
        manifest("DestinationRule", "one", {"host": "one.example.com", "trafficPolicy": pool}),
    )
    assert kinds(mesh, "0.0.0.0_9000")[-2:] == [MongoProxy, TcpProxy]
    proxy = listeners(mesh)["0.0.0.0_9000"].chains[0].filters[-1]
    assert isinstance(proxy, TcpProxy)
    assert [(w.cluster, w.weight) for w in proxy.weighted] == [
        ("outbound|80||one.example.com", 30),
        ("outbound|80||two.example.com", 70),
    ]
    assert (proxy.stat_prefix, proxy.idle_timeout, proxy.max_connection_duration) == (
        "tcp.shop",
        30 * 10**9,
        3600 * 10**9,
    )


def test_tls_that_is_passed_on_has_a_chain_per_match() -> None:
    spec = """
    tls:
    - {match: [{sniHosts: [b.com, a.com]}, {sniHosts: [c.com], port: 444}], route: [{destination: {host: web}}]}
    - {match: [{sniHosts: [a.com, d.com]}, {sniHosts: ["*.e.com"]}], route: [{destination: {host: api}}]}
    """
    mesh = mesh_with(
        gateway("front", server("443/TLS", "*", PASSED_ON)), rules("tls", "*.com", spec), service("web", ports="8443")
    )
    assert chains(mesh) == {
        "0.0.0.0_443": [
            "a.com,b.com outbound|8443||web.shop.svc.cluster.local",
            "*.e.com outbound|443||api.shop.svc.cluster.local",
        ]
    }
    assert remarks(mesh, "MC0674") == [
        "MC0674 VirtualService shop/tls spec.tls[1].match[0]: has no effect on port 443 of infra/front: "
        "VirtualService shop/tls spec.tls[0].match[0] has a.com there"
    ]


def test_a_service_with_one_port_is_meant_by_it_if_the_gateway_sees_the_service() -> None:
    spec = "tls: [{match: [{sniHosts: [a.com]}], route: [{destination: {host: web}}]}]"
    front, bound = gateway("front", server("443/TLS", "*", PASSED_ON)), rules("tls", "a.com", spec)
    seen = mesh_with(front, bound, service("web", ports="8443"))
    hidden = mesh_with(front, bound, service("web", ports="8443", export_to="."))
    assert chains(seen)["0.0.0.0_443"] == ["a.com outbound|8443||web.shop.svc.cluster.local"]
    assert chains(hidden)["0.0.0.0_443"] == ["a.com outbound|443||web.shop.svc.cluster.local"]


def test_names_of_passed_on_tls_are_known_per_address() -> None:
    spec = "tls: [{match: [{sniHosts: [a.com]}], route: [{destination: {host: web.com}}]}]"
    servers = [server("443/TLS/one", "a.com", PASSED_ON), server("443/TLS/two", "a.com", PASSED_ON, bind="10.1.1.1")]
    mesh = mesh_with(gateway("front", *servers), rules("tls", "a.com", spec))
    end = "a.com outbound|443||web.com"
    assert chains(mesh) == {"0.0.0.0_443": [end], "10.1.1.1_443": [end]}


def test_policies_stand_before_connections_unless_mesh_tls_is_passed_on() -> None:
    policy = manifest("AuthorizationPolicy", "deny", {"action": "DENY", "rules": [{}]}, "infra")
    front = gateway("front", server("9000/TCP", "*"), server("15443/TLS", "*.local", "{mode: AUTO_PASSTHROUGH}"))
    mesh = mesh_with(front, policy, rules("tcp", "db.com", f"tcp: [{tcp('db.com')}]"), service("web"))
    assert kinds(mesh, "0.0.0.0_9000") == [Rbac, TcpProxy]
    assert kinds(mesh, "0.0.0.0_15443") == [TcpProxy]


def test_mesh_tls_is_passed_on_to_services_and_subsets_under_the_hosts_of_the_server() -> None:
    subsets = {"host": "web.shop.svc.cluster.local", "subsets": [{"name": "v1", "labels": {"version": "v1"}}]}
    mesh = mesh_with(
        gateway("east", server("15443/TLS", "*.shop.svc.cluster.local", "{mode: AUTO_PASSTHROUGH}")),
        service("web"),
        service("api", "bank"),
        entry("ext", "out.shop.svc.cluster.local"),
        manifest("DestinationRule", "web", subsets),
    )
    made = listeners(mesh)["0.0.0.0_15443"]
    names = [chain.match.server_names for chain in made.chains if chain.match is not None]
    assert names == [("outbound_.80_._.web.shop.svc.cluster.local",), ("outbound_.80_.v1_.web.shop.svc.cluster.local",)]
    assert all(chain.match is not None and len(chain.match.application_protocols) == 5 for chain in made.chains)


@pytest.mark.parametrize(
    ("port", "tls", "alpn", "exchanges"),
    [
        ("443/HTTPS", TERMINATED, ("h2", "http/1.1"), False),
        ("443/HTTPS", MESH_TLS, ("h2", "http/1.1"), False),
        ("443/TLS", TERMINATED, ("h2", "http/1.1"), False),
        ("443/TLS", MESH_TLS, ("istio-peer-exchange", "h2", "http/1.1"), True),
        ("443/TCP", MESH_TLS, ("istio-peer-exchange", "h2", "http/1.1"), True),
    ],
)
def test_sidecars_exchange_metadata_with_servers_of_connections(
    port: str, tls: str, alpn: tuple[str, ...], exchanges: bool
) -> None:
    mesh = mesh_with(gateway("front", server(port, "db.com", tls)), rules("tcp", "db.com", f"tcp: [{tcp('db.com')}]"))
    (chain,) = listeners(mesh)["0.0.0.0_443"].chains
    assert chain.tls is not None
    assert chain.tls.alpn == alpn
    assert isinstance(chain.filters[0], PeerExchange) is exchanges


@pytest.mark.parametrize(
    ("port", "hosts", "tls", "inspected"),
    [
        ("443/HTTPS", "*", TERMINATED, True),
        ("443/TLS", "*", TERMINATED, True),
        ("80/HTTP", "a.com", "", False),
        ("80/HTTP", "a.com", "{httpsRedirect: true}", False),
        ("443/TCP", "a.com", "", False),
    ],
)
def test_tls_is_looked_at_where_it_is_used(port: str, hosts: str, tls: str, inspected: bool) -> None:
    mesh = mesh_with(gateway("front", server(port, hosts, tls)), rules("tcp", "*", f"tcp: [{tcp('db.com')}]"))
    (made,) = listeners(mesh).values()
    assert [f.inspector for f in made.listener_filters] == ([Inspector.TLS] if inspected else [])


def test_tls_for_any_name_is_inspected_though_no_name_is_matched() -> None:
    spec = 'tls: [{match: [{sniHosts: ["*"]}], route: [{destination: {host: web.com}}]}]'
    mesh = mesh_with(gateway("front", server("443/TLS", "*", PASSED_ON)), rules("tls", "*", spec))
    made = listeners(mesh)["0.0.0.0_443"]
    assert made.chains[0].match is None
    assert [f.inspector for f in made.listener_filters] == [Inspector.TLS]


def test_https_is_mirrored_over_quic_where_the_service_has_the_port_in_udp() -> None:
    front = gateway(
        "front",
        server("443/HTTPS/one", "a.com", "{mode: MUTUAL, credentialName: cert}"),
        server("443/HTTPS/two", "b.com", MESH_TLS),
        server("443/TLS/three", "c.com", TERMINATED),
        server("444/HTTPS/four", "d.com", TERMINATED),
    )
    mesh = mesh_with(front, edge_service("443:8443", "443:8443:UDP", "444:8444"), pilot_enable_quic_listeners=True)
    made = listeners(mesh)
    assert sorted(made) == ["0.0.0.0_8443", "0.0.0.0_8444", "udp_0.0.0.0_8443"]
    quic = made["udp_0.0.0.0_8443"]
    assert quic.quic
    assert quic.listener_filters == ()
    assert manager(quic).settings.codec is Codec.HTTP3
    assert manager(quic).stat_prefix == "outbound_udp_0.0.0.0_8443;"
    ends = [chain.tls for chain in quic.chains if chain.tls is not None]
    assert [tls.alpn for tls in ends] == [("h3",), ("h3",)]
    assert [tls.require_client_certificate for tls in ends] == [False, False]
    assert [tls.validation is not None for tls in ends] == [True, False]


def test_replicas_of_a_gateway_share_their_listeners() -> None:
    pods = [edge_pod("10.0.0.1", name="edge-a"), edge_pod("10.0.0.2", name="edge-b")]
    mesh = mesh_of(*pods, gateway("front", server("80/HTTP", "*")))
    first, second = (lower(scope_of(mesh, f"{name}.infra")) for name in ("edge-a", "edge-b"))
    assert first.listeners[0] is second.listeners[0]
    assert first.routes[0] is second.routes[0]
