"""Short names: a VirtualService as written in, the same with every host and gateway by its full name out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from meshc.model.names import kubernetes_host
from meshc.resources.go_values import is_ip
from meshc.resources.message import Message
from meshc.resources.networking.common import Destination
from meshc.resources.networking.virtual_service import (
    HTTPMatchRequest,
    HTTPMirrorPolicy,
    HTTPRoute,
    HTTPRouteDestination,
    L4MatchAttributes,
    RouteDestination,
    TCPRoute,
    TLSMatchAttributes,
    TLSRoute,
    VirtualService,
)

M = TypeVar("M", bound=Message)
Matches = TypeVar("Matches", HTTPMatchRequest, TLSMatchAttributes, L4MatchAttributes)
Weighted = TypeVar("Weighted", HTTPRouteDestination, RouteDestination, HTTPMirrorPolicy)

MESH_GATEWAY = "mesh"
"""The name that stands for all sidecars among the gateways of a VirtualService."""


def full_host(host: str, namespace: str) -> str:
    """A host as an object of `namespace` means it (spec: routes 8.1): only names without a dot are completed."""
    if not host or host == "*" or "." in host or is_ip(host):
        return host
    return kubernetes_host(host, namespace)


def full_gateway(name: str, namespace: str) -> str:
    """A gateway as `namespace/name`; `mesh` stays, `name.namespace.svc...` is the oldest way to write one."""
    if name == MESH_GATEWAY:
        return name
    owner, slash, rest = name.partition("/")
    if slash:
        return f"{namespace}/{rest}" if owner == "." else name
    labels = name.split(".")
    return f"{labels[1]}/{labels[0]}" if len(labels) > 1 else f"{namespace}/{name}"


def resolve_short_names(resource: VirtualService) -> VirtualService:
    """The VirtualService with full names everywhere; the very same one if they were full already."""
    namespace, spec = resource.meta.namespace, resource.spec
    resolved = _update(
        spec,
        hosts=_unless_equal(spec.hosts, tuple(full_host(host, namespace) for host in spec.hosts)),
        gateways=_gateways(spec.gateways, namespace),
        http=_each(spec.http, lambda route: _http_route(route, namespace)),
        tls=_each(spec.tls, lambda route: _tls_route(route, namespace)),
        tcp=_each(spec.tcp, lambda route: _tcp_route(route, namespace)),
    )
    return _update(resource, spec=resolved)


def _http_route(route: HTTPRoute, namespace: str) -> HTTPRoute:
    return _update(
        route,
        match=_each(route.match, lambda match: _match(match, namespace)),
        route=_each(route.route, lambda weighted: _weighted(weighted, namespace)),
        mirror=_destination(route.mirror, namespace),
        mirrors=_each(route.mirrors, lambda mirror: _weighted(mirror, namespace)),
    )


def _tls_route(route: TLSRoute, namespace: str) -> TLSRoute:
    return _update(
        route,
        match=_each(route.match, lambda match: _match(match, namespace)),
        route=_each(route.route, lambda weighted: _weighted(weighted, namespace)),
    )


def _tcp_route(route: TCPRoute, namespace: str) -> TCPRoute:
    return _update(
        route,
        match=_each(route.match, lambda match: _match(match, namespace)),
        route=_each(route.route, lambda weighted: _weighted(weighted, namespace)),
    )


def _match(match: Matches, namespace: str) -> Matches:
    return _update(match, gateways=_gateways(match.gateways, namespace))


def _weighted(weighted: Weighted, namespace: str) -> Weighted:
    return _update(weighted, destination=_destination(weighted.destination, namespace))


def _destination(destination: Destination | None, namespace: str) -> Destination | None:
    return None if destination is None else _update(destination, host=full_host(destination.host, namespace))


def _gateways(names: tuple[str, ...], namespace: str) -> tuple[str, ...]:
    return _unless_equal(names, tuple(full_gateway(name, namespace) for name in names))


def _unless_equal(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return old if old == new else new


def _each(items: tuple[M, ...], change: Callable[[M], M]) -> tuple[M, ...]:
    """The items changed; the same tuple if none was."""
    changed = tuple(change(item) for item in items)
    return items if all(new is old for new, old in zip(changed, items, strict=True)) else changed


def _update(message: M, **fields: Any) -> M:
    """The message with other fields; the same one if all of them are what they were."""
    different = {name: value for name, value in fields.items() if getattr(message, name) is not value}
    return dataclasses.replace(message, **different) if different else message
