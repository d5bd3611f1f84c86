"""ProxyIR in, ProxyConfig out: each IR node becomes a message once, however many proxies have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from google.protobuf.message import Message

from meshc.envoy.clusters import cluster
from meshc.envoy.config import ProxyConfig, Resource
from meshc.envoy.endpoints import assignment
from meshc.envoy.listeners import ListenerMessages
from meshc.envoy.routes import RouteMessages
from meshc.envoy.tls_secrets import secret
from meshc.ir.proxy import ProxyIR


@dataclass(slots=True)
class Emitter:
    """Makes messages for the proxies of one mesh; keeps one `Resource` per IR node, with its bytes and JSON text."""

    _resources: dict[Any, Resource] = field(default_factory=dict)
    _listeners: ListenerMessages = field(default_factory=ListenerMessages)
    _routes: RouteMessages = field(default_factory=RouteMessages)

    def emit(self, ir: ProxyIR) -> ProxyConfig:
        """The configuration of one proxy as Envoy messages, in the order of the IR."""
        return ProxyConfig(
            proxy=ir.proxy,
            bootstrap=ir.bootstrap,
            listeners=self._each(ir.listeners, self._listeners.message, self._listeners.json),
            routes=self._each(ir.routes, self._routes.message, self._routes.json),
            clusters=self._each(ir.clusters, cluster),
            endpoints=self._each(ir.endpoints, assignment),
            secrets=self._each(ir.secrets, secret),
        )

    def _each(
        self, nodes: Iterable[Any], make: Callable[[Any], Message], json: Callable[[Any], bytes] | None = None
    ) -> tuple[Resource, ...]:
        known = self._resources
        made = []
        for node in nodes:
            resource = known.get(node)
            if resource is None:
                printer = partial(json, node) if json is not None else None
                resource = known[node] = Resource(node.name, node.origin, partial(make, node), printer)
            made.append(resource)
        return tuple(made)
