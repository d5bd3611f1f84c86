"""What a route or virtual host sets for HTTP filters."""

from __future__ import annotations

import enum

from meshc.ir.duration import Duration
from meshc.ir.node import value
from meshc.ir.route_action import Fraction
from meshc.ir.route_match import StringMatch


@value
class Delay:
    """Requests are held up for `duration`."""

    duration: Duration
    share: Fraction


class AbortKind(enum.Enum):
    """What an aborted request is answered with."""

    HTTP = "http"
    GRPC = "grpc"


@value
class Abort:
    """Requests are answered with a status, HTTP's or gRPC's number; `share` None: not set."""

    kind: AbortKind
    status: int
    share: Fraction | None = None


@value
class FaultInjection:
    """Faults of a route; one without delay and abort switches nothing on, and is written all the same."""

    delay: Delay | None = None
    abort: Abort | None = None


@value
class CorsPolicy:
    """Cross-origin requests that are allowed. Lists are joined as they go into headers; `max_age` in seconds."""

    origins: tuple[StringMatch, ...] = ()
    methods: str = ""
    headers: str = ""
    expose_headers: str = ""
    max_age: str = ""
    credentials: bool | None = None
    forward_unmatched_preflights: bool = True


@value
class CookieSession:
    """A client stays on the endpoint that a cookie names."""

    cookie: str
    path: str


@value
class HeaderSession:
    """A client stays on the endpoint that a header names."""

    header: str


Session = CookieSession | HeaderSession
