"""Reading the oracle: istiod's recorded resources, each distinct one once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meshc.envoy.config import MESSAGES


def recorded(oracle: Path, cases: str = "*") -> Iterator[tuple[str, dict[str, Any]]]:
    """Message name and JSON of every distinct resource of the cases that match a pattern."""
    for kind, name in MESSAGES.items():
        seen: set[str] = set()
        for file in sorted(oracle.glob(f"cases/{cases}/expected/*/{kind}.json")):
            for resource in json.loads(file.read_text()):
                if (key := json.dumps(resource, sort_keys=True)) not in seen:
                    seen.add(key)
                    yield name, resource
