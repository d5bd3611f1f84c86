"""`meshc lint` on the command line: formats, thresholds and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from meshc.cli.app import app
from tests.manifests import entry, manifest

RULE = manifest("DestinationRule", "rule", "{host: a_b, trafficPolicy: {outlierDetection: {consecutiveErrors: 1}}}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "in.yaml"
    written.write_text(yaml.safe_dump_all([RULE, entry("db", "db.example.com")], sort_keys=False))
    return written


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["lint", *map(str, arguments)])


def test_text(file: Path) -> None:
    done = run(file)
    line = f"{file}:8:3: error MC0404: DestinationRule shop/rule spec.host: "
    assert f"{line}'a_b' is no host name: label 'a_b' is malformed\n" in done.stdout
    assert done.stderr.startswith("1 error, 2 warnings")
    assert done.exit_code == 1


@pytest.mark.parametrize(("threshold", "code"), [("error", 1), ("warning", 1), ("never", 0)])
def test_exit_codes(file: Path, threshold: str, code: int) -> None:
    assert run(file, "--fail-on", threshold).exit_code == code


def test_warnings_do_not_fail(tmp_path: Path) -> None:
    written = tmp_path / "in.yaml"
    written.write_text(yaml.safe_dump({**RULE, "spec": {**RULE["spec"], "host": "web"}}, sort_keys=False))
    assert run(written).exit_code == 0
    assert run(written, "--fail-on", "warning").exit_code == 1


def test_less_and_more(file: Path) -> None:
    quiet, loud = run(file, "-q"), run(file, "-v")
    assert [line.split(": ")[1].split()[0] for line in quiet.stdout.splitlines()] == ["error"]
    assert quiet.stderr == ""
    assert len(loud.stdout.splitlines()) >= 3


def test_json(file: Path) -> None:
    findings = json.loads(run(file, "--format", "json").stdout)
    assert next(found for found in findings if found["severity"] == "error") == {
        "code": "MC0404",
        "severity": "error",
        "message": "'a_b' is no host name: label 'a_b' is malformed",
        "kind": "DestinationRule",
        "namespace": "shop",
        "name": "rule",
        "field": "spec.host",
        "file": str(file),
        "line": 8,
        "column": 3,
    }


def test_sarif(file: Path, tmp_path: Path) -> None:
    rules = tmp_path / "suppress.yaml"
    rules.write_text("suppress: [{code: MC0451}]")
    log = json.loads(run(file, "--format", "sarif", "--suppress", rules).stdout)
    (found,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert {rule["id"] for rule in found["tool"]["driver"]["rules"]} >= {"MC0404", "MC0451"}
    assert next(result for result in found["results"] if result["level"] == "error") == {
        "ruleId": "MC0404",
        "level": "error",
        "message": {"text": "'a_b' is no host name: label 'a_b' is malformed"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": str(file)},
                    "region": {"startLine": 8, "startColumn": 3},
                },
                "logicalLocations": [{"fullyQualifiedName": "DestinationRule shop/rule spec.host", "kind": "resource"}],
            }
        ],
    }
    (held,) = [result for result in found["results"] if "suppressions" in result]
    assert (held["ruleId"], held["suppressions"]) == ("MC0451", [{"kind": "external"}])


def test_junit(file: Path) -> None:
    suites = ElementTree.fromstring(run(file, "--format", "junit").stdout)
    (suite,) = suites
    assert (suite.get("name"), suite.get("failures")) == (str(file), "1")
    failures = [case for case in suite if case.find("failure") is not None]
    assert [case.get("name") for case in failures] == ["MC0404 DestinationRule shop/rule spec.host"]
    assert int(suite.get("tests", "0")) == len(suite) > 1


def test_junit_without_findings(tmp_path: Path) -> None:
    written = tmp_path / "in.yaml"
    written.write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
    done = run(written, "--format", "junit")
    assert ElementTree.fromstring(done.stdout)[0].get("failures") == "0"
    assert done.exit_code == 0


def test_nothing_to_read(tmp_path: Path) -> None:
    assert run(tmp_path / "absent.yaml").exit_code == 3
    (tmp_path / "empty.yaml").write_text("")
    assert run(tmp_path / "empty.yaml").exit_code == 4
    assert run(tmp_path, "--format", "html").exit_code == 2
