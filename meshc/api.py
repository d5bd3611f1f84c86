"""The Python API: manifests in, configurations out, as messages, typed dataclasses, bootstraps, dumps and files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from google.protobuf.message import Message

from meshc.compile import CannotLoadError, Compiler, load_compiler
from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig, ResourceType
from meshc.envoy.interception import Interception
from meshc.findings import Finding, Location, Origin, Severity, Sink
from meshc.output import dump
from meshc.output.deliver import Delivery, Dialect, Format, deliver
from meshc.scope.discovery import UnknownProxyError
from meshc.settings import Inputs, ProxyRequest

if TYPE_CHECKING:
    from meshc.typed import TypedConfig

__all__ = [
    "CannotLoadError",
    "Config",
    "Finding",
    "Location",
    "Mesh",
    "Origin",
    "Severity",
    "UnknownProxyError",
    "load",
    "read_dump",
]


def load(
    *paths: str | Path,
    mesh_config: str | Path | None = None,
    mesh_networks: str | Path | None = None,
    features: str | Path | None = None,
    clusters: Mapping[str, str | Path] | None = None,
    endpoint_map: str | Path | None = None,
) -> Mesh:
    """Read manifests and index them: files, folders, globs, or `-` for stdin.

    `mesh_config`, `mesh_networks`, `features` (istiod's environment flags) and `endpoint_map` (real addresses of pods,
    workloads and services) are YAML files; `clusters` gives the manifests of further clusters by cluster id. Raises
    `CannotLoadError` if nothing can be read or nothing is there; lesser trouble is in `Mesh.findings`.

    >>> import meshc
    >>> mesh = meshc.load("examples/bookinfo")
    >>> mesh.proxies[:2]
    ('details-v1-0.default', 'productpage-v1-0.default')
    """
    inputs = Inputs(
        [str(path) for path in paths],
        mesh_config=_path(mesh_config),
        mesh_networks=_path(mesh_networks),
        features=_path(features),
        clusters={name: str(path) for name, path in (clusters or {}).items()},
        endpoint_map=_path(endpoint_map),
    )
    return Mesh(load_compiler(inputs))


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def read_dump(data: bytes | str) -> Config:
    """The configuration in a config dump, of `meshc compile --format dump` or of any Envoy's `/config_dump`.

    Raises `ValueError` if the text is no config dump.

    >>> import meshc
    >>> dumped = meshc.load("examples/bookinfo").compile("ratings-v1").to_dump()
    >>> meshc.read_dump(dumped).proxy
    'ratings-v1-0.default'
    """
    return Config(dump.read_dump(data), Sink())


class Mesh:
    """Manifests, indexed; configurations of its proxies are compiled from it, and share what they have in common.

    >>> import meshc
    >>> mesh = meshc.load("examples/bookinfo")
    >>> sorted({finding.code for finding in mesh.findings if finding.severity >= meshc.Severity.WARNING})
    []
    >>> [config.proxy for config in mesh.compile_all()][-1]
    'reviews-v3-0.default'
    """

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler

    @cached_property
    def proxies(self) -> tuple[str, ...]:
        """The names of all proxies, `<pod>.<namespace>`, by namespace and name."""
        return tuple(f"{proxy.name}.{proxy.namespace}" for proxy in self._compiler.proxies())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What there is to say about the manifests, and about the configurations compiled so far."""
        return tuple(self._compiler.findings)

    def compile(
        self,
        proxy: str,
        *,
        type: Literal["", "sidecar", "router"] = "",
        metadata: Mapping[str, Any] | None = None,
        cluster: str = "",
    ) -> Config:
        """What istiod would push to a proxy, `<pod>.<namespace>` or `<workload>.<namespace>`, by default in `default`.

        `type` is for a proxy that the manifests do not tell the type of; `metadata` replaces whole keys of its node's
        metadata; `cluster` is the id of its cluster. Raises `UnknownProxyError`, which names what comes near.
        """
        request = ProxyRequest(name=proxy, type=type, metadata=metadata or {}, cluster=cluster)
        return Config(self._compiler.compile(self._compiler.find(request)), self._compiler.findings)

    def compile_all(self) -> Iterator[Config]:
        """The configurations of all proxies, one at a time."""
        return (Config(self._compiler.compile(proxy), self._compiler.findings) for proxy in self._compiler.proxies())


