"""Golden cases: each is as recorded and holds its proofs, and no file belongs to none."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshc.golden.case import find_folders, read_case
from meshc.golden.verify import orphans, verify

GOLDEN = Path(__file__).parent.parent / "golden"
FOLDERS = find_folders([GOLDEN])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(GOLDEN)))
def test_case(folder: Path) -> None:
    verdict = verify(folder)
    assert verdict.good, "\n".join((verdict.description, *verdict.failures, *verdict.diffs))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(GOLDEN)))
def test_case_is_small_and_says_what_it_pins(folder: Path) -> None:
    assert len(folder.relative_to(GOLDEN).parts) == 2, "golden/<area>/<case>"
    assert len(read_case(folder).description) > 80
    assert sum(len(file.read_text().splitlines()) for file in (folder / "in").rglob("*") if file.is_file()) <= 100


def test_no_file_belongs_to_no_case() -> None:
    assert orphans([GOLDEN]) == []


def test_all_cases_together_stay_small() -> None:
    assert len(FOLDERS) >= 40
    assert sum(file.stat().st_size for file in GOLDEN.rglob("*") if file.is_file()) < 4_000_000
