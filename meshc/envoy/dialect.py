"""The stock dialect: what istiod sends to istio-proxy in, what an Envoy without Istio's extensions accepts out.

Left out are filters, tracers and key providers that a regular build of Envoy does not have (spec: extensions 2.1). With
`istio.alpn` gone, the protocols that it would offer per request stand in the TLS context of each cluster (2.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from meshc.envoy.any import unpack
from meshc.envoy.config import ProxyConfig, Resource, ResourceType
from meshc.envoy.http_options import HTTP_OPTIONS
from meshc.envoy.references import WASM_FETCH_CLUSTER
from meshc.envoy.rewrite import Change, Rewriter, packed_type, remove
from meshc.findings import Origin, Sink

_HTTP_CONNECTION_MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_TCP_PROXY = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"
_ROUTE = "envoy.config.route.v3"

_LACKING = frozenset(
    (
        "envoy.config.trace.v3.LightstepConfig",
        "envoy.config.trace.v3.OpenCensusConfig",
        "envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy",
        "envoy.extensions.private_key_providers.cryptomb.v3alpha.CryptoMbPrivateKeyMethodConfig",
        "envoy.extensions.private_key_providers.qat.v3alpha.QatPrivateKeyMethodConfig",
        "envoy.tcp.metadataexchange.config.MetadataExchange",
        "io.istio.http.peer_metadata.Config",
        "istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig",
        "istio.workload.BootstrapExtension",
        "stats.PluginConfig",
    )
)
"""Configurations of extensions that a regular build of Envoy does not have."""

_WASM = frozenset(("envoy.extensions.filters.http.wasm.v3.Wasm", "envoy.extensions.filters.network.wasm.v3.Wasm"))

_PEER_EXCHANGE = "istio-peer-exchange"
_MESH = "istio"
_HTTP2 = "h2"


class Use(Enum):
    """What a cluster's connections carry, as far as its callers tell."""

    HTTP = "HTTP"
    OTHER = "bytes, or HTTP and bytes"


@dataclass(slots=True)
class StockDialect:
    """Rewrites configurations for a stock Envoy; a resource that several proxies have is rewritten once."""

    sink: Sink
    _made: dict[tuple[Resource, Use], Resource] = field(default_factory=dict)

    def rewrite(self, config: ProxyConfig) -> ProxyConfig:
        """The configuration that a stock Envoy accepts. What it has to do without is said in findings."""
        http = set(_http_clusters(config)) - set(_tcp_clusters(config))
        return config.map(
            lambda kind, resource: self._one(
                kind, resource, Use.HTTP if kind == "clusters" and resource.name in http else Use.OTHER
            )
        )

    def _one(self, kind: ResourceType, resource: Resource, use: Use) -> Resource | None:
        if kind == "extensions" and _is_fetched(resource.message):
            self._lost(resource.name, resource.origin, "the agent would fetch its module")
            return None
        made = self._made.get((resource, use))
        if made is None:
            message: Any = type(resource.message)()
            message.CopyFrom(resource.message)
            changed = self._rewriter(resource.origin, use)(message)
            made = self._made[resource, use] = (
                Resource.of(resource.name, resource.origin, message) if changed else resource
            )
        return made

    def bootstrap(self, message: Any, origin: Origin) -> None:
        """Change a bootstrap in place."""
        self._rewriter(origin, Use.OTHER)(message)

    def _rewriter(self, origin: Origin, use: Use) -> Rewriter:
        def without(field: str) -> Change:
            return lambda message: self._remove(getattr(message, field))

        def per_filter(message: Any) -> bool:
            return _remove_entries(message.typed_per_filter_config)

        def alpn(message: Any) -> bool:
            return _replace_protocols(
                message.alpn_protocols, [p for p in message.alpn_protocols if p != _PEER_EXCHANGE]
            )

        return Rewriter(
            {
                _HTTP_CONNECTION_MANAGER: without("http_filters"),
                f"{_HTTP_CONNECTION_MANAGER}.Tracing": lambda message: self._clear_provider(message, origin),
                "envoy.config.trace.v3.Tracing": lambda message: self._clear_tracer(message, origin),
                "envoy.config.bootstrap.v3.Bootstrap": without("bootstrap_extensions"),
                "envoy.config.listener.v3.FilterChain": without("filters"),
                "envoy.config.cluster.v3.Cluster": lambda message: self._cluster(message, use),
                "envoy.extensions.transport_sockets.tls.v3.CommonTlsContext": alpn,
                f"{_ROUTE}.RouteConfiguration": per_filter,
                f"{_ROUTE}.VirtualHost": per_filter,
                f"{_ROUTE}.Route": per_filter,
                f"{_ROUTE}.WeightedCluster.ClusterWeight": per_filter,
            }
        )

    def _remove(self, filters: Any) -> bool:
        taken = remove(filters, _is_lacking)
        for name in dict.fromkeys(one.name for one in taken):
            self.sink.add("MC0701", Origin(), f"{name} is left out: a stock Envoy does not have it")
        return bool(taken)

    def _clear_provider(self, tracing: Any, origin: Origin) -> bool:
        if not (tracing.HasField("provider") and _is_lacking(tracing.provider)):
            return False
        self._lost(tracing.provider.name, origin)
        tracing.ClearField("provider")
        return True

    def _clear_tracer(self, tracing: Any, origin: Origin) -> bool:
        if not (tracing.HasField("http") and _is_lacking(tracing.http)):
            return False
        self._lost(tracing.http.name, origin)
        tracing.ClearField("http")
        return True

    def _lost(self, name: str, origin: Origin, why: str = "a stock Envoy does not have it") -> None:
        self.sink.add("MC0702", origin, f"{name} is left out: {why}")

    def _cluster(self, cluster: Any, use: Use) -> bool:
        changed = self._remove(cluster.filters)
        offered = Rewriter(
            {
                "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext": lambda context: _replace_protocols(
                    context.common_tls_context.alpn_protocols,
                    _offered(list(context.common_tls_context.alpn_protocols), use, _follows_downstream(cluster)),
                )
            }
        )
        sockets = [match.transport_socket for match in cluster.transport_socket_matches]
        if cluster.HasField("transport_socket"):
            sockets.append(cluster.transport_socket)
        return offered.every(sockets) or changed