class Config:
    """The configuration of one proxy.

    Messages are protobuf's, in istiod's order; they are shared with other configurations of the mesh, so copy one
    before you change it. `typed` has the same as dataclasses.

    >>> import meshc
    >>> config = meshc.load("examples/bookinfo").compile("productpage-v1")
    >>> cluster = next(c for c in config.clusters if c.name == "outbound|9080|v2|reviews.default.svc.cluster.local")
    >>> cluster.connect_timeout.seconds
    10
    >>> print(config.origin_of(cluster), config.origin_of(cluster).location)
    DestinationRule default/reviews spec.subsets[1] examples/bookinfo/traffic.yaml:11:7
    >>> config.typed.routes[0].virtual_hosts[0].name
    'details.default.svc.cluster.local:9080'
    >>> sorted(config.to_bootstrap()["staticResources"])
    ['clusters', 'listeners']
    """

    def __init__(self, config: ProxyConfig, findings: Sink) -> None:
        self._config = config
        self._findings = findings

    def __repr__(self) -> str:
        return f"<Config of {self.proxy}>"

    @property
    def proxy(self) -> str:
        """The proxy's name, `<pod>.<namespace>`."""
        return self._config.proxy

    @property
    def listeners(self) -> tuple[Any, ...]:
        """`envoy.config.listener.v3.Listener` messages."""
        return self._messages("listeners")

    @property
    def routes(self) -> tuple[Any, ...]:
        """`envoy.config.route.v3.RouteConfiguration` messages."""
        return self._messages("routes")

    @property
    def clusters(self) -> tuple[Any, ...]:
        """`envoy.config.cluster.v3.Cluster` messages."""
        return self._messages("clusters")

    @property
    def endpoints(self) -> tuple[Any, ...]:
        """`envoy.config.endpoint.v3.ClusterLoadAssignment` messages."""
        return self._messages("endpoints")

    @property
    def secrets(self) -> tuple[Any, ...]:
        """`envoy.extensions.transport_sockets.tls.v3.Secret` messages: those that istiod, not the agent, serves."""
        return self._messages("secrets")

    @property
    def extensions(self) -> tuple[Any, ...]:
        """`envoy.config.core.v3.TypedExtensionConfig` messages: configurations of filters that are discovered."""
        return self._messages("extensions")

    def _messages(self, kind: ResourceType) -> tuple[Any, ...]:
        return tuple(resource.message for resource in self._config.of(kind))

    @cached_property
    def typed(self) -> TypedConfig:
        """The same resources as dataclasses of `envoy-data-plane`, for completion and type checks; slow to import."""
        from meshc.typed import TypedConfig

        return TypedConfig(self._config)

    def origin_of(self, message: Message) -> Origin:
        """The object in the manifests (and where it stands) that one of this configuration's messages was made from.

        Raises `KeyError` for another message.
        """
        for _, resource in self._config:
            if resource.message is message:
                return resource.origin
        raise KeyError(f"no resource of {self.proxy}")

    def to_json(self, kind: ResourceType) -> list[Any]:
        """The resources of a type as proto JSON values, sorted by name."""
        return [json.loads(r.json) for r in sorted(self._config.of(kind), key=lambda r: r.name)]

    def to_bootstrap(
        self,
        dialect: Literal["envoy", "istio"] = "envoy",
        *,
        certificates: str | Path | None = None,
        interception: Literal["none", "redirect"] = "none",
    ) -> dict[str, Any]:
        """The bootstrap as JSON values: a static one for a stock Envoy, or the one that istio-proxy's agent writes.

        `certificates` is a folder of `meshc certs`; without it a stock Envoy has no mutual TLS. With `interception`
        `none` outbound listeners are bound to loopback ports; with `redirect` iptables must send connections to it.
        What a stock Envoy has to do without becomes findings of the mesh. Raises `ValueError` for a configuration that
        was read from a dump, `LookupError` if the folder has no certificate for the proxy.
        """
        files = _path(certificates)
        delivery = Delivery(
            Format.BOOTSTRAP, Dialect(dialect), certificates=files, interception=Interception(interception)
        )
        return _object(self._deliver(delivery))

    def to_dump(self) -> bytes:
        """The configuration as Envoy's `/config_dump` would show it, JSON: what `istioctl proxy-config -f` reads."""
        return self._deliver(Delivery(Format.DUMP, Dialect.ISTIO))

    def write(self, folder: str | Path, format: Literal["resources", "filesystem"] = "resources") -> None:
        """Write `<folder>/<proxy>/`: lists by type, or a bootstrap and the files that a stock Envoy then watches."""
        stock = format == "filesystem"
        self._deliver(Delivery(Format(format), Dialect.ENVOY if stock else Dialect.ISTIO, out=Path(folder)))

    def _deliver(self, delivery: Delivery) -> bytes:
        made: list[bytes] = []
        deliver([self._config], 1, delivery, self._findings, made.append)
        return b"".join(made)

    def __iter__(self) -> Iterator[tuple[ResourceType, Any]]:
        """Type and message of every resource."""
        return ((kind, resource.message) for kind in RESOURCE_TYPES for resource in self._config.of(kind))


def _object(text: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value
