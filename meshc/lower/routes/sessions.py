"""Persistent sessions: a service's labels in, what keeps a client on its endpoint out (spec: routes 12.3)."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.ir.route_filters import CookieSession, HeaderSession, Session
from meshc.model.mesh import Mesh
from meshc.model.service import Service


def session(mesh: Mesh, service: Service | None) -> Session | None:
    """The session that the service's labels ask for, a cookie `name[:path]` before a header; behind a feature flag."""
    features = mesh.features
    if service is None or not features.pilot_enable_persistent_session_filter:
        return None
    cookie = service.labels.get(features.pilot_persistent_session_label, "")
    if cookie:
        name, colon, path = cookie.partition(":")
        return CookieSession(cookie=name, path=path if colon else "/")
    header = service.labels.get(features.pilot_persistent_session_header_label, "")
    return HeaderSession(header=header) if header else None


def session_of_route(sessions: Iterable[Session | None]) -> Session | None:
    """The session of a route to several services, given in order.

    istiod lets each service overrule the one before, even by having none, until two with a session follow each other.
    """
    chosen: Session | None = None
    for candidate in sessions:
        if candidate is not None and chosen is not None:
            return chosen
        chosen = candidate
    return chosen
