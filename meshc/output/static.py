"""The static bootstrap: a proxy on its own in, one message that a stock Envoy starts from out."""

from __future__ import annotations

from typing import Any

from meshc.envoy.sources import Inline
from meshc.envoy.standalone import Standalone
from meshc.findings import Sink


def static_bootstrap(proxy: Standalone, sink: Sink) -> Any:
    """An `envoy.config.bootstrap.v3.Bootstrap` that holds everything (spec: extensions 2.4)."""
    config = Inline.of(proxy.config, sink).rewrite(proxy.config)
    message = type(proxy.bootstrap)()
    message.CopyFrom(proxy.bootstrap)
    static = message.static_resources
    static.listeners.extend(resource.message for resource in config.listeners)
    static.clusters.extend(resource.message for resource in config.clusters)
    static.secrets.extend(resource.message for resource in config.secrets)
    return message
