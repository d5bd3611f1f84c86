"""Servers of Gateways: the ports they are bound to, who shares a listener with whom, and who loses."""

from __future__ import annotations

import pytest

from meshc.model.gateways import servers
from tests.lower.gateways import (
    chains,
    edge_service,
    gateway,
    hosts,
    listeners,
    mesh_with,
    remarks,
    routes,
    rules,
    server,
    to,
)
from tests.manifests import mesh_of

TERMINATED = "{mode: SIMPLE, credentialName: cert}"
TCP_ROUTE = "tcp: [{route: [{destination: {host: db.example.com, port: {number: 5432}}}]}]"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a.com", ["a.com"]),
        ("shop/a.com", ["shop/a.com"]),
        ("./a.com", ["infra/a.com"]),
        ("*/a.com", ["a.com"]),
        ("*/*.com shop/b.com", ["*.com", "shop/b.com"]),
        ("a.com */* shop/b.com", ["*"]),
        ("./*", ["infra/*"]),
    ],
)
def test_hosts_of_servers(written: str, read: list[str]) -> None:
    mesh = mesh_of(gateway("front", server("80/HTTP", written)))
    (one,) = servers(mesh, mesh.gateways[0])
    assert list(one.hosts) == read


@pytest.mark.parametrize(
    ("port", "tls", "bind", "name"),
    [
        ("80/HTTP", "", "", "http.8080"),
        ("80/HTTP", "{httpsRedirect: true}", "", "http.8080"),
        ("80/grpc-web", "", "10.0.0.1", "http.8080.10.0.0.1"),
        ("443/HTTPS/secure", TERMINATED, "", "https.443.secure.front.infra"),
        ("443/HTTPS/secure", TERMINATED, "10.0.0.1", "https.443.secure.front.infra.10.0.0.1"),
        ("443/HTTPS/secure", "{mode: PASSTHROUGH}", "", ""),
        ("443/HTTPS/secure", "{}", "", ""),
        ("443/TLS/secure", TERMINATED, "", ""),
        ("80/TCP", "", "", ""),
    ],
)
def test_names_of_routes_have_the_bound_port_for_http_and_the_own_for_https(
    port: str, tls: str, bind: str, name: str
) -> None:
    made = server(port, "*", tls, bind=bind)
    if tls == "{}":
        made["tls"] = {}
    mesh = mesh_of(gateway("front", made))
    (one,) = servers(mesh, mesh.gateways[0])
    assert one.route_name(8080) == name


def test_the_first_service_with_the_port_decides_what_is_bound() -> None:
    front = gateway("front", server("80/HTTP", "*"), server("81/HTTP", "*"), server("82/HTTP", "*"))
    mesh = mesh_with(
        front,
        edge_service("80:8080", "81:8080", name="old", age=1),
        edge_service("80:9080", "82:8082", name="young", age=2),
    )
    assert list(chains(mesh)) == ["0.0.0.0_8080", "0.0.0.0_81", "0.0.0.0_8082"]


def test_two_ports_of_a_service_that_lead_to_one_are_one_port() -> None:
    front = gateway("front", server("80/HTTP", "*"), server("81/HTTP", "*"))
    assert list(chains(mesh_with(front, edge_service("80:8080", "81:8080")))) == ["0.0.0.0_8080", "0.0.0.0_81"]


def test_a_service_may_opt_out_of_port_translation() -> None:
    front = gateway("front", server("80/HTTP", "*"))
    assert list(chains(mesh_with(front, edge_service("80:8080", keep_ports=True)))) == ["0.0.0.0_80"]


def test_a_pod_without_privileges_does_not_bind_low_ports() -> None:
    mesh = mesh_with(gateway("front", server("80/HTTP", "*"), server("8080/HTTP", "*")))
    assert list(listeners(mesh, UNPRIVILEGED_POD="true")) == ["0.0.0.0_8080"]
    assert remarks(mesh, "MC0672", UNPRIVILEGED_POD="true") == [
        "MC0672 Gateway infra/front spec.servers[0]: has no listener: its pod may not bind port 80, "
        "which only privileged processes can"
    ]


def test_http_of_all_gateways_on_a_port_shares_a_chain_and_routes() -> None:
    mesh = mesh_with(
        gateway("front", server("80/GRPC-WEB", "a.com")),
        gateway("back", server("80/HTTP", "b.com"), age=1),
        rules("a", "a.com", to("a.example.com")),
        rules("b", "b.com", to("b.example.com"), "infra/back"),
    )
    assert chains(mesh) == {"0.0.0.0_80": ["* http.80"]}
    assert hosts(routes(mesh)["http.80"]) == {"a.com:80": ["a.example.com"], "b.com:80": ["b.example.com"]}


