"""The action of a VirtualService route in, what Envoy does with its requests out (spec: routes 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meshc.ir.route_action import (
    DirectResponse,
    Forward,
    Fraction,
    Mirror,
    Redirect,
    RegexRewrite,
    WeightedCluster,
)
from meshc.lower.routes.destinations import UNKNOWN_CLUSTER, Upstream
from meshc.lower.routes.facts import RouteFacts
from meshc.lower.routes.fractions import ALL, fraction, whole_percent
from meshc.lower.routes.headers import authority_of, header_changes
from meshc.lower.routes.retries import retry_policy
from meshc.model.api import (
    Destination,
    HTTPDirectResponse,
    HTTPRedirect,
    HTTPRoute,
    HTTPRouteDestination,
    Percent,
)
from meshc.model.mesh import Mesh

REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
"""The codes that Envoy can redirect with."""

_DEFAULT_PORTS = frozenset({("http", 80), ("https", 443)})
_NOWHERE = Upstream(cluster=UNKNOWN_CLUSTER)

Upstreams = Mapping[Destination, Upstream]


def redirect(wanted: HTTPRedirect, facts: RouteFacts) -> Redirect | None:
    """The redirect; None if its code is none of Envoy's, which leaves the route without any action."""
    code = wanted.redirect_code or 301
    if code not in REDIRECT_CODES:
        return None
    scheme = wanted.scheme or ("https" if facts.tls else "http")
    port = facts.port if wanted.derive_port == "FROM_REQUEST_PORT" else wanted.port
    return Redirect(
        path=wanted.uri,
        host=wanted.authority,
        scheme=wanted.scheme,
        port=None if (scheme, port) in _DEFAULT_PORTS else port,
        code=code,
    )


def direct_response(wanted: HTTPDirectResponse) -> DirectResponse:
    """The answer of the proxy itself."""
    body = wanted.body
    if body is None:
        return DirectResponse(status=wanted.status)
    return DirectResponse(status=wanted.status, body=body.string if body.string is not None else body.bytes_)


def forward(mesh: Mesh, route: HTTPRoute, upstreams: Upstreams, facts: RouteFacts) -> Forward:
    """The destinations, and how requests get there."""
    receivers = receiving(route)
    reached = [upstream_of(receiver, upstreams) for receiver in receivers]
    single = reached[0] if len(route.route) == 1 else None
    rewrite = route.rewrite
    regex = rewrite.uri_regex_rewrite if rewrite is not None else None
    hashed = single is not None and single.hashed
    return Forward(
        to=single.cluster if single is not None else tuple(map(_weighted, receivers, reached)),
        timeout=route.timeout or 0,
        grpc_timeout_limit=route.timeout or 0,
        retries=retry_policy(route.retries, mesh.config.default_http_retry_policy, hashed=hashed),
        host_rewrite=_host_rewrite(route),
        prefix_rewrite=rewrite.uri if rewrite is not None and regex is None else "",
        regex_rewrite=RegexRewrite(pattern=regex.match, substitution=regex.rewrite) if regex is not None else None,
        append_forwarded_host=rewrite is not None and facts.append_forwarded_host,
        mirrors=tuple(_mirrors(mesh, route, upstreams)),
        hash_policies=tuple(u.hash_policy for u in reached if u.hash_policy is not None),
    )


def receiving(route: HTTPRoute) -> list[HTTPRouteDestination]:
    """The destinations that take part: a sole one whatever its weight, of several those that have one."""
    return list(route.route) if len(route.route) == 1 else [d for d in route.route if d.weight]


def upstream_of(receiver: HTTPRouteDestination, upstreams: Upstreams) -> Upstream:
    """What the destination is for this proxy."""
    return upstreams[receiver.destination] if receiver.destination is not None else _NOWHERE


def _weighted(receiver: HTTPRouteDestination, upstream: Upstream) -> WeightedCluster:
    return WeightedCluster(
        cluster=upstream.cluster,
        weight=receiver.weight,
        headers=header_changes(receiver.headers),
        host_rewrite=authority_of(receiver.headers),
    )


def _host_rewrite(route: HTTPRoute) -> str:
    """The route's own rewrite, else the authority among its headers, else among those of its only destination."""
    own = (route.rewrite.authority if route.rewrite is not None else "") or authority_of(route.headers)
    return own or (authority_of(route.route[0].headers) if len(route.route) == 1 else "")


def _mirrors(mesh: Mesh, route: HTTPRoute, upstreams: Upstreams) -> Iterator[Mirror]:
    """`mirror`, then `mirrors`; one with an explicit share of 0 is left out."""
    keep_host = mesh.features.disable_shadow_host_suffix
    for destination, share in _mirrored(route):
        if share is not None:
            found = upstreams[destination] if destination is not None else _NOWHERE
            yield Mirror(cluster=found.cluster, share=share, keep_host=keep_host)


def _mirrored(route: HTTPRoute) -> Iterator[tuple[Destination | None, Fraction | None]]:
    if route.mirror is not None:
        yield route.mirror, _single_mirror_share(route)
    for mirror in route.mirrors:
        yield mirror.destination, ALL if mirror.percentage is None else _share(mirror.percentage)


def _single_mirror_share(route: HTTPRoute) -> Fraction | None:
    """The share of `mirror`: `mirrorPercentage`, else the deprecated whole number, else everything."""
    if route.mirror_percentage is not None:
        return _share(route.mirror_percentage)
    if route.mirror_percent is not None:
        return whole_percent(route.mirror_percent) if route.mirror_percent > 0 else None
    return ALL


def _share(percentage: Percent) -> Fraction | None:
    return fraction(percentage) if percentage.value > 0 else None
