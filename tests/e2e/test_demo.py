"""The guided run does what it says, and leaves nothing running."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo(envoy: Path) -> None:
    environment = {**os.environ, "MESHC_ENVOY": str(envoy)}
    command = [sys.executable, str(ROOT / "examples" / "demo.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        "20 x 200 from reviews-v1",
        "20 x 200 from reviews-v2",
        "x 200 from reviews-v3",
        "1 x 200 from details-v1",
        "details was asked 2 times",
    ):
        assert line in done.stdout
