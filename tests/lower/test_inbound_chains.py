"""Filter chains of ports by protocol and mTLS mode, and what inspects connections before one is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.ir.http_connection_manager import HttpConnectionManager
from meshc.ir.listener import FilterChain
from meshc.ir.network_filter import MongoProxy, TcpProxy
from tests.lower.inbound import WEB, chains, inbound, web_service
from tests.manifests import manifest, mesh_of

MESH = "istio,istio-peer-exchange,istio-http/1.0,istio-http/1.1,istio-h2"
MESH_HTTP = "istio-http/1.0,istio-http/1.1,istio-h2"
THREE = web_service(("http", 80, 8080), ("tcp-raw", 9000, 9000), ("any", 7000, 7000))


def peer(mode: str, ports: dict[int, str] | None = None) -> dict[str, Any]:
    """PeerAuthentication of the pod."""
    spec: dict[str, Any] = {"selector": {"matchLabels": {"app": "web"}}, "mtls": {"mode": mode}}
    if ports:
        spec["portLevelMtls"] = {str(port): {"mode": of_port} for port, of_port in ports.items()}
    return manifest("PeerAuthentication", "web", spec)


def of_port(texts: list[str], port: int) -> list[str]:
    """Chains of a port, without the name and the port."""
    return [text.split(" ", 2)[2] for text in texts if text.split()[1] == str(port)]


@pytest.mark.parametrize(
    ("mode", "http", "tcp", "auto"),
    [
        ("STRICT", ["tls +mtls"], ["tls +mtls"], [f"tls {MESH_HTTP} +mtls", "tls +mtls"]),
        (
            "PERMISSIVE",
            [f"tls {MESH} +mtls", "raw_buffer"],
            [f"tls {MESH} +mtls", "tls", "raw_buffer"],
            [
                f"tls {MESH_HTTP} +mtls",
                "raw_buffer http/1.1,h2c",
                "tls istio-peer-exchange,istio +mtls",
                "raw_buffer",
                "tls",
            ],
        ),
        ("DISABLE", ["raw_buffer"], ["raw_buffer"], ["raw_buffer http/1.1,h2c", "raw_buffer"]),
    ],
)
def test_sets_of_chains(mode: str, http: list[str], tcp: list[str], auto: list[str]) -> None:
    found = chains(mesh_of(WEB, THREE, peer(mode)))
    assert of_port(found, 8080) == http
    assert of_port(found, 9000) == tcp
    assert of_port(found, 7000) == auto


def test_ports_ascend_behind_what_is_passed_through() -> None:
    found = chains(mesh_of(WEB, THREE, peer("STRICT")))
    assert [text.rsplit(" tls", 1)[0] for text in found] == [
        "virtualInbound-catchall-http *",
        "virtualInbound *",
        "0.0.0.0_7000 7000",
        "0.0.0.0_7000 7000",
        "0.0.0.0_8080 8080",
        "0.0.0.0_9000 9000",
    ]


def test_a_port_that_nobody_declares_may_have_a_mode_of_its_own() -> None:
    found = chains(mesh_of(WEB, THREE, peer("STRICT", {5000: "DISABLE", 8080: "DISABLE"})))
    assert of_port(found, 5000) == ["raw_buffer http/1.1,h2c", "raw_buffer"]
    assert of_port(found, 8080) == ["raw_buffer"]
    assert next(text for text in found if " 5000 " in text).startswith("virtualInbound-catchall-http")


def inspected(*objects: dict[str, Any]) -> dict[str, tuple[tuple[int, ...], bool]]:
    """Inspector -> the ports where it is skipped (or, if True, the only ones where it is run)."""
    filters = inbound(mesh_of(WEB, THREE, *objects))["virtualInbound"].listener_filters
    return {f.inspector.value.removesuffix("_inspector"): (f.ports, f.only) for f in filters[1:]}


def test_inspectors_are_run_where_they_are_needed() -> None:
    assert inspected() == {"tls": ((15006,), False), "http": ((8080, 9000, 15006), False)}
    assert inspected(peer("STRICT")) == {"tls": ((15006,), False)}
    assert inspected(peer("DISABLE")) == {"http": ((8080, 9000, 15006), False)}


def test_the_inspector_of_tls_names_the_few_ports_that_need_it() -> None:
    assert inspected(peer("DISABLE", {8080: "STRICT"}))["tls"] == ((8080,), True)


def test_the_inspector_of_http_is_skipped_on_port_0_too() -> None:
    """Port 0 is that of connections to no declared port; for Envoy no connection has it."""
    assert inspected(peer("STRICT", {7000: "PERMISSIVE"}))["http"] == ((0, 8080, 9000, 15006), False)


def first(chains_of_port: tuple[FilterChain, ...], port: int) -> FilterChain:
    return next(c for c in chains_of_port if c.match is not None and c.match.destination_port == port)


def test_http_is_forwarded_by_inline_routes() -> None:
    found = inbound(mesh_of(WEB, web_service(("grpc", 80, 8080))))["virtualInbound"].chains
    manager = first(found, 8080).filters[-1]
    assert isinstance(manager, HttpConnectionManager)
    assert not isinstance(manager.routes, str)
    assert (manager.stat_prefix, manager.routes.name) == ("inbound_0.0.0.0_8080;", "inbound|8080||")
    assert manager.routes.virtual_hosts[0].name == "inbound|http|80"
    assert manager.settings.http2


def test_tcp_goes_through_the_filter_of_its_protocol() -> None:
    found = inbound(mesh_of(WEB, web_service(("mongo", 27017, 27017))))["virtualInbound"].chains
    mongo, proxy = first(found, 27017).filters[-2:]
    assert mongo == MongoProxy(stat_prefix="inbound|27017||")
    assert proxy == TcpProxy(stat_prefix="inbound|27017||", cluster="inbound|27017||")


def test_statistics_of_tcp_by_a_pattern_that_knows_no_target_port() -> None:
    config = {"inboundClusterStatName": "in.%SERVICE%.%SERVICE_NAME%.%SERVICE_PORT_NAME%.%SERVICE_PORT%.%TARGET_PORT%"}
    found = inbound(mesh_of(WEB, web_service(("tcp-raw", 80, 9000)), config=config))["virtualInbound"].chains
    prefixes = [f.stat_prefix for c in found for f in c.filters if isinstance(f, TcpProxy)]
    assert list(dict.fromkeys(prefixes)) == [
        "BlackHoleCluster",
        "in...virtualInbound.0.%TARGET_PORT%",
        "in.web.shop.web.tcp-raw.80.%TARGET_PORT%",
    ]


def test_a_pattern_of_which_nothing_is_left_is_no_reason_for_another_name() -> None:
    found = inbound(mesh_of(WEB, config={"inboundClusterStatName": "%SERVICE%"}))["virtualInbound"].chains
    assert {f.stat_prefix for c in found for f in c.filters if isinstance(f, TcpProxy)} == {"BlackHoleCluster", ""}
