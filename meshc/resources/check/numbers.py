"""Numbers: durations, ports and shares in, what istiod holds against them out (spec: tooling 19.3)."""

from __future__ import annotations

from http import HTTPStatus

from meshc.resources.check.place import Place
from meshc.resources.encode import duration_text
from meshc.resources.message import Duration

MILLISECOND = 1_000_000
MAX_PORT = 65535
HTTP_STATUSES = frozenset(str(status.value) for status in HTTPStatus)


def check_duration(at: Place, duration: Duration | None, *, whole: bool = True) -> None:
    """A duration is 1 ms or more and, if `whole`, a whole number of milliseconds; an absent one is none."""
    if duration is None:
        return
    if duration < MILLISECOND:
        at.tell("MC0401", f"duration {duration_text(duration)} is below 1ms")
    elif whole and duration % MILLISECOND:
        at.tell("MC0401", f"duration {duration_text(duration)} is not a whole number of milliseconds")


def check_port(at: Place, number: int) -> bool:
    """A port number; whether it is one."""
    return at.judge("MC0402", "" if 1 <= number <= MAX_PORT else f"{number} is no port number")


def check_bounds(at: Place, number: float | None, low: float, high: float | None = None) -> None:
    """A number within bounds, both included; an absent one is none."""
    if number is None:
        return
    if number < low or (high is not None and number > high):
        allowed = f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
        at.tell("MC0414", f"{number:g} is out of range: {allowed}")
