"""Checks over two or more objects: the mesh in, findings about what is merged, shadowed or leads nowhere out.

Nothing here decides anything: the index that a check reads has decided, and the check says so.
"""

from __future__ import annotations

from meshc.findings import Sink
from meshc.model.check.destination_rules import report_destination_rules
from meshc.model.check.overrides import report_overrides
from meshc.model.check.references import report_references
from meshc.model.check.selectors import report_selectors
from meshc.model.check.services import (
    report_aliases,
    report_clusters,
    report_services,
    report_workload_entries,
)
from meshc.model.check.virtual_services import report_virtual_services
from meshc.model.mesh import Mesh

CHECKS = (
    report_services,
    report_clusters,
    report_aliases,
    report_workload_entries,
    report_virtual_services,
    report_destination_rules,
    report_overrides,
    report_selectors,
    report_references,
)


def check(mesh: Mesh, sink: Sink) -> None:
    """Run all checks."""
    for report in CHECKS:
        report(mesh, sink)
