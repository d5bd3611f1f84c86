"""Operations of EnvoyFilter patches that depend on chance or do nothing (spec: tooling 17)."""

from __future__ import annotations

from meshc.model.mesh import Mesh
from meshc.resources.check.place import Place, Places
from meshc.resources.load import Objects
from meshc.resources.networking import EnvoyFilter
from meshc.resources.networking.envoy_filter import EnvoyConfigObjectPatch

_RELATIVE = ("REMOVE", "REPLACE", "INSERT_BEFORE", "INSERT_AFTER")
_REPLACEABLE = ("NETWORK_FILTER", "HTTP_FILTER", "VIRTUAL_HOST")
_WITHOUT_ADD = ("ROUTE_CONFIGURATION", "HTTP_ROUTE")


def lint_envoy_filters(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Look at every patch."""
    for resource in objects.by_kind(EnvoyFilter):
        for place, patch in (places.of(resource) / "spec").each("configPatches", resource.spec.config_patches):
            if patch.patch is not None:
                _check(place / "patch" / "operation", patch, patch.patch.operation, resource.spec.priority)


def _check(at: Place, patch: EnvoyConfigObjectPatch, operation: str, priority: int) -> None:
    """What is ignored is said; else whether the order among EnvoyFilters, which decides, is fixed."""
    if operation in ("ADD", "REMOVE") and patch.apply_to in _WITHOUT_ADD:
        at.tell("MC0591", f"{operation} has no effect on {patch.apply_to}")
    elif operation == "REPLACE" and patch.apply_to not in _REPLACEABLE:
        at.tell("MC0591", f"REPLACE has no effect on {patch.apply_to}")
    elif operation in _RELATIVE and priority == 0:
        at.tell("MC0590", f"{operation} depends on what other EnvoyFilters have done before, and there is no priority")
