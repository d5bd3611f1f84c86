"""Creation times, which decide who comes first wherever istiod has to choose."""

from __future__ import annotations

import math

from meshc.model.service import Created
from meshc.resources.message import Meta


def created(meta: Meta) -> Created:
    """Seconds since the epoch; minus infinity without a timestamp, which counts as older than any."""
    return -math.inf if meta.creation_timestamp is None else meta.creation_timestamp.timestamp()
