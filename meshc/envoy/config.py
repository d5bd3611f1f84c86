"""The configuration of one proxy as Envoy messages, with the origin of each resource beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from google.protobuf.message import Message

from meshc.envoy.encode import to_bytes, to_text
from meshc.findings import Origin
from meshc.ir.bootstrap import Bootstrap

ResourceType = Literal["listeners", "routes", "clusters", "endpoints", "secrets", "extensions"]
RESOURCE_TYPES: tuple[ResourceType, ...] = get_args(ResourceType)


@dataclass(slots=True, eq=False)
class Resource:
    """One xDS resource; its JSON text and bytes are made when first asked for and kept."""

    name: str
    origin: Origin
    message: Message
    _json: bytes | None = field(default=None, repr=False)
    _wire: bytes | None = field(default=None, repr=False)

    @property
    def json(self) -> bytes:
        """Proto JSON on one line, UTF-8."""
        if self._json is None:
            self._json = to_text(self.message).encode()
        return self._json

    @property
    def wire(self) -> bytes:
        """The serialised message."""
        if self._wire is None:
            self._wire = to_bytes(self.message)
        return self._wire


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

    def __iter__(self) -> Iterator[tuple[ResourceType, Resource]]:
        for kind in RESOURCE_TYPES:
            for resource in self.of(kind):
                yield kind, resource
