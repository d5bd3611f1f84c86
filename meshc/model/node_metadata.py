"""The proxy configuration as a node reports it in its metadata, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from meshc.findings import Origin, Sink
from meshc.resources.embedded import decode_text
from meshc.resources.encode import to_json
from meshc.resources.mesh_config.proxy import ProxyConfig


def reported(config: ProxyConfig) -> dict[str, Any]:
    """`PROXY_CONFIG` of a node: proto JSON without what is unset."""
    return to_json(config)


def of_report(value: Mapping[str, Any], origin: Origin, sink: Sink) -> ProxyConfig | None:
    """The configuration that a node reports; None if it cannot be read."""
    read = decode_text(ProxyConfig, json.dumps(value), origin, "MC0254", sink)
    return read[0] if read is not None else None
