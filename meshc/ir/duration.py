"""Time spans of the IR."""

from __future__ import annotations

Duration = int
"""A span of time in nanoseconds."""

SECOND: Duration = 1_000_000_000
