"""Short ways to make configurations out of JSON values in tests."""

from __future__ import annotations

import json
from typing import Any

from meshc.envoy.config import MESSAGES, ProxyConfig, Resource, ResourceType
from meshc.envoy.encode import from_value
from meshc.findings import Origin

FILTERS = "type.googleapis.com/envoy.extensions.filters"
HTTP_CONNECTION_MANAGER = f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager"
ROUTER = {
    "name": "envoy.filters.http.router",
    "typedConfig": {"@type": f"{FILTERS}.http.router.v3.Router"},
}
TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3"
ADS = {"ads": {}, "resourceApiVersion": "V3"}


def resource(kind: ResourceType, value: dict[str, Any]) -> Resource:
    name = value.get("name") or value["clusterName"]
    return Resource.of(name, Origin("Test", "", name), from_value(MESSAGES[kind], value))


def config(**kinds: list[dict[str, Any]]) -> ProxyConfig:
    """A configuration of resources as JSON values, by type."""
    made: dict[str, Any] = {kind: tuple(resource(kind, value) for value in kinds[kind]) for kind in kinds}  # type: ignore[arg-type]
    return ProxyConfig(proxy="a.default", **made)


def values(config: ProxyConfig, kind: ResourceType) -> list[Any]:
    """The resources of a type as JSON values."""
    return [json.loads(resource.json) for resource in config.of(kind)]


def manager(*filters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An HTTP connection manager as a network filter."""
    value = {"@type": HTTP_CONNECTION_MANAGER, "statPrefix": "x", "httpFilters": [*filters, ROUTER], **more}
    return {"name": "envoy.filters.network.http_connection_manager", "typedConfig": value}


def tcp_proxy(cluster: str) -> dict[str, Any]:
    """A TCP proxy as a network filter."""
    value = {"@type": f"{FILTERS}.network.tcp_proxy.v3.TcpProxy", "statPrefix": "x", "cluster": cluster}
    return {"name": "envoy.filters.network.tcp_proxy", "typedConfig": value}


def listener(name: str, *chains: dict[str, Any], host: str = "0.0.0.0", port: int = 80, **more: Any) -> dict[str, Any]:
    """A listener with these filter chains."""
    address = {"socketAddress": {"address": host, "portValue": port}}
    return {"name": name, "address": address, "filterChains": list(chains), **more}


def upstream_tls(*alpn: str, certificate: str = "default", roots: str = "ROOTCA", sds: Any = None) -> dict[str, Any]:
    """A TLS transport socket of a cluster, its secrets from the control plane."""
    source = {"sdsConfig": sds or ADS}
    context = {
        "@type": f"{TLS}.UpstreamTlsContext",
        "commonTlsContext": {
            "alpnProtocols": list(alpn),
            "tlsCertificateSdsSecretConfigs": [{"name": certificate, **source}],
            "combinedValidationContext": {
                "defaultValidationContext": {},
                "validationContextSdsSecretConfig": {"name": roots, **source},
            },
        },
    }
    return {"name": "envoy.transport_sockets.tls", "typedConfig": context}