def _is_lacking(item: Any) -> bool:
    """Of anything with a `typed_config`: whether a stock Envoy does not know its type."""
    return item.HasField("typed_config") and packed_type(item.typed_config) in _LACKING


def _is_fetched(extension: Any) -> bool:
    """A Wasm filter whose module the agent would fetch, as the cluster `_` says."""
    if packed_type(extension.typed_config) not in _WASM:
        return False
    code = unpack(extension.typed_config).config.vm_config.code
    return bool(code.remote.http_uri.cluster == WASM_FETCH_CLUSTER)


def _remove_entries(by_name: Any) -> bool:
    """Take what a stock Envoy does not know out of a map of Any."""
    unknown = [name for name in by_name if packed_type(by_name[name]) in _LACKING]
    for name in unknown:
        del by_name[name]
    return bool(unknown)


def _replace_protocols(protocols: Any, wanted: list[str]) -> bool:
    if list(protocols) == wanted:
        return False
    protocols[:] = wanted
    return True


def _offered(protocols: list[str], use: Use, follows_downstream: bool) -> list[str]:
    """The protocols that a client offers in place of those that `istio.alpn` would choose.

    Servers in the mesh tell HTTP by them. A cluster that carries both HTTP and bytes, by the same TLS context, offers
    what suits bytes. One that speaks the version of the client's connection offers none that would settle the version.
    """
    if _MESH not in protocols:
        return protocols
    if use is Use.OTHER:
        return [p for p in protocols if p != _PEER_EXCHANGE]
    if _HTTP2 in protocols:
        return ["istio-h2", _MESH, _HTTP2]
    return ["istio-http/1.1", _MESH] if follows_downstream else ["istio-http/1.1", _MESH, "http/1.1"]


def _follows_downstream(cluster: Any) -> bool:
    """The cluster speaks the HTTP version of the client's connection."""
    options = cluster.typed_extension_protocol_options
    return HTTP_OPTIONS in options and bool(unpack(options[HTTP_OPTIONS]).HasField("use_downstream_protocol_config"))


def _http_clusters(config: ProxyConfig) -> Iterator[str]:
    """The clusters that routes lead to."""
    for resource in config.routes:
        for host in resource.message.virtual_hosts:  # type: ignore[attr-defined]
            for route in host.routes:
                if route.HasField("route"):
                    yield route.route.cluster
                    yield from (weighted.name for weighted in route.route.weighted_clusters.clusters)
                    yield from (mirror.cluster for mirror in route.route.request_mirror_policies)


def _tcp_clusters(config: ProxyConfig) -> Iterator[str]:
    """The clusters that listeners pass bytes to."""
    for resource in config.listeners:
        listener: Any = resource.message
        yield from _passed_to(listener.filter_chains)
        yield from _passed_to([listener.default_filter_chain])


def _passed_to(chains: Iterable[Any]) -> Iterator[str]:
    for chain in chains:
        for one in chain.filters:
            if packed_type(one.typed_config) == _TCP_PROXY:
                proxy = unpack(one.typed_config)
                yield proxy.cluster
                yield from (weighted.name for weighted in proxy.weighted_clusters.clusters)
