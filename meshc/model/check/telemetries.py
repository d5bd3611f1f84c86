"""Telemetry that asks for access logs and names nobody who would write them."""

from __future__ import annotations

from meshc.model.mesh import Mesh
from meshc.resources.check.place import Places
from meshc.resources.load import Objects
from meshc.resources.telemetry import Telemetry


def lint_telemetries(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Look for access logs without provider, where the mesh has no default one either."""
    if mesh.config.default_providers.access_logging:
        return
    for telemetry in objects.by_kind(Telemetry):
        for place, logging in (places.of(telemetry) / "spec").each("accessLogging", telemetry.spec.access_logging):
            if not logging.providers and not logging.disabled:
                place.tell("MC0592", "no provider is named, and the mesh has no default one")
