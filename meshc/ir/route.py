"""Route configurations: virtual hosts by domain, and in each the routes that are tried in order."""

from __future__ import annotations

import enum

from meshc.findings import Origin
from meshc.ir.node import node, value
from meshc.ir.route_action import NO_CHANGES, Action, HeaderChanges
from meshc.ir.route_filters import CorsPolicy, FaultInjection, Session
from meshc.ir.route_match import RouteMatch


@node
class Route:
    """One route. `config` is the API path of the VirtualService it comes from, empty otherwise.

    `operation` names the request in traces. An `action` of None is a redirect with a code that Envoy does not know.
    """

    origin: Origin
    match: RouteMatch
    action: Action | None
    name: str = ""
    config: str = ""
    operation: str = ""
    stat_prefix: str = ""
    headers: HeaderChanges = NO_CHANGES
    fault: FaultInjection | None = None
    cors: CorsPolicy | None = None
    session: Session | None = None


@node
class VirtualHost:
    """The routes of the hosts in `domains`. `attempt_count`: the server is told how often the request was tried.

    `require_tls`: clients that come without TLS are sent to HTTPS.
    """

    name: str
    origin: Origin
    domains: tuple[str, ...]
    routes: tuple[Route, ...]
    attempt_count: bool = False
    session: Session | None = None
    require_tls: bool = False


class RouteLoss(enum.Enum):
    """How a part of the input got lost between routes."""

    UNREACHABLE = "unreachable"
    DOMAIN_TAKEN = "domain taken"
    NO_ROUTE = "no route"
    NO_HOST = "no host"


@value
class RouteNote:
    """Something that is missing from a route configuration; it does not reach Envoy.

    `origin` lost, `winner` is why (None where nothing won), `subject` the domain or the hosts it is about.
    """

    loss: RouteLoss
    origin: Origin
    winner: Origin | None = None
    subject: str = ""


@node
class RouteConfiguration:
    """The routes that an HTTP connection manager looks requests up in.

    `direct_response_limit`: bytes of a direct response's body, None: Envoy's default.
    """

    name: str
    origin: Origin
    virtual_hosts: tuple[VirtualHost, ...]
    ignore_port: bool = False
    direct_response_limit: int | None = None
    notes: tuple[RouteNote, ...] = ()
