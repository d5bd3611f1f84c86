"""What users do not want to hear: by file, by annotation; and what of that suppresses nothing."""

from __future__ import annotations

from pathlib import Path

from meshc.findings import Severity
from meshc.findings.suppress import By, Outcome
from tests.lint.linting import outcome_of
from tests.manifests import entry

DATABASE = entry("db", "db.example.com")
DATABASE["spec"] |= {"ports": [{"name": "tcp", "number": 5432, "protocol": "TCP"}], "resolution": "NONE"}

RULES = """
suppress:
- code: MC045*
  object: ServiceEntry shop/d*
  reason: the database has no address yet
"""


def codes(outcome: Outcome) -> list[str]:
    return [f.code for f in outcome.findings if f.severity > Severity.INFO]


def test_nothing_is_suppressed_unasked(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, DATABASE)
    assert codes(outcome) == ["MC0453"]
    assert outcome.suppressed == ()


def test_suppressed_by_file(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, DATABASE, suppressions=RULES)
    assert codes(outcome) == []
    assert [(held.finding.code, held.by) for held in outcome.suppressed] == [("MC0453", By.RULE)]


def test_suppressed_by_annotation(tmp_path: Path) -> None:
    metadata = {**DATABASE["metadata"], "annotations": {"meshc.dev/suppress": "MC0412, MC0453"}}
    outcome = outcome_of(tmp_path, {**DATABASE, "metadata": metadata})
    assert codes(outcome) == []
    assert [(held.finding.code, held.by) for held in outcome.suppressed] == [("MC0453", By.ANNOTATION)]


def test_annotation_of_an_object_that_is_left_out(tmp_path: Path) -> None:
    metadata = {**DATABASE["metadata"], "annotations": {"meshc.dev/suppress": "MC0202"}}
    outcome = outcome_of(tmp_path, {**DATABASE, "metadata": metadata, "spec": {"hosts": "not a list"}})
    assert codes(outcome) == []


def test_rules_for_other_objects_and_unknown_codes(tmp_path: Path) -> None:
    rules = "suppress: [{code: MC0453, object: 'ServiceEntry other/*'}, {code: MC9999}]"
    outcome = outcome_of(tmp_path, DATABASE, suppressions=rules)
    said = [(f.code, f.origin.field, f.message) for f in outcome.findings if f.severity > Severity.INFO]
    assert said == [
        ("MC0453", "spec.ports[0]", "port 5432 takes TCP, and there is no address by which to know the service"),
        ("MC0291", "suppress[0]", "there is no finding MC0453 about ServiceEntry other/*"),
        ("MC0290", "suppress[1]", "there is no code MC9999"),
    ]


def test_unknown_code_in_an_annotation(tmp_path: Path) -> None:
    metadata = {**DATABASE["metadata"], "annotations": {"meshc.dev/suppress": "MC0453,IST0134"}}
    outcome = outcome_of(tmp_path, {**DATABASE, "metadata": metadata})
    said = [(f.code, f.origin.field, f.message) for f in outcome.findings if f.severity > Severity.INFO]
    assert said == [("MC0290", "metadata.annotations[meshc.dev/suppress]", "there is no code IST0134")]


def test_mistakes_in_the_file(tmp_path: Path) -> None:
    """A rule without a code must not hold back everything."""
    outcome = outcome_of(tmp_path, DATABASE, suppressions="suppress: [{cod: MC0453}]")
    assert codes(outcome) == ["MC0453", "MC0206", "MC0201"]
