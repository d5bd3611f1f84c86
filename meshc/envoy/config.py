"""The configuration of one proxy as Envoy messages, with the origin of each resource beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from google.protobuf.message import Message

from meshc.envoy.encode import to_bytes, to_text
from meshc.findings import Origin
from meshc.ir.bootstrap import Bootstrap

ResourceType = Literal["listeners", "routes", "clusters", "endpoints", "secrets", "extensions"]
RESOURCE_TYPES: tuple[ResourceType, ...] = get_args(ResourceType)

MESSAGES: Mapping[ResourceType, str] = {
    "listeners": "envoy.config.listener.v3.Listener",
    "routes": "envoy.config.route.v3.RouteConfiguration",
    "clusters": "envoy.config.cluster.v3.Cluster",
    "endpoints": "envoy.config.endpoint.v3.ClusterLoadAssignment",
    "secrets": "envoy.extensions.transport_sockets.tls.v3.Secret",
    "extensions": "envoy.config.core.v3.TypedExtensionConfig",
}
"""Type of a resource -> the full name of its message."""


class Resource:
    """One xDS resource. Its message, JSON text and bytes are each made when asked for, and mostly kept."""

    __slots__ = ("_json", "_make", "_message", "_print_json", "_wire", "name", "origin")

    def __init__(
        self, name: str, origin: Origin, make: Callable[[], Message], json: Callable[[], bytes] | None = None
    ) -> None:
        """`make` gives the message; `json`, where its JSON can be had without it, that, which is not kept here."""
        self.name = name
        self.origin = origin
        self._make = make
        self._print_json = json
        self._message: Message | None = None
        self._json: bytes | None = None
        self._wire: bytes | None = None

    @classmethod
    def of(cls, name: str, origin: Origin, message: Message) -> Resource:
        """A resource whose message is there already."""
        return cls(name, origin, lambda: message)

    @property
    def message(self) -> Message:
        """The protobuf message."""
        if self._message is None:
            self._message = self._make()
        return self._message

    @property
    def json(self) -> bytes:
        """Proto JSON on one line, UTF-8."""
        if self._print_json is not None:
            return self._print_json()
        if self._json is None:
            self._json = to_text(self.message).encode()
        return self._json

    @property
    def wire(self) -> bytes:
        """The serialised message."""
        if self._wire is None:
            self._wire = to_bytes(self.message)
        return self._wire

    def __repr__(self) -> str:
        return f"Resource({self.name!r})"


@dataclass(frozen=True, slots=True, eq=False)
class ProxyConfig:
    """What one proxy gets: resources by type, in istiod's order. `proxy` is `<name>.<namespace>`.

    `bootstrap` is what it starts with before it gets any of this; None if that is not known (read from a dump).
    """

    proxy: str
    bootstrap: Bootstrap | None = None
    listeners: tuple[Resource, ...] = ()
    routes: tuple[Resource, ...] = ()
    clusters: tuple[Resource, ...] = ()
    endpoints: tuple[Resource, ...] = ()
    secrets: tuple[Resource, ...] = ()
    extensions: tuple[Resource, ...] = ()

    def of(self, kind: ResourceType) -> tuple[Resource, ...]:
        """The resources of one type."""
        resources: tuple[Resource, ...] = getattr(self, kind)
        return resources

    def map(self, change: Callable[[ResourceType, Resource], Resource | None]) -> ProxyConfig:
        """The same with every resource changed, or left out where the change is None."""
        changed = {kind: [change(kind, resource) for resource in self.of(kind)] for kind in RESOURCE_TYPES}
        kept = (tuple(r for r in changed[kind] if r is not None) for kind in RESOURCE_TYPES)
        return ProxyConfig(self.proxy, self.bootstrap, *kept)

    def __iter__(self) -> Iterator[tuple[ResourceType, Resource]]:
        for kind in RESOURCE_TYPES:
            for resource in self.of(kind):
                yield kind, resource


def any_text(kind: ResourceType, resource: Resource) -> str:
    """A resource packed in an Any, as JSON."""
    text = resource.json.decode()
    head = f'{{"@type":"type.googleapis.com/{MESSAGES[kind]}"'
    return f"{head},{text[1:]}" if len(text) > 2 else head + "}"
