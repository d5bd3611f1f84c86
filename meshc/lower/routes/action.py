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
from meshc.ir.route_match import MatchKind, StringMatch
from meshc.lower.names import UNKNOWN_CLUSTER
from meshc.lower.routes.destinations import Upstream
from meshc.lower.routes.facts import RouteFacts
from meshc.lower.routes.fractions import ALL, fraction, unsigned, whole_percent
from meshc.lower.routes.headers import authority_of, header_changes
from meshc.lower.routes.retries import retry_policy
from meshc.model.api import (
    Destination,
    HTTPDirectResponse,
    HTTPRedirect,
    HTTPRewrite,
    HTTPRoute,
    HTTPRouteDestination,
    Percent,
)
from meshc.model.mesh import Mesh
from meshc.model.virtual_services import RouteSemantics

REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
"""The codes that Envoy can redirect with."""

_DEFAULT_PORTS = frozenset({("http", 80), ("https", 443)})
_MATCHED_PREFIX = "%PREFIX()%"
"""Begins the path of a redirect that keeps what the route did not match."""

_SPECIAL = frozenset(r"\.+*?()|[]{}^$")
_NOWHERE = Upstream(cluster=UNKNOWN_CLUSTER)

Upstreams = Mapping[Destination, Upstream]


def redirect(wanted: HTTPRedirect, semantics: RouteSemantics, facts: RouteFacts) -> Redirect | None:
    """The redirect; None if its code is none of Envoy's, which leaves the route without any action."""
    code = wanted.redirect_code or 301
    if code not in REDIRECT_CODES:
        return None
    scheme = wanted.scheme or ("https" if facts.tls else "http")
    port = facts.port if wanted.derive_port == "FROM_REQUEST_PORT" else wanted.port
    prefix_only = semantics is RouteSemantics.GATEWAY and wanted.uri.startswith(_MATCHED_PREFIX)
    return Redirect(
        path=wanted.uri.removeprefix(_MATCHED_PREFIX) if prefix_only else wanted.uri,
        host=wanted.authority,
        scheme=wanted.scheme,
        port=None if (scheme, port) in _DEFAULT_PORTS else port,
        code=code,
        prefix_only=prefix_only,
    )


def direct_response(wanted: HTTPDirectResponse) -> DirectResponse:
    """The answer of the proxy itself."""
    body = wanted.body
    if body is None:
        return DirectResponse(status=wanted.status)
    return DirectResponse(status=wanted.status, body=body.string if body.string is not None else body.bytes_)


def forward(
    mesh: Mesh, route: HTTPRoute, semantics: RouteSemantics, path: StringMatch, upstreams: Upstreams, facts: RouteFacts
) -> Forward:
    """The destinations, and how requests get there. `path` is what the route matches."""
    receivers = receiving(route)
    reached = [upstream_of(receiver, upstreams) for receiver in receivers]
    single = reached[0] if len(route.route) == 1 else None
    hashed = single is not None and single.hashed
    rewrite = _path_rewrite(route.rewrite, semantics, path)
    return Forward(
        to=single.cluster if single is not None else tuple(map(_weighted, receivers, reached)),
        timeout=route.timeout or 0,
        grpc_timeout_limit=route.timeout or 0,
        retries=retry_policy(route.retries, mesh.config.default_http_retry_policy, hashed=hashed),
        host_rewrite=_host_rewrite(route),
        prefix_rewrite=rewrite if isinstance(rewrite, str) else "",
        regex_rewrite=rewrite if isinstance(rewrite, RegexRewrite) else None,
        append_forwarded_host=route.rewrite is not None and facts.append_forwarded_host,
        mirrors=tuple(_mirrors(mesh, route, upstreams)),
        hash_policies=tuple(u.hash_policy for u in reached if u.hash_policy is not None),
        missing_is_error=semantics is RouteSemantics.GATEWAY,
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
        weight=unsigned(receiver.weight),
        headers=header_changes(receiver.headers),
        host_rewrite=authority_of(receiver.headers),
    )


def _path_rewrite(rewrite: HTTPRewrite | None, semantics: RouteSemantics, path: StringMatch) -> str | RegexRewrite:
    """What the matched prefix becomes, or a regex and what it becomes; empty if the path stays.

    Envoy would make `//b` of `/a/b` where the prefix `/a` becomes `/`, which Gateway API forbids.
    """
    if rewrite is None:
        return ""
    if (regex := rewrite.uri_regex_rewrite) is not None:
        return RegexRewrite(pattern=regex.match, substitution=regex.rewrite)
    if semantics is RouteSemantics.GATEWAY and rewrite.uri == "/":
        prefix = path.text if path.kind is MatchKind.SEGMENTS else ""
        return RegexRewrite(pattern=f"^{_quoted(prefix)}(/?)(.*)", substitution=r"/\2")
    return rewrite.uri


def _quoted(text: str) -> str:
    """A text as a regex of RE2."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def _host_rewrite(route: HTTPRoute) -> str:
    """The route's own rewrite, else the authority among its headers, else among those of its only destination."""
    own = (route.rewrite.authority if route.rewrite is not None else "") or authority_of(route.headers)
    return own or (authority_of(route.route[0].headers) if len(route.route) == 1 else "")


def _mirrors(mesh: Mesh, route: HTTPRoute, upstreams: Upstreams) -> Iterator[Mirror]:
    """`mirror`, then `mirrors`; one with an explicit share of 0 is left out."""
    keep_host = mesh.features.disable_shadow_host_suffix
    for destination, share in _mirrored(route):
        if share is not None:
            yield Mirror(cluster=upstreams[destination].cluster, share=share, keep_host=keep_host)


def _mirrored(route: HTTPRoute) -> Iterator[tuple[Destination, Fraction | None]]:
    if route.mirror is not None:
        yield route.mirror, _single_mirror_share(route)
    for mirror in route.mirrors:
        if mirror.destination is not None:
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
