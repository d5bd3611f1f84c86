"""Services that ask for one address: who gets it, who shares it, and what is remembered of the losers."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.ir.listener import Inspector
from tests.lower.listeners import ends, listeners, pod, port
from tests.manifests import manifest, mesh_of

ANY = "0.0.0.0_5000"
PASSTHROUGH = "else PassthroughCluster"


def cluster(protocol: str, age: int) -> str:
    return f"outbound|5000||{protocol}-{age}.example.com"


@pytest.mark.parametrize(
    ("first", "second", "chains", "lost"),
    [
        ("HTTP", "HTTP", ["routes 5000", PASSTHROUGH], 0),
        ("HTTP", "TCP", ["routes 5000", "else " + cluster("tcp", 1)], 0),
        ("TCP", "HTTP", ["routes 5000", "else " + cluster("tcp", 0)], 0),
        ("TCP", "TCP", [cluster("tcp", 0)], 1),
        ("TLS", "TLS", [cluster("tls", 0), cluster("tls", 1), PASSTHROUGH], 0),
        ("TLS", "TCP", [cluster("tls", 0), "else " + cluster("tcp", 1)], 0),
        ("HTTP", "", ["routes 5000", PASSTHROUGH], 1),
        ("", "HTTP", ["routes 5000", "else " + cluster("auto", 0)], 0),
        ("TCP", "", ["routes 5000", "else " + cluster("tcp", 0)], 1),
        ("MYSQL", "HTTP", [cluster("mysql", 0)], 1),
        ("MONGO", "MONGO", [cluster("mongo", 0)], 1),
        ("MONGO", "TCP", [cluster("mongo", 0)], 1),
        ("HTTP", "HTTP_PROXY", ["routes 5000"], 1),
        ("MONGO", "HTTP_PROXY", ["routes 5000"], 1),
        ("HTTP_PROXY", "MONGO", ["routes 5000"], 1),
        ("HTTP_PROXY", "HTTP", ["routes 5000"], 0),
    ],
)
def test_two_services_on_all_addresses(first: str, second: str, chains: list[str], lost: int) -> None:
    found = listeners(mesh_of(pod(), port(first, age=0), port(second, age=1)))[ANY]
    assert ends(found) == chains
    assert len(found.shadowed) == lost


def test_a_loser_knows_its_winner() -> None:
    found = listeners(mesh_of(pod(), port("TCP", age=0), port("TCP", age=1)))[ANY]
    assert [(s.winner.name, s.loser.name) for s in found.shadowed] == [("tcp-0", "tcp-1")]


def test_an_older_service_wins_whatever_its_name() -> None:
    found = listeners(mesh_of(pod(), port("TCP", age=5, name="a"), port("TCP", age=1, name="z")))[ANY]
    assert ends(found) == ["outbound|5000||z-1.example.com"]


def test_ranges_are_compared_without_host_bits() -> None:
    mesh = mesh_of(
        pod(),
        port("TCP", address="10.1.2.3/8", age=0),
        port("TCP", address="10.9.9.9/8", age=1),
        port("TCP", address="11.0.0.0/8", age=2),
    )
    found = listeners(mesh)[ANY]
    assert ends(found) == [cluster("tcp", 0), cluster("tcp", 2), PASSTHROUGH]
    first = found.chains[0].match
    assert first is not None
    assert [(r.address, r.length) for r in first.prefix_ranges] == [("10.1.2.3", 8)]


def test_undeclared_protocol_replaces_http_where_an_application_calls_the_proxy() -> None:
    found = listeners(mesh_of(pod(), port("HTTP", age=0), port("", age=1)), INTERCEPTION_MODE="NONE")
    assert ends(found["127.0.0.1_5000"]) == ["routes auto-1.example.com:5000", "else " + cluster("auto", 1)]
    assert "virtualOutbound" not in found


def test_inspectors_look_for_what_chains_match() -> None:
    def inspectors(*protocols: str) -> list[Inspector]:
        services = (port(protocol, age=age) for age, protocol in enumerate(protocols))
        return [f.inspector for f in listeners(mesh_of(pod(), *services))[ANY].template.listener_filters]

    assert inspectors("TCP") == []
    assert inspectors("HTTP") == [Inspector.HTTP]
    assert inspectors("TLS") == [Inspector.TLS]
    assert inspectors("TLS", "HTTP") == [Inspector.TLS, Inspector.HTTP]


EGRESS: dict[str, tuple[dict[str, Any], str, bool | None, list[str]]] = {
    "HTTP on a port": ({"port": {"number": 5000, "protocol": "HTTP"}}, ANY, False, ["routes 5000", PASSTHROUGH]),
    "a port of TCP": ({"port": {"number": 5000, "protocol": "TCP"}}, ANY, False, [cluster("http", 0)]),
    "a bind": (
        {"port": {"number": 5000, "protocol": "TCP"}, "bind": "127.0.0.2"},
        "127.0.0.2_5000",
        False,
        [cluster("http", 0)],
    ),
    "no capture": (
        {"port": {"number": 5000, "protocol": "HTTP"}, "captureMode": "NONE"},
        "127.0.0.1_5000",
        None,
        ["routes 5000"],
    ),
    "a unix socket": (
        {"port": {"number": 0, "protocol": "HTTP"}, "bind": "unix:///run/app"},
        "unix:///run/app_0",
        None,
        ["routes unix:///run/app"],
    ),
    "an HTTP proxy": ({"port": {"number": 3128, "protocol": "HTTP_PROXY"}}, "0.0.0.0_3128", False, ["routes 3128"]),
}


@pytest.mark.parametrize("recipe", EGRESS)
def test_egress_listeners_of_a_sidecar(recipe: str) -> None:
    egress, name, bind_to_port, chains = EGRESS[recipe]
    sidecar = manifest("Sidecar", "default", {"egress": [{**egress, "hosts": ["*/*"]}]})
    found = listeners(mesh_of(pod(), port("HTTP"), sidecar))
    assert set(found) == {name, "virtualOutbound"}
    assert found[name].template.bind_to_port is bind_to_port
    assert ends(found[name]) == chains


def test_the_listener_of_all_ports_stands_back_behind_others() -> None:
    egress = [
        {"port": {"number": 5000, "protocol": "TCP"}, "hosts": ["./tcp-1.example.com"]},
        {"hosts": ["*/*"]},
    ]
    mesh = mesh_of(pod(), port("TCP", age=0), port("TCP", age=1), manifest("Sidecar", "default", {"egress": egress}))
    found = listeners(mesh)[ANY]
    assert ends(found) == [cluster("tcp", 1)]
    assert [s.loser.name for s in found.shadowed] == ["tcp-0"]
