"""The `resources` format: one list per resource type and proxy, sorted by name, in JSON one resource a line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter

from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig, Resource, ResourceType
from meshc.output.folder import Folder
from meshc.output.text import Syntax, document

_ONLY_IF_ANY: tuple[ResourceType, ...] = ("secrets", "extensions")
"""Types that a proxy asks for only where something refers to one of them."""


def json_list(resources: Iterable[Resource]) -> bytes:
    """A JSON list of the resources, sorted by name, one a line."""
    return b"".join(_pieces(resources))


def _pieces(resources: Iterable[Resource]) -> list[bytes]:
    """The list in pieces: it may have megabytes, which are not worth a copy if they are but written."""
    pieces = [b"[\n"]
    for resource in sorted(resources, key=attrgetter("name")):
        pieces += (resource.json, b",\n")
    if len(pieces) == 1:
        return [b"[]\n"]
    pieces[-1] = b"\n]\n"
    return pieces


def _lists(config: ProxyConfig, types: Iterable[ResourceType]) -> Iterator[tuple[ResourceType, list[bytes]]]:
    """Type and JSON list of the resources; `secrets` and `extensions` are left out where there are none."""
    for kind in types:
        if config.of(kind) or kind not in _ONLY_IF_ANY:
            yield kind, _pieces(config.of(kind))


def write(
    config: ProxyConfig,
    folder: Folder,
    types: Collection[ResourceType] = RESOURCE_TYPES,
    syntax: Syntax = Syntax.JSON,
) -> None:
    """Write `<type>.json` or `<type>.yaml` for each type; a type that the proxy has nothing of is an empty list."""
    for kind, pieces in _lists(config, types):
        content = pieces if syntax is Syntax.JSON else [document(b"".join(pieces), syntax)]
        folder.write(f"{kind}.{syntax.value}", *content)
    for kind in _ONLY_IF_ANY:
        if kind in types:
            folder.remove_others(f"{kind}.{syntax.value}")


def whole(config: ProxyConfig, types: Iterable[ResourceType]) -> bytes:
    """One JSON object of the lists by type."""
    parts = (f'"{kind}":'.encode() + b"".join(pieces).rstrip() for kind, pieces in _lists(config, types))
    return b"{" + b",\n".join(parts) + b"}"
