"""The `resources` format: one JSON list per resource type and proxy, one resource a line, sorted by name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig, Resource, ResourceType


def json_list(resources: Iterable[Resource]) -> bytes:
    """A JSON list of the resources, sorted by name, one a line."""
    lines = [r.json for r in sorted(resources, key=lambda r: r.name)]
    return b"[\n" + b",\n".join(lines) + b"\n]\n" if lines else b"[]\n"


def write(config: ProxyConfig, folder: Path, types: Iterable[ResourceType] = RESOURCE_TYPES) -> None:
    """Write `<folder>/<proxy>/<type>.json` for each type; a type that the proxy has nothing of is an empty list.

    `secrets` and `extensions` are left out when there are none, as a proxy that names none never asks for any.
    """
    target = folder / config.proxy
    target.mkdir(parents=True, exist_ok=True)
    for kind in types:
        if config.of(kind) or kind not in ("secrets", "extensions"):
            (target / f"{kind}.json").write_bytes(json_list(config.of(kind)))
