"""Findings: what the compiler has to say about its input, as records with a code, a place and a way out.

In: facts that any stage notices. Out: `Finding` records, collected by a `Sink`. Imported by every stage, imports none.
"""

from meshc.findings.catalog import CATALOG, Rule
from meshc.findings.finding import Finding, Severity, Sink
from meshc.findings.location import Location, Origin

__all__ = ["CATALOG", "Finding", "Location", "Origin", "Rule", "Severity", "Sink"]
