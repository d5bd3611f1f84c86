"""Checks over two or more objects that only `meshc lint` runs: the mesh and its objects in, findings out.

They are about what people mean, not about what becomes of it: the mesh would be built the same without them.
"""

from __future__ import annotations

from meshc.model.check.envoy_filters import lint_envoy_filters
from meshc.model.check.gateway_conflicts import lint_gateway_conflicts
from meshc.model.check.gateways import lint_gateways
from meshc.model.check.mentions import lint_namespaces
from meshc.model.check.routes_at_gateways import lint_routes_at_gateways
from meshc.model.check.selections import lint_selections
from meshc.model.check.service_ports import lint_service_ports
from meshc.model.check.telemetries import lint_telemetries
from meshc.model.mesh import Mesh
from meshc.resources.check.place import Places
from meshc.resources.load import Objects

LINTS = (
    lint_selections,
    lint_namespaces,
    lint_gateways,
    lint_gateway_conflicts,
    lint_routes_at_gateways,
    lint_service_ports,
    lint_telemetries,
    lint_envoy_filters,
)


def lint_mesh(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Run all of them."""
    for check in LINTS:
        check(mesh, objects, places)
