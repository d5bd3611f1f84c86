"""Routes of VirtualServices by host in, virtual hosts out: joined by host, and folded where they are the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from meshc.findings import Origin
from meshc.ir.route import Route, VirtualHost
from meshc.ir.route_filters import Session
from meshc.lower.gateways.hosts import specificity
from meshc.lower.routes.domains import join_port
from meshc.lower.routes.http_routes import RouteList


@dataclass(slots=True, eq=False)
class _Host:
    """A virtual host while it grows. `sources` are the lists that its routes come from."""

    name: str
    origin: Origin
    domains: list[str]
    session: Session | None = None
    require_tls: bool = False
    sources: list[RouteList] = field(default_factory=list)


@dataclass(slots=True)
class HostTable:
    """The virtual hosts of one route configuration, by host (spec: gateways 10.1)."""

    attempt_count: bool
    hosts: dict[str, _Host] = field(default_factory=dict)

    def add(
        self, host: str, port: int, routes: RouteList, origin: Origin, session: Session | None, *, redirect: bool
    ) -> None:
        """More routes for a host. `origin` and `session` count for a new one, `redirect` says that it requires TLS."""
        entry = self.hosts.get(host)
        if entry is None:
            entry = self.hosts[host] = _Host(join_port(host, port), origin, [host], session)
        entry.sources.append(routes)
        entry.require_tls |= redirect

    def redirect(self, host: str, port: int, origin: Origin) -> None:
        """A host that requires TLS even if nothing is routed there."""
        entry = self.hosts.get(host)
        if entry is None:
            entry = self.hosts[host] = _Host(join_port(host, port), origin, [host])
        entry.require_tls = True

    def finish(self, *, fold: bool) -> tuple[VirtualHost, ...]:
        """The virtual hosts by name. `fold`: of hosts with the same routes one is left, with the domains of all."""
        entries = _folded(self.hosts) if fold else self.hosts.values()
        return tuple(sorted(map(self._finished, entries), key=lambda host: host.name))

    def _finished(self, entry: _Host) -> VirtualHost:
        return VirtualHost(
            name=entry.name,
            origin=entry.origin,
            domains=tuple(entry.domains),
            routes=_catch_alls_last(route for routes in entry.sources for route in routes.routes),
            attempt_count=self.attempt_count,
            session=entry.session,
            require_tls=entry.require_tls,
        )


def _folded(hosts: dict[str, _Host]) -> Iterable[_Host]:
    """Hosts, the most specific first, each with the domains of later ones whose routes are the very same.

    Sessions are not compared. A host that differs from its predecessor in requiring TLS takes the predecessor's place,
    so that one like the predecessor is not folded any more (spec: gateways 10.3).
    """
    kept: list[_Host] = []
    latest: dict[tuple[RouteList, ...], _Host] = {}
    for host in sorted(hosts, key=specificity):
        entry = hosts[host]
        routes = tuple(entry.sources)
        same = latest.get(routes)
        if same is not None and same.require_tls == entry.require_tls:
            same.domains.extend(entry.domains)
        else:
            latest[routes] = entry
            kept.append(entry)
    return kept


def _catch_alls_last(routes: Iterable[Route]) -> tuple[Route, ...]:
    """Routes that take every request would hide those that other VirtualServices add after them."""
    return tuple(sorted(routes, key=lambda route: route.match.is_catch_all))
