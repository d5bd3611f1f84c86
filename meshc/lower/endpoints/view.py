"""A proxy in; all of it that the endpoints it is shown depend on out, cut down per service to what matters there.

The less a view holds, the more proxies share it and, with it, the groups of endpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshc.frozen import frozen
from meshc.lower.clusters.targets import ClusterTarget
from meshc.lower.endpoints.locality import locality_rules
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.proxy import IpMode, Proxy, ProxyKind


@frozen
class NetworkView:
    """Where the client stands among networks that have gateways; `network` is empty if it does not say."""

    network: str
    is_router: bool
    ip_mode: IpMode


@frozen
class EndpointView:
    """What endpoints depend on of the proxy that sees them; None or empty where it does not matter."""

    node_name: str | None = None
    cluster_id: str | None = None
    locality: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    visible_networks: frozenset[str] | None = None
    network: NetworkView | None = None


@frozen
class Interest:
    """What of a view matters to the endpoints of a service, or of several."""

    node_name: bool = False
    cluster_id: bool = False
    locality: bool = False
    labels: frozenset[str] = frozenset()

    def __or__(self, other: Interest) -> Interest:
        return Interest(
            self.node_name or other.node_name,
            self.cluster_id or other.cluster_id,
            self.locality or other.locality,
            self.labels | other.labels,
        )


@shared
def interest(mesh: Mesh, target: ClusterTarget) -> Interest:
    """What matters to the endpoints of a cluster."""
    rules = locality_rules(mesh, target.service, target.policy)
    return Interest(
        node_name=target.service.node_local,
        cluster_id=target.service.node_local or mesh.services.cluster_local(target.service.hostname),
        locality=rules is not None and rules.by_locality,
        labels=frozenset(rules.labels) if rules is not None else frozenset(),
    )


def view(mesh: Mesh, proxy: Proxy, wanted: Interest) -> EndpointView:
    """The view of a proxy, as far as it matters."""
    return EndpointView(
        node_name=proxy.node_name if wanted.node_name else None,
        cluster_id=proxy.cluster_id if wanted.cluster_id else None,
        locality=proxy.locality if wanted.locality else None,
        labels=_chosen(proxy.labels, wanted.labels),
        visible_networks=_visible_networks(proxy),
        network=_network_view(proxy) if mesh.network_gateways else None,
    )


def narrowed(whole: EndpointView, wanted: Interest) -> EndpointView:
    """A view without what does not matter."""
    return EndpointView(
        node_name=whole.node_name if wanted.node_name else None,
        cluster_id=whole.cluster_id if wanted.cluster_id else None,
        locality=whole.locality if wanted.locality else None,
        labels=tuple(item for item in whole.labels if item[0] in wanted.labels),
        visible_networks=whole.visible_networks,
        network=whole.network,
    )


def _chosen(labels: Mapping[str, str], wanted: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, labels[key]) for key in sorted(wanted) if key in labels)


def _visible_networks(proxy: Proxy) -> frozenset[str] | None:
    """The networks that the proxy asked to see; None for all."""
    asked = str(proxy.metadata.get("REQUESTED_NETWORK_VIEW") or "")
    return frozenset(name.strip() for name in asked.split(",")) if asked else None


def _network_view(proxy: Proxy) -> NetworkView:
    return NetworkView(proxy.network, proxy.kind is ProxyKind.ROUTER, proxy.ip_mode)
