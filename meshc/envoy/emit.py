"""ProxyIR in, ProxyConfig out: each IR node becomes a message once, however many proxies have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message

from meshc.envoy.clusters import cluster
from meshc.envoy.config import ProxyConfig, Resource
from meshc.envoy.endpoints import assignment
from meshc.envoy.listeners import listener
from meshc.envoy.routes import route_configuration
from meshc.ir.proxy import ProxyIR
from meshc.ir.route import RouteConfiguration, VirtualHost


@dataclass(slots=True)
class Emitter:
    """Makes messages for the proxies of one mesh; keeps one `Resource` per IR node, with its bytes and JSON text."""

    _resources: dict[Any, Resource] = field(default_factory=dict)
    _virtual_hosts: dict[VirtualHost, Any] = field(default_factory=dict)

    def emit(self, ir: ProxyIR) -> ProxyConfig:
        """The configuration of one proxy as Envoy messages, in the order of the IR."""
        return ProxyConfig(
            proxy=ir.proxy,
            bootstrap=ir.bootstrap,
            listeners=self._each(ir.listeners, listener),
            routes=self._each(ir.routes, self._routes),
            clusters=self._each(ir.clusters, cluster),
            endpoints=self._each(ir.endpoints, assignment),
        )

    def _routes(self, node: RouteConfiguration) -> Message:
        """Configurations of different namespaces have most of their virtual hosts in common."""
        message: Message = route_configuration(node, self._virtual_hosts)
        return message

    def _each(self, nodes: Iterable[Any], make: Callable[[Any], Message]) -> tuple[Resource, ...]:
        known = self._resources
        made = []
        for node in nodes:
            resource = known.get(node)
            if resource is None:
                resource = known[node] = Resource(node.name, node.origin, make(node))
            made.append(resource)
        return tuple(made)
