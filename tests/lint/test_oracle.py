"""Every object that istiod refuses or warns of is found, and none that it accepts is called invalid."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from meshc.findings import Finding, Severity
from meshc.lint import lint
from meshc.settings import Inputs

ORACLE = Path(os.environ.get("MESHC_ORACLE", "no oracle"))
CASES = sorted(path.parent for path in ORACLE.glob("cases/*/case.yaml"))

_VERDICT = re.compile(r"(invalid|warning) (\w+) (\S+): .*")
_SEVERITIES = {"invalid": Severity.ERROR, "warning": Severity.WARNING}


def findings(folder: Path) -> dict[tuple[str, str], set[Severity]]:
    """Severities by (kind, namespace/name) of what admission and decoding say."""
    case = yaml.safe_load((folder / "case.yaml").read_text())
    base = [] if case.get("base", "none") == "none" else [str(ORACLE / "bases" / f"{case['base']}.yaml")]
    inputs = Inputs(paths=[*base, str(folder / "manifests.yaml")], case=folder / "case.yaml")
    found: dict[tuple[str, str], set[Severity]] = {}
    for finding in lint(inputs, per_proxy=False).findings:
        if is_admission(finding):
            name = f"{finding.origin.namespace}/{finding.origin.name}"
            found.setdefault((finding.origin.kind, name), set()).add(finding.severity)
    return found


def is_admission(finding: Finding) -> bool:
    return finding.code.startswith(("MC02", "MC04"))


def recorded(folder: Path) -> dict[tuple[str, str], set[Severity]]:
    """The verdicts of istiod's own validation."""
    file = folder / "expected" / "validation.txt"
    verdicts: dict[tuple[str, str], set[Severity]] = {}
    for line in file.read_text().splitlines() if file.is_file() else ():
        if match := _VERDICT.match(line):
            verdicts.setdefault((match[2], match[3]), set()).add(_SEVERITIES[match[1]])
    return verdicts


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_admission_is_as_recorded(folder: Path) -> None:
    found, verdicts = findings(folder), recorded(folder)
    missed = {thing: wanted for thing, wanted in verdicts.items() if not wanted <= found.get(thing, set())}
    invalid = {thing for thing, severities in found.items() if Severity.ERROR in severities}
    assert missed == {}
    assert invalid == {thing for thing, wanted in verdicts.items() if Severity.ERROR in wanted}
