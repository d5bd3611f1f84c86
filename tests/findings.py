"""Findings as lines of text, for comparing them whole."""

from __future__ import annotations

from meshc.findings import Severity, Sink


def lines(sink: Sink, least: Severity = Severity.WARNING) -> list[str]:
    """Place, severity, code, object with field, sentence of every finding, in the order of a report."""
    return [
        f"{finding.location}: {finding.severity} {finding.code}: "
        + (f"{finding.origin}: " if finding.origin.kind else "")
        + finding.message
        for finding in sink
        if finding.severity >= least
    ]
