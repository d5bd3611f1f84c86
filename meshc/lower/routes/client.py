"""What of a proxy its outbound routes depend on, as a value that most proxies of a namespace share."""

from __future__ import annotations

from meshc.ir.node import value
from meshc.lower.addresses import AddressView, address_view
from meshc.lower.routes.facts import Labels, select_labels
from meshc.lower.routes.hash_policy import HashingRules, hashing_rules
from meshc.lower.routes.http_routes import source_label_keys
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.proxy import Proxy
from meshc.scope.scope import ProxyScope
from meshc.scope.sidecar import SidecarScope


@value
class RouteClient:
    """`labels` are those that source labels of some match ask for, `rules` the DestinationRules with a consistent hash.

    `attempt_count`: servers are told how often a request was tried. `forwarded_host`: the original host is kept in
    x-forwarded-host where it is rewritten.
    """

    dns_domain: str
    addresses: AddressView
    labels: Labels
    rules: HashingRules
    attempt_count: bool
    forwarded_host: bool


def route_client(scope: ProxyScope) -> RouteClient:
    """The facts of one proxy."""
    proxy = scope.proxy
    return RouteClient(
        dns_domain=proxy.dns_domain,
        addresses=address_view(scope.mesh, proxy),
        labels=select_labels(proxy.labels, _label_keys(scope.mesh, scope.sidecar)),
        rules=hashing_rules(scope.mesh, scope.rules),
        attempt_count=counts_attempts(proxy),
        forwarded_host=keeps_host(proxy),
    )


def counts_attempts(proxy: Proxy) -> bool:
    """Servers are told how often a request was tried, unless `proxyHeaders.attemptCount` is disabled."""
    headers = proxy.config.proxy_headers
    count = headers.attempt_count if headers is not None else None
    return count is None or not count.disabled


def keeps_host(proxy: Proxy) -> bool:
    """The original host is kept in x-forwarded-host where it is rewritten, if `proxyHeaders.xForwardedHost` says so."""
    headers = proxy.config.proxy_headers
    forwarded = headers.x_forwarded_host if headers is not None else None
    return forwarded is not None and bool(forwarded.enabled)


@shared
def _label_keys(mesh: Mesh, scope: SidecarScope) -> frozenset[str]:
    """The labels that matches of imported VirtualServices ask for."""
    imported = {vs: None for egress in scope.egress for vs in egress.virtual_services}
    return frozenset().union(*(source_label_keys(mesh, vs) for vs in imported))
