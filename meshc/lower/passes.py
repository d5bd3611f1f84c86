"""The passes, in order: which resources a proxy gets."""

from __future__ import annotations

from meshc.ir.listener import AnyListener
from meshc.ir.proxy import ProxyIR
from meshc.ir.route import RouteConfiguration
from meshc.lower.bootstrap.bootstrap import bootstrap
from meshc.lower.clusters.clusters import clusters
from meshc.lower.endpoints.endpoints import endpoints
from meshc.lower.inbound.inbound_listeners import inbound_listeners
from meshc.lower.listeners.outbound_listeners import outbound_listeners, route_names
from meshc.lower.routes.routes import outbound_routes
from meshc.lower.tls.secrets import secrets
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope


def lower(scope: ProxyScope) -> ProxyIR:
    """Everything that istiod would push to this proxy.

    Routes are those that the listeners ask for by name, endpoints those of the clusters that discover them, as a proxy
    asks istiod for them.
    """
    made = clusters(scope)
    listeners = _listeners(scope)
    return ProxyIR(
        proxy=f"{scope.proxy.name}.{scope.proxy.namespace}",
        bootstrap=bootstrap(scope.proxy, scope.mesh.features.istio_dual_stack),
        listeners=listeners,
        routes=_routes(scope, route_names(scope.mesh, listeners)),
        clusters=made,
        endpoints=endpoints(scope, made),
        secrets=secrets(scope, listeners, made),
    )


def _listeners(scope: ProxyScope) -> tuple[AnyListener, ...]:
    """A gateway listens for its Gateways alone, a sidecar for both directions of its workload's traffic."""
    if scope.proxy.kind is ProxyKind.ROUTER:
        from meshc.lower.gateways.listeners import gateway_listeners  # most runs have no gateway

        return gateway_listeners(scope).listeners
    return (*outbound_listeners(scope), *inbound_listeners(scope))


def _routes(scope: ProxyScope, names: tuple[str, ...]) -> tuple[RouteConfiguration, ...]:
    if scope.proxy.kind is ProxyKind.ROUTER:
        from meshc.lower.gateways.routes import gateway_routes

        return gateway_routes(scope, names)
    return outbound_routes(scope, names)
