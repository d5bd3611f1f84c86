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
    lines = [r.json for r in sorted(resources, key=attrgetter("name"))]
    if not lines:
        return b"[]\n"
    lines[0] = (
        b"[\n" + lines[0]
    )  # into the items: a list may have megabytes, and each copy of it costs more than all this
    lines[-1] += b"\n]\n"
    return b",\n".join(lines)


def lists(config: ProxyConfig, types: Iterable[ResourceType]) -> Iterator[tuple[ResourceType, bytes]]:
    """Type and JSON list of the resources; `secrets` and `extensions` are left out where there are none."""
    for kind in types:
        if config.of(kind) or kind not in _ONLY_IF_ANY:
            yield kind, json_list(config.of(kind))


def write(
    config: ProxyConfig,
    folder: Folder,
    types: Collection[ResourceType] = RESOURCE_TYPES,
    syntax: Syntax = Syntax.JSON,
) -> None:
    """Write `<type>.json` or `<type>.yaml` for each type; a type that the proxy has nothing of is an empty list."""
    for kind, text in lists(config, types):
        folder.write(f"{kind}.{syntax.value}", text if syntax is Syntax.JSON else document(text, syntax))
    for kind in _ONLY_IF_ANY:
        if kind in types:
            folder.remove_others(f"{kind}.{syntax.value}")


def whole(config: ProxyConfig, types: Iterable[ResourceType]) -> bytes:
    """One JSON object of the lists by type."""
    parts = (f'"{kind}":'.encode() + text.rstrip() for kind, text in lists(config, types))
    return b"{" + b",\n".join(parts) + b"}"
