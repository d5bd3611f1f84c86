"""The catalogue: every code a finding may carry, with severity, title and the usual way out.

Codes: MC01xx reading files, MC02xx decoding objects, MC03xx assumptions, MC04xx validation as istiod's admission,
MC05xx references and precedence between objects, MC06xx what a proxy gets, MC07xx output. A retired number is never
used again.
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


_FIXED = "the document is left out until this is corrected"

_RULES = (
    Rule("MC0101", "ERROR", "file cannot be read", "check the path and its permissions"),
    Rule("MC0102", "ERROR", "nothing at this path", "check the spelling; a pattern must be quoted for the shell"),
    Rule("MC0103", "WARNING", "folder without manifests", "manifests end in .yaml, .yml or .json"),
    Rule("MC0104", "ERROR", "file or line too large", "split the file; spread JSON over lines"),
    Rule("MC0105", "ERROR", "not Unicode", "save the file as UTF-8"),
    Rule(
        "MC0106",
        "ERROR",
        "character that YAML does not allow",
        "save the file as UTF-8 text; write the character as an escape",
    ),
    Rule("MC0107", "ERROR", "not YAML", _FIXED),
    Rule("MC0108", "ERROR", "tab in the indentation", "indent with spaces"),
    Rule("MC0109", "ERROR", "key stands twice", "remove one of them"),
    Rule("MC0110", "ERROR", "alias that cannot be followed", _FIXED),
    Rule("MC0111", "ERROR", "nested too deeply", _FIXED),
    Rule("MC0112", "ERROR", "no counterpart in JSON", _FIXED),
    Rule("MC0113", "WARNING", "document is not a mapping", "a manifest is a mapping with apiVersion and kind"),
)

CATALOG: dict[str, Rule] = {rule.code: rule for rule in _RULES}