def test_https_goes_with_http_only_if_it_comes_first() -> None:
    secure, clear = server("80/HTTPS/secure", "a.com", TERMINATED), server("80/HTTP", "*")
    assert chains(mesh_with(gateway("front", secure, clear))) == {
        "0.0.0.0_80": ["a.com https.80.secure.front.infra", "* http.80"]
    }
    mesh = mesh_with(gateway("front", clear, secure))
    assert chains(mesh) == {"0.0.0.0_80": ["* http.80"]}
    assert remarks(mesh, "MC0670") == [
        "MC0670 Gateway infra/front spec.servers[1]: is not served on port 80: "
        "Gateway infra/front spec.servers[0] serves HTTP there"
    ]


def test_of_two_tcp_servers_on_a_port_the_second_needs_an_address_of_its_own() -> None:
    mesh = mesh_with(
        gateway(
            "front",
            server("9000/TCP/one", "*"),
            server("9000/TCP/two", "*"),
            server("9000/TCP/three", "*", bind="10.1.1.1"),
        ),
        rules("db", "db.com", TCP_ROUTE),
    )
    cluster = "outbound|5432||db.example.com"
    assert chains(mesh) == {"0.0.0.0_9000": [f"* {cluster}"], "10.1.1.1_9000": [f"* {cluster}"]}
    assert len(remarks(mesh, "MC0670")) == 1


def test_a_server_with_a_host_that_another_has_over_tls_is_left_out_as_a_whole() -> None:
    mesh = mesh_with(
        gateway("front", server("443/HTTPS/one", "a.com b.com", TERMINATED)),
        gateway("back", server("443/HTTPS/two", "b.com c.com", TERMINATED), age=1),
        gateway("last", server("443/HTTPS/three", "c.com", TERMINATED), age=2),
    )
    assert chains(mesh) == {
        "0.0.0.0_443": ["a.com,b.com https.443.one.front.infra", "c.com https.443.three.last.infra"]
    }
    assert remarks(mesh, "MC0671") == [
        "MC0671 Gateway infra/back spec.servers[0]: is not served on port 443: "
        "Gateway infra/front spec.servers[0] has host b.com there"
    ]


def test_hosts_of_two_namespaces_are_two_hosts_until_envoy_sees_them() -> None:
    mesh = mesh_with(
        gateway("front", server("443/HTTPS/one", "shop/a.com", TERMINATED)),
        gateway("back", server("443/HTTPS/two", "bank/a.com", TERMINATED), age=1),
    )
    assert len(chains(mesh)["0.0.0.0_443"]) == 2
    assert remarks(mesh, "MC0675") == [
        "MC0675 Gateway infra/back spec.servers[0]: takes connections for a.com, as "
        "Gateway infra/front spec.servers[0] does: Envoy refuses listener 0.0.0.0_443"
    ]


def test_redirecting_servers_are_among_those_that_may_not_share_hosts() -> None:
    redirect = server("80/HTTP", "*", "{httpsRedirect: true}")
    mesh = mesh_with(
        gateway("front", redirect),
        gateway("back", redirect, age=1),
        rules("b", "b.com", to("b.example.com"), "infra/back"),
    )
    assert hosts(routes(mesh)["http.80"]) == {"*:80": []}


def test_gateways_are_read_oldest_first_then_by_name_and_namespace() -> None:
    mesh = mesh_with(
        gateway("b", server("443/HTTPS/x", "a.com", TERMINATED), namespace="infra", age=1),
        gateway("a", server("443/HTTPS/x", "a.com", TERMINATED), namespace="shop", age=1),
        gateway("a", server("443/HTTPS/x", "a.com", TERMINATED), namespace="bank", age=1),
    )
    assert chains(mesh) == {"0.0.0.0_443": ["a.com https.443.x.a.bank"]}


def test_gateways_may_be_limited_to_the_namespace_of_the_proxy() -> None:
    objects = gateway("front", server("80/HTTP", "*"), namespace="shop"), gateway("own", server("81/HTTP", "*"))
    assert list(chains(mesh_with(*objects))) == ["0.0.0.0_80", "0.0.0.0_81"]
    assert list(chains(mesh_with(*objects, pilot_scope_gateway_to_namespace=True))) == ["0.0.0.0_81"]


def test_without_a_gateway_there_is_nothing_to_listen_for() -> None:
    assert chains(mesh_with()) == {}
