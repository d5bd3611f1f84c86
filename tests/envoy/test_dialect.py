"""The stock dialect: what goes, what stays, and which protocols clusters offer."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.envoy.dialect import StockDialect
from meshc.findings import Sink
from tests.envoy.messages import FILTERS, config, listener, manager, tcp_proxy, upstream_tls, values

STRUCT = "type.googleapis.com/udpa.type.v1.TypedStruct"
EXCHANGE = {
    "name": "istio.metadata_exchange",
    "typedConfig": {"@type": STRUCT, "typeUrl": "type.googleapis.com/io.istio.http.peer_metadata.Config"},
}
TCP_EXCHANGE = {
    "name": "istio.metadata_exchange",
    "typedConfig": {
        "@type": STRUCT,
        "typeUrl": "type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange",
    },
}
STATS = {"name": "istio.stats", "typedConfig": {"@type": "type.googleapis.com/stats.PluginConfig"}}
ALPN = {
    "name": "istio.alpn",
    "typedConfig": {
        "@type": "type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig",
    },
}
CORS = {"name": "envoy.filters.http.cors", "typedConfig": {"@type": f"{FILTERS}.http.cors.v3.Cors"}}
OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def route(cluster: str) -> dict[str, Any]:
    routes = [{"match": {"prefix": "/"}, "route": {"cluster": cluster}}]
    return {"name": "80", "virtualHosts": [{"name": "a", "domains": ["*"], "routes": routes}]}


def cluster(name: str, *alpn: str, follows: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "transportSocket": upstream_tls(*alpn), "filters": [TCP_EXCHANGE]}
    if follows:
        options = {"@type": f"type.googleapis.com/{OPTIONS}", "useDownstreamProtocolConfig": {}}
        made["typedExtensionProtocolOptions"] = {OPTIONS: options}
    return made


def offered(value: dict[str, Any]) -> list[str]:
    protocols: list[str] = value["transportSocket"]["typedConfig"]["commonTlsContext"].get("alpnProtocols", [])
    return protocols


def test_istios_own_filters_are_left_out_and_said_once() -> None:
    sink = Sink()
    given = config(
        listeners=[
            listener("a", {"filters": [TCP_EXCHANGE, STATS, manager(EXCHANGE, CORS, ALPN, STATS)]}),
            listener("b", {"filters": [TCP_EXCHANGE, tcp_proxy("c")]}),
        ],
        clusters=[{"name": "c", "filters": [TCP_EXCHANGE]}],
    )
    made = StockDialect(sink).rewrite(given)
    first, second = values(made, "listeners")
    assert first["filterChains"][0]["filters"] == [manager(CORS)]
    assert second["filterChains"][0]["filters"] == [tcp_proxy("c")]
    assert "filters" not in values(made, "clusters")[0]
    assert [(f.code, f.message.split()[0]) for f in sink] == [
        ("MC0701", "istio.alpn"),
        ("MC0701", "istio.metadata_exchange"),
        ("MC0701", "istio.stats"),
    ]
    assert values(given, "listeners")[0]["filterChains"][0]["filters"][0] == TCP_EXCHANGE, "the input stays"


def test_what_needs_no_change_stays_the_same_object() -> None:
    given = config(listeners=[listener("a", {"filters": [manager(CORS)]})], clusters=[{"name": "c"}])
    made = StockDialect(Sink()).rewrite(given)
    assert (made.listeners, made.clusters) == (given.listeners, given.clusters)


@pytest.mark.parametrize(
    ("alpn", "follows", "bytes_too", "expected"),
    [
        (("istio-peer-exchange", "istio"), False, False, ["istio-http/1.1", "istio", "http/1.1"]),
        (("istio-peer-exchange", "istio", "h2"), False, False, ["istio-h2", "istio", "h2"]),
        (("istio-peer-exchange", "istio"), True, False, ["istio-http/1.1", "istio"]),
        (("istio-peer-exchange", "istio"), False, True, ["istio"]),
        (("h2", "http/1.1"), False, False, ["h2", "http/1.1"]),
        ((), False, False, []),
    ],
)
def test_protocols_that_a_cluster_offers(
    alpn: tuple[str, ...], follows: bool, bytes_too: bool, expected: list[str]
) -> None:
    listeners = [listener("a", {"filters": [tcp_proxy("c")]})] if bytes_too else []
    given = config(clusters=[cluster("c", *alpn, follows=follows)], routes=[route("c")], listeners=listeners)
    assert offered(values(StockDialect(Sink()).rewrite(given), "clusters")[0]) == expected


def test_a_cluster_of_bytes_offers_no_peer_exchange() -> None:
    given = config(clusters=[cluster("c", "istio-peer-exchange", "istio")])
    assert offered(values(StockDialect(Sink()).rewrite(given), "clusters")[0]) == ["istio"]


def test_a_tracer_that_envoy_no_longer_has_is_lost() -> None:
    sink = Sink()
    tracer = {
        "name": "envoy.tracers.lightstep",
        "typedConfig": {"@type": "type.googleapis.com/envoy.config.trace.v3.LightstepConfig", "collectorCluster": "x"},
    }
    given = config(listeners=[listener("a", {"filters": [manager(tracing={"provider": tracer})]})])
    made = values(StockDialect(sink).rewrite(given), "listeners")[0]
    assert made["filterChains"][0]["filters"][0]["typedConfig"]["tracing"] == {}
    assert [(f.code, f.origin.name) for f in sink] == [("MC0702", "a")]


def test_a_module_that_the_agent_would_fetch_is_left_out() -> None:
    sink = Sink()
    remote = {"httpUri": {"uri": "oci://example.com/a", "cluster": "_", "timeout": "30s"}}

    def wasm(name: str, code: dict[str, Any]) -> dict[str, Any]:
        vm = {"runtime": "envoy.wasm.runtime.v8", "code": code}
        plugin = {"@type": f"{FILTERS}.http.wasm.v3.Wasm", "config": {"vmConfig": vm}}
        return {"name": name, "typedConfig": plugin}

    given = config(extensions=[wasm("far", {"remote": remote}), wasm("near", {"local": {"filename": "/a.wasm"}})])
    made = StockDialect(sink).rewrite(given)
    assert [r.name for r in made.extensions] == ["near"]
    assert [f.code for f in sink] == ["MC0702"]
