"""The catalogue: every code a finding may carry, with severity, title and the usual way out.

Codes: MC01xx reading files, MC02xx decoding objects, MC03xx assumptions, MC04xx validation as istiod's admission,
MC05xx references and precedence between objects, MC06xx what a proxy gets, MC07xx output. A retired number is never used again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of the catalogue. `severity` is the name of a `Severity`."""

    code: str
    severity: str
    title: str
    hint: str = ""


_RULES = (Rule("MC0101", "ERROR", "file cannot be read", "check the path and its permissions"),)

CATALOG: dict[str, Rule] = {rule.code: rule for rule in _RULES}
