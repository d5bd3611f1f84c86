"""Findings as text, JSON, SARIF or JUnit: the outcome of a lint in, a text out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any
from xml.etree import ElementTree

from meshc.cli.report import Threshold, finding_line
from meshc.findings import CATALOG, Finding, Location, Severity
from meshc.findings.suppress import By, Outcome, Suppressed

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SARIF_VERSION = "2.1.0"

_SARIF_LEVELS = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
_SARIF_KINDS = {By.ANNOTATION: "inSource", By.RULE: "external"}


class FindingFormat(Enum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def render(outcome: Outcome, chosen: FindingFormat, fail_on: Threshold) -> str:
    """The outcome as a text that ends with a line break, or is empty."""
    return _RENDERERS[chosen](outcome, fail_on)


def _text(outcome: Outcome, fail_on: Threshold) -> str:
    return "".join(f"{finding_line(finding)}\n" for finding in outcome.findings)


def _json(outcome: Outcome, fail_on: Threshold) -> str:
    """A list of findings; suppressed ones are left out."""
    return _dump([_plain(finding) for finding in outcome.findings])


def _plain(finding: Finding) -> dict[str, Any]:
    origin = finding.origin
    values: dict[str, str | int] = {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "kind": origin.kind,
        "namespace": origin.namespace,
        "name": origin.name,
        "field": origin.field,
    }
    location = finding.location
    if location is not None:
        values |= {"file": location.file, "line": location.line or "", "column": location.column or ""}
    return {key: value for key, value in values.items() if value != ""}


def _sarif(outcome: Outcome, fail_on: Threshold) -> str:
    """SARIF 2.1.0: one run; suppressed findings stand in it, marked as such."""
    results = [_result(finding) for finding in outcome.findings]
    results += [_suppressed_result(held) for held in outcome.suppressed]
    codes = sorted({result["ruleId"] for result in results})
    driver = {"name": "meshc", "rules": [_rule(code) for code in codes]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _dump({"$schema": SARIF_SCHEMA, "version": SARIF_VERSION, "runs": [run]})


def _rule(code: str) -> dict[str, Any]:
    rule = CATALOG[code]
    made: dict[str, Any] = {"id": code, "shortDescription": {"text": rule.title}}
    if rule.hint:
        made["help"] = {"text": rule.hint}
    made["defaultConfiguration"] = {"level": _SARIF_LEVELS[Severity[rule.severity]]}
    return made


def _result(finding: Finding) -> dict[str, Any]:
    hint = f" ({finding.hint})" if finding.hint else ""
    return {
        "ruleId": finding.code,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": f"{finding.message}{hint}"},
        "locations": [_sarif_location(finding)],
    }


def _suppressed_result(held: Suppressed) -> dict[str, Any]:
    return _result(held.finding) | {"suppressions": [{"kind": _SARIF_KINDS[held.by]}]}


def _sarif_location(finding: Finding) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if finding.location is not None and finding.location.file:
        made["physicalLocation"] = _physical(finding.location)
    if finding.origin.kind:
        made["logicalLocations"] = [{"fullyQualifiedName": str(finding.origin), "kind": "resource"}]
    return made


def _physical(location: Location) -> dict[str, Any]:
    made: dict[str, Any] = {"artifactLocation": {"uri": location.file}}
    if location.line:
        made["region"] = {"startLine": location.line}
        if location.column:
            made["region"]["startColumn"] = location.column
    return made


def _junit(outcome: Outcome, fail_on: Threshold) -> str:
    """JUnit: a suite per file, a case per finding, failed if it fails the run; without any, one that passes."""
    suites = ElementTree.Element("testsuites", name="meshc lint")
    for file, findings in _by_file(outcome.findings).items():
        failures = [finding for finding in findings if fail_on.reached(finding.severity)]
        counts = {"name": file or "input", "tests": str(len(findings)), "failures": str(len(failures))}
        suite = ElementTree.SubElement(suites, "testsuite", counts)
        for finding in findings:
            _case(suite, finding, finding in failures)
    if not outcome.findings:
        suite = ElementTree.SubElement(suites, "testsuite", name="input", tests="1", failures="0")
        ElementTree.SubElement(suite, "testcase", classname="meshc.lint", name="nothing to report")
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _by_file(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.location.file if finding.location is not None else "", []).append(finding)
    return files


def _case(suite: ElementTree.Element, finding: Finding, failed: bool) -> None:
    name = f"{finding.code} {finding.origin}" if finding.origin.kind else finding.code
    case = ElementTree.SubElement(suite, "testcase", classname=CATALOG[finding.code].title, name=name)
    if finding.location is not None and finding.location.line:
        case.set("line", str(finding.location.line))
    if failed:
        failure = ElementTree.SubElement(case, "failure", type=str(finding.severity), message=finding.message)
        failure.text = finding_line(finding)
    else:
        ElementTree.SubElement(case, "system-out").text = finding_line(finding)


def _dump(value: object) -> str:
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n"


_RENDERERS: Mapping[FindingFormat, Callable[[Outcome, Threshold], str]] = {
    FindingFormat.TEXT: _text,
    FindingFormat.JSON: _json,
    FindingFormat.SARIF: _sarif,
    FindingFormat.JUNIT: _junit,
}
