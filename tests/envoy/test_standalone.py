"""Proxies on their own: secrets from files, references resolved, listeners bound, refused resources left out."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.envoy.interception import bind_outbound
from meshc.envoy.refusals import refusal
from meshc.envoy.secrets import Certificates, Secrets, TlsWithoutAgent
from meshc.envoy.sources import Files, Inline
from meshc.findings import Sink
from tests.envoy.messages import ADS, TLS, config, listener, manager, resource, tcp_proxy, upstream_tls, values

FILES = Certificates("chain.pem", "key.pem", "roots.pem")
TUNNEL = "type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"
PLAIN = {"name": "plain", "match": {}, "transportSocket": {"name": "raw", "typedConfig": {"@type": TUNNEL}}}


def server_tls(certificate: str) -> dict[str, Any]:
    common = {"tlsCertificateSdsSecretConfigs": [{"name": certificate, "sdsConfig": ADS}]}
    context = {"@type": f"{TLS}.DownstreamTlsContext", "commonTlsContext": common}
    return {"name": "envoy.transport_sockets.tls", "typedConfig": context}


def chain(name: str, certificate: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "filters": [tcp_proxy("c")]}
    return {**made, "transportSocket": server_tls(certificate)} if certificate else made


def by_endpoint(name: str) -> dict[str, Any]:
    tls = {"name": "tls", "match": {"tlsMode": "istio"}, "transportSocket": upstream_tls("istio")}
    return {"name": name, "transportSocketMatches": [tls, PLAIN]}


class Without:
    """A configuration after `TlsWithoutAgent`."""

    def __init__(self, certificates: Certificates | None, **kinds: list[dict[str, Any]]) -> None:
        given = config(**kinds)
        self.sink = Sink()
        self.tls = TlsWithoutAgent(Secrets.of(given, certificates), self.sink)
        self.config = self.tls.rewrite(given)

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.sink]


def test_with_certificates_everything_stays() -> None:
    made = Without(FILES, clusters=[by_endpoint("c")], listeners=[listener("a", chain("tls", "default"))])
    assert len(values(made.config, "clusters")[0]["transportSocketMatches"]) == 2
    assert [c["name"] for c in values(made.config, "listeners")[0]["filterChains"]] == ["tls"]
    assert (list(made.tls.used), made.codes) == (["default", "ROOTCA"], [])


def test_without_certificates_mutual_tls_is_left_out() -> None:
    """Clusters fall back to plaintext, listeners keep what serves it; what demands TLS serves nobody."""
    made = Without(
        None,
        clusters=[by_endpoint("c"), {"name": "always", "transportSocket": upstream_tls("istio")}],
        listeners=[
            listener("both", chain("tls", "default"), chain("plain")),
            listener("strict", chain("t", "default")),
        ],
    )
    first, second = values(made.config, "clusters")
    assert [m["name"] for m in first["transportSocketMatches"]] == ["plain"]
    assert "transportSocket" not in second
    assert [r.name for r in made.config.listeners] == ["both"]
    assert [c["name"] for c in values(made.config, "listeners")[0]["filterChains"]] == ["plain"]
    assert made.codes == ["MC0703"]


def test_a_secret_that_nobody_has_closes_what_needs_it() -> None:
    own = upstream_tls(certificate="kubernetes://client", roots="file-root:system")
    made = Without(
        FILES,
        clusters=[{"name": "c", "transportSocket": own}],
        listeners=[listener("gateway", chain("a", "kubernetes://a"), chain("b", "kubernetes://b"))],
        secrets=[{"name": "kubernetes://b", "tlsCertificate": {"privateKey": {"inlineString": "x"}}}],
    )
    assert made.config.clusters == ()
    assert [c["name"] for c in values(made.config, "listeners")[0]["filterChains"]] == ["b"]
    assert made.codes == ["MC0704", "MC0704"]
    assert list(made.tls.used) == ["kubernetes://b"]


def test_secrets_in_files() -> None:
    secrets = Secrets(FILES, {})
    assert secrets.get("file-cert:/c.pem~/k.pem").tls_certificate.private_key.filename == "/k.pem"
    assert secrets.get("file-root:/r.pem").validation_context.trusted_ca.filename == "/r.pem"
    assert secrets.get("file-root:system").validation_context.trusted_ca.filename.endswith("ca-certificates.crt")
    assert secrets.get("default").tls_certificate.certificate_chain.filename == "chain.pem"
    assert secrets.get("ROOTCA").validation_context.trusted_ca.filename == "roots.pem"
    assert secrets.get("kubernetes://x") is None
    assert Secrets(None, {}).get("default") is None


def discovered() -> dict[str, list[dict[str, Any]]]:
    rds = {"routeConfigName": "80", "configSource": ADS}
    filters = {"name": "f", "configDiscovery": {"configSource": ADS, "typeUrls": ["x"]}}
    host = {"name": "a", "domains": ["*"]}
    return {
        "listeners": [listener("a", {"filters": [manager(filters, rds=rds)]})],
        "routes": [{"name": "80", "virtualHosts": [host]}],
        "clusters": [{"name": n, "type": "EDS", "edsClusterConfig": {"edsConfig": ADS}} for n in ("ip", "dns", "no")],
        "endpoints": [group("ip", "10.0.0.1"), group("dns", "db.example.com")],
    }


def group(name: str, host: str) -> dict[str, Any]:
    address = {"socketAddress": {"address": host, "portValue": 80}}
    return {"clusterName": name, "endpoints": [{"lbEndpoints": [{"endpoint": {"address": address}}]}]}


def test_everything_inline() -> None:
    given, sink = config(**discovered()), Sink()
    made = Inline.of(given, sink).rewrite(given)
    inline = values(made, "listeners")[0]["filterChains"][0]["filters"][0]["typedConfig"]
    assert inline["routeConfig"]["virtualHosts"][0]["name"] == "a"
    assert [f["name"] for f in inline["httpFilters"]] == ["envoy.filters.http.router"]
    assert [f.code for f in sink] == ["MC0702"], "nobody has the configuration of filter f"
    ip, dns, none = values(made, "clusters")
    assert (ip["type"], dns["type"], none["type"]) == ("STATIC", "STRICT_DNS", "STATIC")
    assert ip["loadAssignment"] == group("ip", "10.0.0.1")
    assert none["loadAssignment"] == {"clusterName": "no"}
    assert "ads" not in str(values(made, "clusters"))


def test_everything_from_files() -> None:
    given = config(**discovered())
    endpoints = {r.name: r.message for r in given.endpoints}
    made = Files(lambda kind, name: f"{kind}/{name}", endpoints, agent=False).rewrite(given)
    inline = values(made, "listeners")[0]["filterChains"][0]["filters"][0]["typedConfig"]
    from_file = {"pathConfigSource": {"path": "routes/80"}, "resourceApiVersion": "V3"}
    assert inline["rds"]["configSource"] == from_file
    assert inline["httpFilters"][0]["configDiscovery"]["configSource"]["pathConfigSource"] == {"path": "extensions/f"}
    ip, dns, _ = values(made, "clusters")
    assert ip["edsClusterConfig"]["edsConfig"]["pathConfigSource"] == {"path": "endpoints/ip"}
    assert (dns["type"], dns["loadAssignment"]) == ("STRICT_DNS", group("dns", "db.example.com"))


def unbound(name: str, host: str, port: int) -> dict[str, Any]:
    return listener(name, chain("x"), host=host, port=port, trafficDirection="OUTBOUND", bindToPort=False)


def test_outbound_listeners_are_bound_to_loopback_ports() -> None:
    sink = Sink()
    given = config(
        listeners=[
            unbound("vip-taken", "10.96.0.1", 80),
            unbound("vip-free", "10.96.0.2", 5432),
            unbound("vip-late", "10.96.0.3", 5432),
            unbound("every", "0.0.0.0", 80),
            unbound("six", "::", 80),
            unbound("own", "127.0.0.2", 80),
            listener("bound", chain("x"), port=15001, trafficDirection="OUTBOUND"),
            unbound("reserved", "10.96.0.4", 15001),
            listener("inbound", chain("x"), port=81, trafficDirection="INBOUND", bindToPort=False),
        ]
    )
    made = {
        value["name"]: (value["address"]["socketAddress"]["address"], value.get("bindToPort"))
        for value in values(bind_outbound(given, sink), "listeners")
    }
    assert made == {
        "vip-taken": ("10.96.0.1", False),
        "vip-free": ("127.0.0.1", None),
        "vip-late": ("10.96.0.3", False),
        "every": ("127.0.0.1", None),
        "six": ("::1", None),
        "own": ("127.0.0.2", None),
        "bound": ("0.0.0.0", None),
        "reserved": ("10.96.0.4", False),
        "inbound": ("0.0.0.0", False),
    }
    assert sorted(f.origin.name for f in sink if f.code == "MC0706") == ["reserved", "vip-late", "vip-taken"]


def matching(**match: Any) -> dict[str, Any]:
    return {**chain("x"), "filterChainMatch": match}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (listener("a", matching(serverNames=["a", "b"]), matching(serverNames=["c"])), ""),
        (listener("a", matching(serverNames=["a", "b"]), matching(serverNames=["b"])), "matches what another"),
        (listener("a", matching(destinationPort=1), matching(destinationPort=2)), ""),
        (listener("a", {"filters": [tcp_proxy("c"), tcp_proxy("c")]}), "behind the one that ends it"),
    ],
)
def test_listeners_that_envoy_refuses(value: dict[str, Any], said: str) -> None:
    reason = refusal("listeners", resource("listeners", value))
    assert said in reason
    assert bool(reason) is bool(said)


def test_clusters_that_envoy_refuses() -> None:
    bare = {"name": "c", "type": "LOGICAL_DNS"}
    assert "exactly one endpoint" in refusal("clusters", resource("clusters", bare))
    assert refusal("clusters", resource("clusters", {**bare, "loadAssignment": group("c", "a.example.com")})) == ""
    assert refusal("clusters", resource("clusters", {**bare, "type": "STATIC", "connectTimeout": "0s"})) != ""
