"""The class of traffic a listener serves, which decides the side of Telemetry and the shape of HTTP."""

from __future__ import annotations

import enum


class Traffic(enum.Enum):
    """istiod's listener classes: leaving the workload, arriving at it, or passing a gateway."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    GATEWAY = "gateway"

    def takes(self, mode: str) -> bool:
        """Whether configuration for a workload mode (CLIENT, SERVER, or anything else for both) is for this traffic."""
        return mode != ("CLIENT" if self is Traffic.INBOUND else "SERVER")
