"""What proxies share of their outbound listeners, and what a workload makes of connection managers."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.envoy.any import unpack
from meshc.envoy.encode import from_value, to_bytes, to_text, to_value
from meshc.envoy.http_connection_manager import connection_manager
from meshc.envoy.listeners import ListenerMessages
from meshc.findings import Origin, Sink
from meshc.ir.http_filter import DynamicForwardProxy, GrpcWeb, HttpFilter, PeerMetadata, Router, StatefulSession
from meshc.ir.listener import AnyListener
from meshc.lower.listeners.checks import check_listeners, check_reserved_ports, check_stream_routes
from meshc.lower.listeners.outbound_listeners import route_names
from meshc.lower.telemetry.checks import check_telemetry
from meshc.model.mesh import Mesh
from tests.lower.listeners import end, ends, listeners, manager, pod, port
from tests.manifests import manifest, mesh_of, said, service

TCP, HTTP = port("TCP", address="192.0.2.10"), port("HTTP", number=80)
LABELS = {"service.istio.io/canonical-name": "client"}


@pytest.fixture
def mesh() -> Mesh:
    replicas = (pod(name, ip=f"10.244.0.{n}", app="client", **LABELS) for n, name in enumerate(("one", "two")))
    return mesh_of(*replicas, pod("other", "bank"), TCP, HTTP)


def test_replicas_share_every_listener(mesh: Mesh) -> None:
    one, two = listeners(mesh, "one.shop"), listeners(mesh, "two.shop")
    assert all(one[name] is two[name] for name in one)


def test_namespaces_share_listeners_without_http(mesh: Mesh) -> None:
    here, there = listeners(mesh, "one.shop"), listeners(mesh, "other.bank")
    assert here["192.0.2.10_5000"] is there["192.0.2.10_5000"]
    assert here["virtualOutbound"] is there["virtualOutbound"]
    assert here["0.0.0.0_80"] is not there["0.0.0.0_80"]


def test_connection_managers_of_a_workload_share_their_settings() -> None:
    found = listeners(mesh_of(pod(), HTTP, port("HTTP", number=81, age=1)))
    assert manager(found["0.0.0.0_80"]).settings is manager(found["0.0.0.0_81"]).settings


def headless(name: str, *addresses: str) -> list[dict[str, Any]]:
    spec = {"clusterIP": "None", "ports": [{"name": "tcp", "port": 5000}]}
    slices = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": name, "namespace": "shop", "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address]} for address in addresses],
        "ports": [{"name": "tcp", "port": 9999}],
    }
    return [manifest("Service", name, spec), slices]


def test_a_headless_service_has_a_listener_per_endpoint_but_for_the_client_itself() -> None:
    mesh = mesh_of(pod(ip="10.244.0.9"), *headless("db", "10.244.0.8", "10.244.0.9"), *headless("empty"))
    assert set(listeners(mesh)) == {"10.244.0.8_5000", "virtualOutbound"}


def none_entry(name: str, port: str, *addresses: str, **more: Any) -> dict[str, Any]:
    """A ServiceEntry with resolution NONE; several may be of one host, and name its port differently."""
    spec = {
        "hosts": ["db.example.com"],
        "ports": [{"number": 5000, "name": port, "protocol": "TCP"}],
        "endpoints": [{"address": address} for address in addresses],
        **more,
    }
    return manifest("ServiceEntry", name, spec)


def test_endpoints_of_service_entries_join_a_port_by_its_number() -> None:
    mesh = mesh_of(pod(), none_entry("one", "tcp", "192.0.2.1"), none_entry("two", "tcp-db"))
    assert set(listeners(mesh)) == {"192.0.2.1_5000", "virtualOutbound"}


def test_an_empty_selector_does_not_make_a_service_wait_for_workloads() -> None:
    mesh = mesh_of(pod("other", "bank"), none_entry("one", "tcp", workloadSelector={}))
    assert set(listeners(mesh, "other.bank")) == {"0.0.0.0_5000", "virtualOutbound"}


def test_every_chain_has_an_origin(mesh: Mesh) -> None:
    found = listeners(mesh, "one.shop")
    origins = {chain.origin for name in ("192.0.2.10_5000", "0.0.0.0_80") for chain in found[name].chains}
    assert {(origin.kind, origin.name) for origin in origins} == {("ServiceEntry", "tcp-0"), ("ServiceEntry", "http-0")}
    assert all(origin.location is not None for origin in origins)
    assert found["virtualOutbound"].origin == Origin()


def test_a_connection_manager_put_together_is_one_message(mesh: Mesh) -> None:
    packed = connection_manager(manager(listeners(mesh, "one.shop")["0.0.0.0_80"]))
    assert to_bytes(unpack(packed)) == packed.value


def test_a_listener_printed_in_parts_reads_back(mesh: Mesh) -> None:
    printed = to_value(ListenerMessages().message(listeners(mesh, "one.shop")["0.0.0.0_80"]))
    assert to_value(from_value("envoy.config.listener.v3.Listener", printed)) == printed


def test_the_json_of_a_listener_is_that_of_its_message() -> None:
    services = (HTTP, TCP, port("TLS", number=80, age=1), port("", address="192.0.2.20", age=1))
    messages = ListenerMessages()
    for name, found in listeners(mesh_of(pod(), *services), INTERCEPTION_MODE="NONE", HTTP_PROXY_PORT="3128").items():
        assert messages.json(found).decode() == to_text(messages.message(found)), name


def test_workloads_have_their_own_tags_in_what_they_share(mesh: Mesh) -> None:
    here, there = listeners(mesh, "one.shop")["0.0.0.0_80"], listeners(mesh, "other.bank")["0.0.0.0_80"]
    assert here.template is there.template
    messages = ListenerMessages()
    texts = [messages.json(found).decode() for found in (here, there)]
    assert [namespace in text for text in texts for namespace in ('"shop"', '"bank"')] == [True, False, False, True]


def filters(found: dict[str, AnyListener], name: str = "0.0.0.0_80") -> tuple[HttpFilter, ...]:
    return manager(found[name]).settings.filters


def test_the_port_that_made_the_listener_decides_about_its_filters() -> None:
    first, second = port("GRPC-WEB", number=80, age=0), port("HTTP", number=80, age=1)
    assert any(isinstance(f, GrpcWeb) for f in filters(listeners(mesh_of(pod(), first, second))))
    older = port("HTTP", number=80, age=0)
    younger = port("GRPC-WEB", number=80, age=1)
    assert not any(isinstance(f, GrpcWeb) for f in filters(listeners(mesh_of(pod(), older, younger))))


def test_hosts_resolved_at_run_time_have_a_filter_of_their_own() -> None:
    spec = {
        "hosts": ["*.example.org"],
        "resolution": "DYNAMIC_DNS",
        "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}],
    }
    *_, forward, router = filters(listeners(mesh_of(pod(), manifest("ServiceEntry", "any", spec))))
    assert forward == DynamicForwardProxy(dns_cache="*.example.org_dfp_dns_cache")
    assert isinstance(router, Router)


def test_flags_of_filters() -> None:
    plain = filters(listeners(mesh_of(pod(), HTTP)))
    assert isinstance(plain[0], PeerMetadata)
    assert len(filters(listeners(mesh_of(pod(), HTTP, pilot_enable_metadata_exchange=False)))) == len(plain) - 1
    assert len(filters(listeners(mesh_of(pod(), HTTP, pilot_enable_alpn_filter=False)))) == len(plain) - 1
    sticky = filters(listeners(mesh_of(pod(), HTTP, pilot_enable_persistent_session_filter=True)))
    assert isinstance(sticky[-2], StatefulSession)


HEADERS = {
    "server": {"value": "shop"},
    "requestId": {"disabled": True},
    "envoyDebugHeaders": {"disabled": True},
    "metadataExchangeHeaders": {"mode": "IN_MESH"},
    "xForwardedPort": {"enabled": True},
    "preserveHttp1HeaderCase": True,
}


def test_headers_of_a_proxy_config() -> None:
    mesh = mesh_of(pod(), HTTP, config={"defaultConfig": {"proxyHeaders": HEADERS}, "proxyHttpPort": 3128})
    found = listeners(mesh)
    settings = manager(found["0.0.0.0_80"]).settings
    assert settings.http1 is not None
    assert settings.http1.preserve_header_case
    assert (settings.server_name, settings.generate_request_id, settings.append_forwarded_port) == ("shop", False, True)
    assert [f.skip_external for f in settings.filters if isinstance(f, PeerMetadata)] == [True]
    assert settings.filters[-1] == Router(suppress_envoy_headers=True)
    explicit = manager(found["127.0.0.1_3128"])
    assert explicit.routes == "http_proxy"
    assert explicit.settings.http1 is not None
    assert explicit.settings.http1.allow_absolute_url
    assert [f.skip_external for f in explicit.settings.filters if isinstance(f, PeerMetadata)] == [False]


def test_names_of_routes_are_asked_for_once() -> None:
    mesh = mesh_of(pod(), HTTP, port("", address="192.0.2.20", age=1), port("", address="192.0.2.21", age=1))
    found = listeners(mesh)
    assert route_names(mesh, found.values()) == ("80", "auto-1.example.com:5000")


@pytest.mark.parametrize(
    ("policy", "cluster"),
    [
        ({}, "BlackHoleCluster"),
        ({"mode": "ALLOW_ANY"}, "PassthroughCluster"),
        (
            {"mode": "ALLOW_ANY", "egressProxy": {"host": "egress.shop.svc.cluster.local", "subset": "v1"}},
            "outbound|0|v1|egress.shop.svc.cluster.local",
        ),
    ],
)
def test_traffic_to_unknown_destinations(policy: dict[str, Any], cluster: str) -> None:
    sidecar = manifest("Sidecar", "default", {"outboundTrafficPolicy": policy})
    found = listeners(mesh_of(pod(), HTTP, sidecar))
    assert ends(found["virtualOutbound"]) == ["BlackHoleCluster", cluster]
    default = found["0.0.0.0_80"].default_chain
    assert default is not None
    assert (default.name, end(default)) == ("PassthroughFilterChain", cluster)
    assert default.origin.kind == "Sidecar"


def test_what_is_said_of_listeners() -> None:
    mesh = mesh_of(pod(), port("TCP", age=0), port("TCP", age=1), service("web", ports="15090"))
    sink = Sink()
    check_listeners(listeners(mesh).values(), sink)
    check_reserved_ports(mesh, sink)
    assert said(sink, "MC0630", "MC0640") == [
        "MC0630 ServiceEntry shop/tcp-1: is not reached at 0.0.0.0 port 5000: ServiceEntry shop/tcp-0 has it, "
        "and both match the same connections",
        "MC0640 Service shop/web: sidecars use port 15090 themselves: HTTP to this port of the service is not routed",
    ]


def test_what_is_said_of_routes_of_connections() -> None:
    to = [{"destination": {"host": "db.example.com"}}]
    tls = [{"match": [{"sniHosts": ["a.example.com"]}, {"sniHosts": ["a.example.com"], "port": 443}], "route": to}]
    tcp = [{"route": to}, {"match": [{"sourceSubnet": "10.0.0.0/8"}], "route": to}]
    sink = Sink()
    check_stream_routes(mesh_of(manifest("VirtualService", "db", {"hosts": ["a"], "tls": tls, "tcp": tcp})), sink)
    assert said(sink, "MC0641", "MC0642") == [
        "MC0641 VirtualService shop/db spec.tcp[1]: is never used: spec.tcp[0] takes every connection",
        "MC0642 VirtualService shop/db spec.tcp[1].match[0].sourceSubnet: sourceSubnet has no effect",
        "MC0641 VirtualService shop/db spec.tls[0].match[1]: is not used where spec.tls[0].match[0] holds: "
        "it asks for the same sniHosts and destinationSubnets",
    ]


def test_what_is_said_of_telemetry() -> None:
    spec = {
        "tracing": [{"providers": [{"name": "nobody"}, {"name": "zipkin"}]}],
        "metrics": [{"providers": [{"name": "envoy"}]}],
        "accessLogging": [{"filter": {"expression": "true"}}],
    }
    provider = {"name": "zipkin", "zipkin": {"service": "zipkin.example.com", "port": 9411}}
    sink = Sink()
    config = {"extensionProviders": [provider], "accessLogEncoding": "JSON", "accessLogFormat": "no object"}
    check_telemetry(mesh_of(manifest("Telemetry", "all", spec), config=config), sink)
    assert sorted(finding.code for finding in sink) == ["MC0631", "MC0632", "MC0633", "MC0634", "MC0635", "MC0636"]
