"""The catalogue of codes: each stands for one thing, each is used, and none is used that it does not know."""

from __future__ import annotations

import re
from pathlib import Path

from meshc.findings import CATALOG, Severity
from meshc.findings import catalog as module

SOURCES = Path(module.__file__).parent.parent
CODE = re.compile(r'"(MC\d{4})"')


def used() -> set[str]:
    files = (path for path in SOURCES.rglob("*.py") if path.name != "catalog.py")
    return {code for path in files for code in CODE.findall(path.read_text())}


def test_each_code_stands_once() -> None:
    declared = CODE.findall(Path(module.__file__).read_text())
    assert sorted(declared) == sorted(set(declared))


def test_used_codes_are_declared() -> None:
    assert used() - CATALOG.keys() == set()


def test_declared_codes_are_used() -> None:
    assert CATALOG.keys() - used() == set()


def test_severities_exist() -> None:
    assert {rule.severity for rule in CATALOG.values()} <= {severity.name for severity in Severity}
