"""A proxy without control plane and agent: its configuration in; out its bootstrap and all resources it starts from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from meshc.envoy.any import unpack
from meshc.envoy.bootstrap import bootstrap
from meshc.envoy.config import ProxyConfig, Resource, ResourceType
from meshc.envoy.dialect import StockDialect
from meshc.envoy.interception import Interception, bind_outbound
from meshc.envoy.refusals import without_refused
from meshc.envoy.rewrite import Rewriter, packed_type
from meshc.envoy.secrets import Certificates, Secrets, TlsWithoutAgent
from meshc.findings import Sink
from meshc.frozen import frozen
from meshc.ir.bootstrap import Bootstrap

_AGENT_CLUSTERS = frozenset(("agent", "sds-grpc", "sds-files-grpc", "xds-grpc"))
_TRACING = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing"
_ZIPKIN = "envoy.config.trace.v3.ZipkinConfig"


@frozen
class Standalone:
    """What a stock Envoy starts from: a bootstrap message without resources, and all resources, its own among them.

    The secrets are those that something refers to. Listeners and clusters still name the control plane as the source
    of routes, endpoints, extensions and secrets.
    """

    bootstrap: Any
    config: ProxyConfig


def standalone(
    config: ProxyConfig,
    start: Bootstrap,
    dialect: StockDialect,
    certificates: Certificates | None,
    interception: Interception,
    sink: Sink,
) -> Standalone:
    """The proxy on its own. What it has to do without, for want of an agent or of certificates, becomes findings."""
    message = bootstrap(start)
    dialect.bootstrap(message, start.origin)
    whole = _with_own(dialect.rewrite(config), message, start)
    secrets = Secrets.of(whole, certificates)
    tls = TlsWithoutAgent(secrets, sink)
    whole = _without_lost_collectors(_unique(tls.rewrite(whole), sink), sink)
    whole = without_refused(whole, sink)
    if interception is Interception.NONE:
        whole = bind_outbound(whole, sink)
    used = tuple(Resource.of(name, start.origin, secrets.get(name)) for name in sorted(tls.used))
    return Standalone(message, replace(whole, secrets=used))


def _with_own(config: ProxyConfig, message: Any, start: Bootstrap) -> ProxyConfig:
    """The configuration with the bootstrap's listeners and clusters before its own, but for what serves the agent."""
    static = message.static_resources
    ready = str(start.ports.readiness)
    clusters = (c for c in static.clusters if c.name not in _AGENT_CLUSTERS)
    listeners = (one for one in static.listeners if one.name.rpartition("_")[2] != ready)
    own = tuple(Resource.of(c.name, start.origin, c) for c in clusters)
    listening = tuple(Resource.of(one.name, start.origin, one) for one in listeners)
    message.ClearField("static_resources")
    message.ClearField("dynamic_resources")
    return replace(config, clusters=(*own, *config.clusters), listeners=(*listening, *config.listeners))


def _unique(config: ProxyConfig, sink: Sink) -> ProxyConfig:
    """Of several resources with one name the first, as Envoy has it or refuses the rest."""
    seen: set[tuple[ResourceType, str]] = set()

    def first(kind: ResourceType, resource: Resource) -> Resource | None:
        if (kind, resource.name) in seen:
            sink.add("MC0705", resource.origin, f"of {kind} named {resource.name} only the first is served")
            return None
        seen.add((kind, resource.name))
        return resource

    return config.map(first)


def _without_lost_collectors(config: ProxyConfig, sink: Sink) -> ProxyConfig:
    """Take out, in place, Zipkin tracers whose clusters do not exist: Envoy refuses a listener with one."""
    known = {resource.name for resource in config.clusters}
    for resource in config.listeners:
        for cluster in _clear_tracers(resource.message, known):
            sink.add("MC0702", resource.origin, f"the tracer is left out: there is no cluster {cluster}")
    return config


def _clear_tracers(listener: Any, known: Collection[str]) -> list[str]:
    """The clusters that the tracers taken out named."""
    lost: list[str] = []

    def clear(tracing: Any) -> bool:
        if not tracing.HasField("provider") or packed_type(tracing.provider.typed_config) != _ZIPKIN:
            return False
        config = unpack(tracing.provider.typed_config)
        cluster = config.collector_cluster or config.collector_service.http_uri.cluster
        if cluster in known:
            return False
        tracing.ClearField("provider")
        lost.append(cluster)
        return True

    Rewriter({_TRACING: clear})(listener)
    return lost
