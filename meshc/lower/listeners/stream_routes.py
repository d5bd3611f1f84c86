"""The VirtualServices of an egress listener that say something about connections, found by the host of a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from meshc.frozen import frozen
from meshc.model.api import L4MatchAttributes, RouteDestination, TCPRoute, TLSMatchAttributes, TLSRoute
from meshc.model.hosts import is_wildcard, matches
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.model.virtual_services import VirtualService
from meshc.scope.sidecar import EgressListener, SidecarScope


@frozen
class StreamRoutes:
    """`exact` has the positions in `all` by host, `wildcards` the positions of wildcard hosts."""

    all: tuple[VirtualService, ...]
    exact: Mapping[str, tuple[int, ...]]
    wildcards: tuple[tuple[str, int], ...]

    def of(self, hostname: str) -> tuple[VirtualService, ...]:
        """Those with a host that has names in common with a service's, in their order (spec: listeners 15.4)."""
        if not self.all:
            return ()
        if is_wildcard(hostname):
            return tuple(vs for vs in self.all if any(matches(host, hostname) for host in vs.hosts))
        found = {*self.exact.get(hostname, ()), *(at for host, at in self.wildcards if matches(host, hostname))}
        return tuple(self.all[at] for at in sorted(found))


@shared
def stream_routes(mesh: Mesh, egress: EgressListener) -> StreamRoutes:
    """The index of one egress listener."""
    found = tuple(vs for vs in egress.virtual_services if vs.tls or vs.tcp)
    exact: dict[str, tuple[int, ...]] = {}
    for host, at in _hosts(found):
        exact[host] = (*exact.get(host, ()), at)
    return StreamRoutes(found, exact, tuple((host, at) for host, at in _hosts(found) if is_wildcard(host)))


@shared
def label_keys(mesh: Mesh, scope: SidecarScope) -> frozenset[str]:
    """The labels of clients that some TCP or TLS match asks for."""
    found = dict.fromkeys(vs for egress in scope.egress for vs in stream_routes(mesh, egress).all)
    return frozenset(key for vs in found for match in _matches(vs) for key in match.source_labels)


@shared
def names_source_namespace(mesh: Mesh, vs: VirtualService) -> bool:
    """Some TCP or TLS match is for clients of one namespace."""
    return any(match.source_namespace for match in _matches(vs))


@shared
def destination_hosts(mesh: Mesh, vs: VirtualService) -> tuple[str, ...]:
    """The hosts that TCP and TLS routes lead to, each once."""
    weighted = (w for route in (*_routes(vs.tls), *_routes(vs.tcp)) for w in route)
    return tuple(dict.fromkeys(w.destination.host for w in weighted if w.destination is not None))


def _routes(routes: Iterable[TLSRoute | TCPRoute]) -> Iterator[tuple[RouteDestination, ...]]:
    return (route.route for route in routes)


def _matches(vs: VirtualService) -> Iterator[L4MatchAttributes | TLSMatchAttributes]:
    for tls in vs.tls:
        yield from tls.match
    for tcp in vs.tcp:
        yield from tcp.match


def _hosts(found: tuple[VirtualService, ...]) -> Iterator[tuple[str, int]]:
    for at, vs in enumerate(found):
        for host in dict.fromkeys(vs.hosts):
            yield host, at
