"""What admission has against objects: `admission/<kind>.yaml` against the findings in `admission/<kind>.txt`.

`MESHC_UPDATE=1` rewrites the findings; read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.lint.checking import said

FOLDER = Path(__file__).parent / "admission"
CASES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_admission(case: Path) -> None:
    found = said(case.read_text())
    recorded = case.with_suffix(".txt")
    if os.environ.get("MESHC_UPDATE"):
        recorded.write_text("".join(f"{line}\n" for line in found))
    assert found == recorded.read_text().splitlines()
