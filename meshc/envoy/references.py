"""The configuration of a proxy in, the names that its resources mention and that nobody answers to out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, Literal

from google.protobuf.message import Message

from meshc.envoy.any import unpack
from meshc.envoy.config import ProxyConfig, Resource
from meshc.envoy.schema import UnknownTypeError
from meshc.frozen import frozen

Target = Literal["cluster", "endpoints", "extension", "route", "secret"]
"""What a name stands for."""

BOOTSTRAP_CLUSTERS = frozenset(("agent", "prometheus_stats", "sds-grpc", "xds-grpc"))
"""Clusters of the bootstrap with which istio-proxy starts."""

AGENT_SECRETS = ("default", "ROOTCA", "file-cert:", "file-root:")
"""Secrets (the last two by prefix) that the agent beside the proxy answers for, on the cluster `sds-grpc`."""

WASM_FETCH_CLUSTER = "_"
"""istiod's stand-in for a cluster in remote Wasm code, which the agent fetches and replaces by a local file."""


@frozen
class Reference:
    """A name that a resource mentions: `owner` is the resource as `listeners virtualInbound`."""

    owner: str
    target: Target
    name: str

    def __str__(self) -> str:
        return f"{self.owner}: {self.target} {self.name}"


def references(config: ProxyConfig) -> Iterator[Reference]:
    """Every name that the resources of a proxy mention, each once per resource."""
    for kind, resource in config:
        for target, name in dict.fromkeys(_mentioned(resource.message)):
            yield Reference(f"{kind} {resource.name}", target, name)


def dangling(config: ProxyConfig, bootstrap: Collection[str] = BOOTSTRAP_CLUSTERS) -> Iterator[str]:
    """The references of a proxy that lead nowhere, as `listeners virtualInbound: cluster inbound|80||`.

    `bootstrap` holds the names of the clusters that the proxy has from its bootstrap.
    """
    known = _known(config, bootstrap)
    for reference in references(config):
        if reference.name not in known[reference.target] and not _elsewhere(reference):
            yield str(reference)


def duplicates(config: ProxyConfig) -> Iterator[str]:
    """Names that more than one resource of the same type has, as `clusters BlackHoleCluster`."""
    counted = Counter(f"{kind} {resource.name}" for kind, resource in config)
    return (owner for owner, times in counted.items() if times > 1)


def _known(config: ProxyConfig, bootstrap: Collection[str]) -> dict[Target, frozenset[str]]:
    return {
        "cluster": _names(config.clusters) | frozenset(bootstrap),
        "endpoints": _names(config.endpoints),
        "extension": _names(config.extensions),
        "route": _names(config.routes),
        "secret": _names(config.secrets),
    }


def _names(resources: tuple[Resource, ...]) -> frozenset[str]:
    return frozenset(resource.name for resource in resources)


def _elsewhere(reference: Reference) -> bool:
    """Whether the agent answers for the name, and not istiod."""
    if reference.target == "secret":
        return reference.name.startswith(AGENT_SECRETS)
    return reference.target == "cluster" and reference.name == WASM_FETCH_CLUSTER


_ROUTE = "envoy.config.route.v3"
_TCP_PROXY = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"
_REDIS_PROXY = "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy"

_MENTIONS: dict[str, tuple[str, Target]] = {
    f"{_ROUTE}.RouteAction": ("cluster", "cluster"),
    f"{_ROUTE}.RouteAction.RequestMirrorPolicy": ("cluster", "cluster"),
    f"{_ROUTE}.WeightedCluster.ClusterWeight": ("name", "cluster"),
    _TCP_PROXY: ("cluster", "cluster"),
    f"{_TCP_PROXY}.WeightedCluster.ClusterWeight": ("name", "cluster"),
    f"{_REDIS_PROXY}.PrefixRoutes.Route": ("cluster", "cluster"),
    f"{_REDIS_PROXY}.PrefixRoutes.Route.RequestMirrorPolicy": ("cluster", "cluster"),
    "envoy.config.core.v3.ApiConfigSource": ("cluster_names", "cluster"),
    "envoy.config.core.v3.GrpcService.EnvoyGrpc": ("cluster_name", "cluster"),
    "envoy.config.core.v3.HttpUri": ("cluster", "cluster"),
    "envoy.config.trace.v3.DatadogConfig": ("collector_cluster", "cluster"),
    "envoy.config.trace.v3.ZipkinConfig": ("collector_cluster", "cluster"),
    "envoy.extensions.clusters.aggregate.v3.ClusterConfig": ("clusters", "cluster"),
    "envoy.extensions.filters.network.http_connection_manager.v3.Rds": ("route_config_name", "route"),
    "envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig": ("name", "secret"),
}
"""Message -> the field of it that mentions a name, and what the name stands for."""


def _mentioned(message: Any) -> Iterator[tuple[Target, str]]:
    """What a message and those in it mention, in the order of the fields."""
    name = message.DESCRIPTOR.full_name
    if name == "google.protobuf.Any":
        yield from _packed(message)
        return
    if name in _MENTIONS:
        field, target = _MENTIONS[name]
        value = getattr(message, field)
        yield from ((target, each) for each in ([value] if isinstance(value, str) else value) if each)
    if name == "envoy.config.cluster.v3.Cluster" and message.HasField("eds_cluster_config"):
        yield "endpoints", message.eds_cluster_config.service_name or message.name
    if name.endswith("HttpFilter") and message.HasField("config_discovery"):
        yield "extension", message.name
    for inner in _inner(message):
        yield from _mentioned(inner)


def _packed(message: Any) -> Iterator[tuple[Target, str]]:
    try:
        inner = unpack(message)
    except UnknownTypeError:
        return
    yield from _mentioned(inner)


def _inner(message: Message) -> Iterator[Any]:
    """The messages that are the values of a message's fields."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                yield from (value[key] for key in sorted(value))
        elif field.is_repeated:
            yield from value
        else:
            yield value
