"""TCP and TLS routes of VirtualServices, and what DestinationRules say about connections."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.envoy.encode import to_text
from meshc.envoy.listeners import ListenerMessages
from meshc.ir.duration import SECOND
from meshc.ir.listener import AnyListener
from meshc.ir.network_filter import MongoProxy, RedisProxy, SniDynamicForwardProxy, TcpProxy
from meshc.ir.security import Rbac
from tests.lower.listeners import end, ends, listeners, pod, port
from tests.manifests import manifest, mesh_of

TCP = port("TCP", address="192.0.2.10")
TLS = port("TLS")
TCP_HOST, TLS_HOST = "tcp-0.example.com", "tls-0.example.com"
OWN = f"outbound|5000||{TCP_HOST}"


def routes(host: str, **kinds: list[dict[str, Any]]) -> dict[str, Any]:
    return manifest("VirtualService", "routes", {"hosts": [host], **kinds})


def to(host: str = "other.example.com", weight: int = 0, **more: Any) -> dict[str, Any]:
    return {"destination": {"host": host, "port": {"number": 7000}, **more}, **({"weight": weight} if weight else {})}


def tcp_listener(route: list[dict[str, Any]], *objects: dict[str, Any], **labels: str) -> AnyListener:
    return listeners(mesh_of(pod(**labels), TCP, routes(TCP_HOST, tcp=route), *objects))["192.0.2.10_5000"]


OTHER = "outbound|7000||other.example.com"


@pytest.mark.parametrize(
    ("match", "chains"),
    [
        (None, [OTHER]),
        ([{"port": 5000}], [OTHER]),
        ([{"port": 5001}], [OWN]),
        ([{"sourceNamespace": "bank"}], [OWN]),
        ([{"sourceLabels": {"app": "client"}}], [OTHER]),
        ([{"sourceLabels": {"app": "x"}}], [OWN]),
        ([{"gateways": ["shop/edge"]}], [OWN]),
        ([{"destinationSubnets": ["10.1.0.0/16"]}], [OTHER, "else " + OWN]),
        ([{"destinationSubnets": ["10.1.0.0/16"]}, {"port": 5000}], [OTHER]),
    ],
)
def test_who_a_tcp_route_is_for(match: list[dict[str, Any]] | None, chains: list[str]) -> None:
    assert ends(tcp_listener([{"route": [to()], **({"match": match} if match else {})}])) == chains


def test_a_chain_names_its_virtual_service_unless_it_is_for_subnets() -> None:
    path = "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/routes"
    whole = tcp_listener([{"route": [to()]}])
    assert [chain.config for chain in whole.chains] == [path]
    assert str(whole.chains[0].origin) == "VirtualService shop/routes spec.tcp[0]"
    subnets = tcp_listener([{"match": [{"destinationSubnets": ["10.1.0.0/16"]}], "route": [to()]}])
    assert [chain.config for chain in subnets.chains] == [""]


def test_of_several_destinations_those_without_weight_get_nothing() -> None:
    found = tcp_listener([{"route": [to("a.example.com", 90), to("b.example.com"), to("c.example.com", 10)]}])
    proxy = found.chains[0].filters[-1]
    assert isinstance(proxy, TcpProxy)
    assert [(w.cluster, w.weight) for w in proxy.weighted] == [
        ("outbound|7000||a.example.com", 90),
        ("outbound|7000||c.example.com", 10),
    ]
    assert proxy.stat_prefix == "routes.shop"


def test_a_negative_weight_is_none() -> None:
    proxy = tcp_listener([{"route": [to("a.example.com", -1), to("b.example.com", 1)]}]).chains[0].filters[-1]
    assert isinstance(proxy, TcpProxy)
    assert [w.weight for w in proxy.weighted] == [1]


def test_subnets_of_a_tls_match_stay_in_force_for_the_next() -> None:
    matches = [
        {"sniHosts": ["a.example.com"], "destinationSubnets": ["10.1.0.0/16"]},
        {"sniHosts": ["b.example.com"]},
        {"sniHosts": ["b.example.com"], "port": 5000},
    ]
    mesh = mesh_of(pod(), TLS, routes(TLS_HOST, tls=[{"match": matches, "route": [to()]}]))
    found = [chain.match for chain in listeners(mesh)["0.0.0.0_5000"].chains]
    assert [(m.server_names, len(m.prefix_ranges)) for m in found if m] == [
        (("a.example.com",), 1),
        (("b.example.com",), 1),
    ]


def test_a_match_of_all_names_and_others_hides_what_was_there() -> None:
    tls = [{"match": [{"sniHosts": ["*", "a.example.com"]}], "route": [to()]}]
    mesh = mesh_of(pod(), port("HTTP_PROXY"), TLS, routes(TLS_HOST, tls=tls))
    found = listeners(mesh)["0.0.0.0_5000"]
    assert ends(found) == [OTHER]
    assert [(s.winner.kind, s.loser.name) for s in found.shadowed] == [("VirtualService", "http-proxy-0")]
    messages = ListenerMessages()
    assert messages.json(found).decode() == to_text(messages.message(found))


def test_a_match_of_all_names_takes_what_is_left() -> None:
    mesh = mesh_of(pod(), TLS, routes(TLS_HOST, tls=[{"match": [{"sniHosts": ["*"]}], "route": [to()]}]))
    found = listeners(mesh)["0.0.0.0_5000"]
    assert (ends(found), len(found.template.listener_filters)) == ([OTHER], 1)


def test_tls_is_told_apart_by_name_only_where_nothing_else_tells() -> None:
    mesh = mesh_of(pod(), TLS, port("TLS", address="192.0.2.20", age=1), port("TLS", address="10.0.0.0/8", age=2))
    found = listeners(mesh)
    names = {
        name: [chain.match.server_names if chain.match else None for chain in listener.chains]
        for name, listener in found.items()
        if name != "virtualOutbound"
    }
    assert names == {
        "0.0.0.0_5000": [(TLS_HOST,), ("tls-2.example.com",)],
        "192.0.2.20_5000": [None],
    }


POLICY = {
    "connectionPool": {"tcp": {"idleTimeout": "70s", "maxConnectionDuration": "1h"}},
    "loadBalancer": {"consistentHash": {"useSourceIp": True}},
    "tunnel": {"protocol": "POST", "targetHost": "proxy.example.com", "targetPort": 3128},
}


def test_a_destination_rule_decides_about_connections() -> None:
    rule = manifest("DestinationRule", "tcp", {"host": TCP_HOST, "trafficPolicy": POLICY})
    proxy = listeners(mesh_of(pod(), TCP, rule))["192.0.2.10_5000"].chains[0].filters[-1]
    assert isinstance(proxy, TcpProxy)
    assert (proxy.idle_timeout, proxy.max_connection_duration) == (70 * SECOND, 3600 * SECOND)
    assert proxy.hash_source_ip
    assert proxy.tunnel is not None
    assert (proxy.tunnel.hostname, proxy.tunnel.use_post) == ("proxy.example.com:3128", True)


def test_a_subset_keeps_the_timeouts_of_the_rule_and_hides_its_tunnel() -> None:
    subset = {"name": "v1", "labels": {"v": "1"}, "trafficPolicy": {"loadBalancer": {"simple": "RANDOM"}}}
    rule = manifest("DestinationRule", "tcp", {"host": TCP_HOST, "trafficPolicy": POLICY, "subsets": [subset]})
    found = tcp_listener([{"route": [to(TCP_HOST, subset="v1")]}], rule)
    proxy = found.chains[0].filters[-1]
    assert isinstance(proxy, TcpProxy)
    assert (proxy.idle_timeout, proxy.hash_source_ip, proxy.tunnel) == (70 * SECOND, False, None)


def test_the_idle_timeout_of_metadata_is_for_those_without_a_rule() -> None:
    found = listeners(mesh_of(pod(), TCP), IDLE_TIMEOUT="30s")
    assert all(proxy_timeout(found, name) == 30 * SECOND for name in ("192.0.2.10_5000", "virtualOutbound"))


def proxy_timeout(found: dict[str, AnyListener], name: str) -> int | None:
    proxy = found[name].chains[-1].filters[-1]
    assert isinstance(proxy, TcpProxy)
    return proxy.idle_timeout


def test_filters_that_know_a_protocol_stand_before_the_proxy() -> None:
    def kinds(protocol: str, **features: Any) -> list[type]:
        mesh = mesh_of(pod(), port(protocol, address="192.0.2.10"), **features)
        return [type(f) for f in listeners(mesh)["192.0.2.10_5000"].chains[0].filters]

    assert kinds("MONGO") == [MongoProxy, TcpProxy]
    assert kinds("MONGO", pilot_enable_mongo_filter=False) == [TcpProxy]
    assert kinds("REDIS") == [TcpProxy]
    assert kinds("REDIS", pilot_enable_redis_filter=True) == [RedisProxy]


def test_hosts_resolved_at_run_time_are_authorized_by_the_client() -> None:
    spec = {
        "hosts": ["*.example.org"],
        "resolution": "DYNAMIC_DNS",
        "ports": [{"number": 443, "name": "tls", "protocol": "TLS"}],
    }
    any_host = manifest("ServiceEntry", "any", spec, namespace="bank")
    policy = manifest("AuthorizationPolicy", "deny", {"action": "DENY", "rules": [{}]}, namespace="bank")
    chain = listeners(mesh_of(pod(), any_host, policy))["0.0.0.0_443"].chains[0]
    assert [type(f) for f in chain.filters] == [Rbac, SniDynamicForwardProxy, TcpProxy]
    assert chain.match is not None
    assert chain.match.server_names == ("*.example.org",)
    assert end(chain) == "outbound|443||*.example.org"
