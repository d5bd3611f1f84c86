"""Formats and dialects: the configurations of some proxies in, files or text out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig, ResourceType
from meshc.output import resources


class Format(Enum):
    """What to write."""

    BOOTSTRAP = "bootstrap"
    RESOURCES = "resources"
    FILESYSTEM = "filesystem"
    DUMP = "dump"


class Dialect(Enum):
    """Whom it is for: a stock Envoy, or istio-proxy as istiod would serve it."""

    ENVOY = "envoy"
    ISTIO = "istio"


class Syntax(Enum):
    """How text is written."""

    JSON = "json"
    YAML = "yaml"


def deliver(
    configs: Iterable[ProxyConfig],
    count: int,
    format: Format | None,
    dialect: Dialect | None,
    syntax: Syntax,
    out: Path | None,
    types: tuple[ResourceType, ...],
) -> None:
    """Write the configurations of `count` proxies to `out`."""
    for config in configs:
        if out is not None:
            resources.write(config, out, types or RESOURCE_TYPES)
