"""Overlays of mesh settings: a lower and a higher layer in, what is in force out (spec: extensions 3.1).

The higher layer comes twice: decoded, and as the mapping that it was decoded from. A field counts as set if it stands
in the mapping, also with its zero value: `enableTracing: false` overrides a default of true.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.mesh_config.providers import ExtensionProvider
from meshc.resources.mesh_config.proxy import ProxyConfig, ProxyHeaders
from meshc.resources.message import Message, json_name

M = TypeVar("M", bound=Message)
Field = dataclasses.Field[Any]

_INHERITED_HEADERS = ("request_id", "attempt_count", "server", "envoy_debug_headers")
_CLUSTER_NAME = ("service_cluster", "tracing_service_name")


def overlay_mesh_config(base: MeshConfig, over: MeshConfig, given: Mapping[str, Any]) -> MeshConfig:
    """A user's mesh config over istiod's: a field replaces the default as a whole.

    `defaultConfig` and `defaultProviders` are merged field by field, extension providers by name, and the aliases of
    the trust domain are united.
    """
    merged: dict[str, Any] = {
        "default_config": base.default_config,
        "default_providers": base.default_providers,
        "extension_providers": _merge_providers(base.extension_providers, over.extension_providers),
        "trust_domain_aliases": tuple(sorted({*base.trust_domain_aliases, *over.trust_domain_aliases})),
    }
    if proxy := given.get("defaultConfig", given.get("default_config")):
        merged["default_config"] = overlay_proxy_config(base.default_config, over.default_config, proxy)
    if providers := given.get("defaultProviders", given.get("default_providers")):
        merged["default_providers"] = _replace(base.default_providers, over.default_providers, providers)
    return dataclasses.replace(_replace(base, over, given), **merged)


def overlay_proxy_config(base: ProxyConfig, over: ProxyConfig, given: Mapping[str, Any]) -> ProxyConfig:
    """A layer of proxy configuration over another; `proxyMetadata` is merged by key, some `proxyHeaders` inherited."""
    result = _replace(base, over, given)
    changes: dict[str, Any] = {"proxy_metadata": {**base.proxy_metadata, **over.proxy_metadata}}
    if over.proxy_headers and base.proxy_headers:
        changes["proxy_headers"] = _inherit_headers(base.proxy_headers, over.proxy_headers)
    for name, other in (_CLUSTER_NAME, _CLUSTER_NAME[::-1]):
        if getattr(over, name) is not None:
            changes[other] = None
    return dataclasses.replace(result, **changes)


def set_fields(over: Message) -> dict[str, Any]:
    """The `given` of a layer that exists as a message only: the fields that do not have their zero value."""
    empty = type(over)()
    values = {field.name: getattr(over, field.name) for field in _fields(over)}
    return {name: value for name, value in values.items() if value != getattr(empty, name)}


def _replace(base: M, over: M, given: Mapping[str, Any]) -> M:
    present = {field.name: getattr(over, field.name) for field in _fields(over) if _lookup(field, given) is not None}
    return dataclasses.replace(base, **present)


def _lookup(field: Field, given: Mapping[str, Any]) -> Any:
    """The value of a field in a mapping, where proto JSON knows it by several names; None if it is absent."""
    names = (json_name(field), *field.metadata.get("aliases", ()), field.name)
    return next((given[name] for name in names if given.get(name) is not None), None)


def _fields(of: Message) -> Iterator[Field]:
    return (field for field in dataclasses.fields(of) if field.name != "at")


def _inherit_headers(base: ProxyHeaders, over: ProxyHeaders) -> ProxyHeaders:
    """istiod inherits these headers only; the others are lost when a higher layer sets any header."""
    inherited: dict[str, Any] = {
        name: getattr(base, name) for name in _INHERITED_HEADERS if getattr(over, name) is None
    }
    if over.forwarded_client_cert == "UNDEFINED":
        inherited["forwarded_client_cert"] = base.forwarded_client_cert
    return dataclasses.replace(over, **inherited)


def _merge_providers(
    base: tuple[ExtensionProvider, ...], over: tuple[ExtensionProvider, ...]
) -> tuple[ExtensionProvider, ...]:
    """A provider of a known name takes that one's place in the list, a new one goes to the end."""
    merged = {provider.name: provider for provider in base}
    merged.update((provider.name, provider) for provider in over)
    return tuple(merged.values())
