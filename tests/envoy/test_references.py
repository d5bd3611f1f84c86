"""References: every kind of name that leads nowhere is found, and none that the bootstrap or the agent answers for."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.envoy.references import dangling, duplicates
from tests.envoy.messages import config

NETWORK = "type.googleapis.com/envoy.extensions.filters.network"
TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"


def listener(filter_type: str, **fields: Any) -> dict[str, Any]:
    packed = {"@type": f"{NETWORK}.{filter_type}", **fields}
    return {"name": "l", "filterChains": [{"filters": [{"name": "f", "typedConfig": packed}]}]}


def hcm(**fields: Any) -> dict[str, Any]:
    return listener("http_connection_manager.v3.HttpConnectionManager", **fields)


def route(**action: Any) -> dict[str, Any]:
    virtual_host = {"name": "v", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": action}]}
    return {"name": "r", "virtualHosts": [virtual_host]}


def cluster_with_secret(name: str) -> dict[str, Any]:
    context = {"@type": TLS, "commonTlsContext": {"tlsCertificateSdsSecretConfigs": [{"name": name}]}}
    return {"name": "c", "transportSocket": {"name": "tls", "typedConfig": context}}


@pytest.mark.parametrize(
    ("resources", "wanted"),
    [
        ({"routes": [route(cluster="c")]}, ["routes r: cluster c"]),
        ({"routes": [route(cluster="c")], "clusters": [{"name": "c"}]}, []),
        ({"routes": [route(weightedClusters={"clusters": [{"name": "c"}]})]}, ["routes r: cluster c"]),
        (
            {"routes": [route(cluster="c", requestMirrorPolicies=[{"cluster": "m"}])], "clusters": [{"name": "c"}]},
            ["routes r: cluster m"],
        ),
        ({"routes": [route(clusterHeader="x")]}, []),
        ({"listeners": [listener("tcp_proxy.v3.TcpProxy", cluster="c")]}, ["listeners l: cluster c"]),
        (
            {"listeners": [listener("tcp_proxy.v3.TcpProxy", weightedClusters={"clusters": [{"name": "c"}]})]},
            ["listeners l: cluster c"],
        ),
        (
            {"listeners": [listener("redis_proxy.v3.RedisProxy", prefixRoutes={"catchAllRoute": {"cluster": "c"}})]},
            ["listeners l: cluster c"],
        ),
        ({"listeners": [hcm(rds={"routeConfigName": "r"})]}, ["listeners l: route r"]),
        ({"listeners": [hcm(rds={"routeConfigName": "r"})], "routes": [{"name": "r"}]}, []),
        ({"listeners": [hcm(routeConfig=route(cluster="c"))]}, ["listeners l: cluster c"]),
        ({"listeners": [hcm(httpFilters=[{"name": "w", "configDiscovery": {}}])]}, ["listeners l: extension w"]),
        (
            {"listeners": [hcm(httpFilters=[{"name": "w", "configDiscovery": {}}])], "extensions": [{"name": "w"}]},
            [],
        ),
        ({"clusters": [{"name": "c", "edsClusterConfig": {"serviceName": "e"}}]}, ["clusters c: endpoints e"]),
        ({"clusters": [{"name": "c", "edsClusterConfig": {}}], "endpoints": [{"clusterName": "c"}]}, []),
        ({"clusters": [cluster_with_secret("kubernetes://x")]}, ["clusters c: secret kubernetes://x"]),
        ({"clusters": [cluster_with_secret("kubernetes://x")], "secrets": [{"name": "kubernetes://x"}]}, []),
        ({"clusters": [cluster_with_secret("file-cert:/a~/b")]}, []),
        ({"clusters": [cluster_with_secret("default")]}, []),
        ({"routes": [route(cluster="xds-grpc")]}, []),
        ({"routes": [route(cluster="c"), route(cluster="c")]}, ["routes r: cluster c", "routes r: cluster c"]),
    ],
)
def test_dangling(resources: dict[str, list[dict[str, Any]]], wanted: list[str]) -> None:
    assert list(dangling(config(**resources))) == wanted


def test_clusters_of_another_bootstrap() -> None:
    assert list(dangling(config(routes=[route(cluster="zipkin")]), bootstrap=["zipkin"])) == []


def test_duplicates() -> None:
    assert list(duplicates(config(clusters=[{"name": "c"}, {"name": "d"}, {"name": "c"}]))) == ["clusters c"]
