"""A gateway proxy in; out the services that it refers to, for which alone it may get clusters (spec: clusters 2.4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from meshc.lower.security.jwt import fetched_by_proxy, key_server
from meshc.model.api import Gateway
from meshc.model.envoy_filters import referenced_services
from meshc.model.gateways import gateway_name
from meshc.model.mesh import Mesh
from meshc.scope.destinations import destinations
from meshc.scope.scope import ProxyScope


def referenced(scope: ProxyScope, bound: tuple[Gateway, ...]) -> frozenset[str]:
    """What a gateway of these Gateways refers to, as hosts or `namespace/host`.

    Those are the destinations of the VirtualServices bound to it, the services of extension providers, key servers that
    the proxy itself asks, and what its EnvoyFilters name. A gateway without Gateway resources gets none.
    """
    if not bound:
        return frozenset()
    named = (service for resource in scope.envoy_filters for service in referenced_services(resource))
    return frozenset((*_destinations(scope, bound), *_providers(scope.mesh), *_key_servers(scope), *named))


def _destinations(scope: ProxyScope, bound: tuple[Gateway, ...]) -> Iterator[str]:
    namespace = scope.proxy.namespace
    for gateway in bound:
        for rules in scope.mesh.virtual_services.visible(namespace, gateway_name(gateway)):
            for destination in destinations(rules, namespace):
                yield destination.host


def _providers(mesh: Mesh) -> Iterator[str]:
    """The services of extension providers, whichever provider is used."""
    for provider in mesh.config.extension_providers:
        kinds = (getattr(provider, field.name) for field in dataclasses.fields(provider))
        for kind in kinds:
            service = getattr(kind, "service", None)
            if service:
                yield service


def _key_servers(scope: ProxyScope) -> Iterator[str]:
    """The hosts that Envoy fetches keys of JWT issuers from, unless istiod does."""
    if not fetched_by_proxy(scope.mesh):
        return
    for policy in scope.request_authentication:
        for rule in policy.spec.jwt_rules:
            host, _ = key_server(rule.jwks_uri)
            if host:
                yield host
