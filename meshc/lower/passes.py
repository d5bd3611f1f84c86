"""The passes, in order: which resources a proxy gets."""

from __future__ import annotations

from meshc.ir.proxy import ProxyIR
from meshc.lower.bootstrap import bootstrap
from meshc.lower.clusters import clusters
from meshc.lower.endpoints import endpoints
from meshc.lower.inbound_listeners import inbound_listeners
from meshc.lower.outbound_listeners import outbound_listeners, route_names
from meshc.lower.routes import outbound_routes
from meshc.scope.scope import ProxyScope


def lower(scope: ProxyScope) -> ProxyIR:
    """Everything that istiod would push to this proxy.

    Routes are those that the listeners ask for by name, endpoints those of the clusters that discover them, as a proxy
    asks istiod for them.
    """
    made = clusters(scope)
    listeners = (*outbound_listeners(scope), *inbound_listeners(scope))
    return ProxyIR(
        proxy=f"{scope.proxy.name}.{scope.proxy.namespace}",
        bootstrap=bootstrap(scope.proxy, scope.mesh.features.istio_dual_stack),
        listeners=listeners,
        routes=outbound_routes(scope, route_names(listeners)),
        clusters=made,
        endpoints=endpoints(scope, made),
    )
