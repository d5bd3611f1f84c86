"""The pages of docs/ that are made from the code are as the code makes them, and every page can be found."""

from __future__ import annotations

import runpy
from pathlib import Path

from meshc.findings.catalog import CATALOG

ROOT = Path(__file__).parent.parent
GENERATOR = runpy.run_path(str(ROOT / "docs" / "findings.py"))


def test_the_page_of_findings_is_up_to_date() -> None:
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == GENERATOR["page"](CATALOG.values())


def test_every_code_has_a_block() -> None:
    assert {code[:4] for code in CATALOG} == set(GENERATOR["BLOCKS"])


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in readme] == []
