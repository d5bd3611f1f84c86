"""What all tests share: the place of the oracle's recorded answers, for those tests that compare with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("meshc", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("meshc")


@pytest.fixture(scope="session")
def oracle() -> Path:
    """The folder with `bases/` and `cases/`, which MESHC_ORACLE names; without it the test is skipped."""
    folder = Path(os.environ.get("MESHC_ORACLE", ""))
    if not (folder / "cases").is_dir():
        pytest.skip("MESHC_ORACLE names no folder with cases/")
    return folder


@pytest.fixture(scope="session")
def envoy() -> Path:
    """A real Envoy, which MESHC_ENVOY names; without it the test is skipped."""
    binary = Path(os.environ.get("MESHC_ENVOY", ""))
    if not binary.is_file():
        pytest.skip("MESHC_ENVOY names no file")
    return binary
