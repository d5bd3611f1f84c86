"""meshc: Kubernetes and Istio manifests in, the Envoy configuration that istiod would push out.

>>> import meshc
>>> mesh = meshc.load("examples/bookinfo")
>>> config = mesh.compile("productpage-v1")
>>> [route.name for route in config.routes]
['9080']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meshc.api import (
        CannotLoadError,
        Config,
        Finding,
        Location,
        Mesh,
        Origin,
        Severity,
        UnknownProxyError,
        load,
        read_dump,
    )

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


def __getattr__(name: str) -> Any:
    """The names of the API, imported when one is first asked for: `import meshc` itself costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'meshc' has no attribute {name!r}")
    from meshc import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
