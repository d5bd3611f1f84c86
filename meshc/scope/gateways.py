"""Gateways: a gateway proxy in, the Gateway resources that configure it out (spec: gateways 1)."""

from __future__ import annotations

from meshc.model.api import Gateway
from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.scope.proxy import Proxy
from meshc.scope.targets import ServiceTarget

GATEWAY_SERVICE_ANNOTATION = "internal.istio.io/gateway-service"
"""On Gateways made from Gateway API: the host names of the services of the proxies that they are for."""

PARENT_NAMESPACE_ANNOTATION = "internal.istio.io/parent-namespace"


def applying_gateways(mesh: Mesh, proxy: Proxy, targets: tuple[ServiceTarget, ...]) -> tuple[Gateway, ...]:
    """The Gateways of a proxy whose workload serves `targets`, oldest first."""
    own_only = mesh.features.pilot_scope_gateway_to_namespace
    return tuple(
        gateway
        for gateway in mesh.gateways
        if (not own_only or gateway.meta.namespace == proxy.namespace) and _applies(gateway, proxy, targets)
    )


def _applies(gateway: Gateway, proxy: Proxy, targets: tuple[ServiceTarget, ...]) -> bool:
    annotations = gateway.meta.annotations
    hosts = annotations.get(GATEWAY_SERVICE_ANNOTATION)
    if hosts is None:
        return selects(gateway.spec.selector, proxy.labels)
    namespace = annotations.get(PARENT_NAMESPACE_ANNOTATION) or gateway.meta.namespace
    named = hosts.split(",")
    return any(t.service.hostname in named and t.service.namespace == namespace for t in targets)


def gateway_name(gateway: Gateway) -> str:
    """The name that VirtualServices refer to a Gateway by."""
    return f"{gateway.meta.namespace}/{gateway.meta.name}"
