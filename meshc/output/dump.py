"""Config dumps: the configuration of a proxy in, the answer of Envoy's `/config_dump` out; and such an answer back in.

Written are Envoy's sections in Envoy's order, without times and versions, which a compiler does not have, and the
resources as dynamic ones; those of the bootstrap stand in the bootstrap alone (spec: tooling 2). Read are dumps of any
Envoy: field names of both spellings, static and dynamic resources, and resources of types that the schema does not
know, which become a `TypedStruct` of the same content.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from meshc.envoy.any import TYPE_URL_PREFIX, type_url
from meshc.envoy.bootstrap import bootstrap
from meshc.envoy.config import MESSAGES, RESOURCE_TYPES, ProxyConfig, Resource, ResourceType, any_text
from meshc.envoy.encode import MessageError, from_value, to_text
from meshc.envoy.rewrite import Rewriter
from meshc.envoy.schema import UnknownTypeError, message_class
from meshc.findings import Origin

_ADMIN = "envoy.admin.v3"
_TYPED_STRUCT = "udpa.type.v1.TypedStruct"


class DumpError(ValueError):
    """A text that is no config dump; it says what is wrong with it."""


def config_dump(config: ProxyConfig, start: Any = None) -> bytes:
    """The dump of a proxy as JSON, one resource a line; `start` is the bootstrap message if it is not the agent's."""
    if start is None and config.bootstrap is not None:
        start = bootstrap(config.bootstrap)
    sections = [] if start is None else [_section("Bootstrap", f'"bootstrap":{to_text(start)}')]
    sections += [
        _section("Clusters", _list("dynamicActiveClusters", config, "clusters", '{{"cluster":{0}}}')),
        _section("Endpoints", _list("dynamicEndpointConfigs", config, "endpoints", '{{"endpointConfig":{0}}}')),
        _section("Listeners", _listeners(config)),
        _section("Routes", _list("dynamicRouteConfigs", config, "routes", '{{"routeConfig":{0}}}')),
        _section("Secrets", _list("dynamicActiveSecrets", config, "secrets", '{{"name":{1},"secret":{0}}}')),
    ]
    if config.extensions:
        sections.append(_section("Ecds", _list("ecdsFilters", config, "extensions", '{{"ecdsFilter":{0}}}')))
    return ('{"configs":[\n' + ",\n".join(sections) + "\n]}\n").encode()


def _section(name: str, content: str) -> str:
    return f'{{"@type":"{type_url(f"{_ADMIN}.{name}ConfigDump")}",{content}}}'


def _listeners(config: ProxyConfig) -> str:
    """A listener stands under its name, in the state `active`."""
    return _list("dynamicListeners", config, "listeners", '{{"name":{1},"activeState":{{"listener":{0}}}}}')


def _list(field: str, config: ProxyConfig, kind: ResourceType, form: str) -> str:
    items = (form.format(any_text(kind, r), json.dumps(r.name, ensure_ascii=False)) for r in config.of(kind))
    return f'"{field}":[\n' + ",\n".join(items) + "\n]"


def read_dump(data: bytes | str) -> ProxyConfig:
    """The configuration in a config dump. Its `proxy` is `<name>.<namespace>` of the node, empty without a bootstrap.

    Of a section that occurs several times the last counts, of `Ecds` every one. Resources in a state other than active
    are left out, secrets that are waited for are not. Raises `DumpError`.
    """
    sections = _sections(data)
    found = {kind: tuple(_resources(kind, reader(sections))) for kind, reader in _READERS.items()}
    return ProxyConfig(_proxy_name(sections.get("Bootstrap", [])), None, *(found[kind] for kind in RESOURCE_TYPES))


def _sections(data: bytes | str) -> dict[str, list[Any]]:
    """The sections of a dump by name."""
    try:
        root = json.loads(data)
    except ValueError as error:
        raise DumpError(f"not JSON: {error}") from None
    configs = root.get("configs") if isinstance(root, dict) else None
    if not isinstance(configs, list):
        raise DumpError("not a config dump: it has no list `configs`")
    sections: dict[str, list[Any]] = {}
    for section in configs:
        url = section.get("@type", "") if isinstance(section, dict) else ""
        sections.setdefault(url.rpartition(".")[2].removesuffix("ConfigDump"), []).append(section)
    return sections


def _proxy_name(bootstraps: list[Any]) -> str:
    """The third part of the node's id, which is `type~address~name.namespace~domain`."""
    node = _get(_get(bootstraps[-1], "bootstrap") or {}, "node") if bootstraps else None
    parts = str(_get(node or {}, "id") or "").split("~")
    return parts[2] if len(parts) == 4 else ""


def _get(value: Any, camel: str) -> Any:
    """A field by its name in lowerCamelCase, which may stand there in snake_case."""
    if not isinstance(value, dict):
        raise DumpError(f"not a config dump: {camel} is looked for in {value!r:.80}")
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in camel)
    return value.get(camel, value.get(snake))


def _items(section: str, *fields: str) -> Callable[[Mapping[str, list[Any]]], Iterator[Any]]:
    """A reader of the lists of one section, in the order of the fields."""

    def read(sections: Mapping[str, list[Any]]) -> Iterator[Any]:
        for found in sections.get(section, [])[-1:]:
            for field in fields:
                yield from _get(found, field) or []

    return read


def _of(field: str, read: Callable[[Mapping[str, list[Any]]], Iterable[Any]]) -> Callable[..., Iterator[Any]]:
    """A reader of the resource that each item holds under a field."""
    return lambda sections: (found for item in read(sections) if (found := _get(item, field)) is not None)


def _active(read: Callable[[Mapping[str, list[Any]]], Iterable[Any]]) -> Callable[..., Iterator[Any]]:
    """A reader of listeners: static ones stand there as they are, dynamic ones in their active state."""

    def each(sections: Mapping[str, list[Any]]) -> Iterator[Any]:
        for item in read(sections):
            state = item if _get(item, "listener") is not None else _get(item, "activeState")
            if state is not None:
                yield _get(state, "listener")

    return each


def _every_extension(sections: Mapping[str, list[Any]]) -> Iterator[Any]:
    for section in sections.get("Ecds", []):
        for item in _get(section, "ecdsFilters") or []:
            yield _get(item, "ecdsFilter")


_READERS: Mapping[ResourceType, Callable[[Mapping[str, list[Any]]], Iterable[Any]]] = {
    "listeners": _active(_items("Listeners", "dynamicListeners", "staticListeners")),
    "routes": _of("routeConfig", _items("Routes", "dynamicRouteConfigs", "staticRouteConfigs")),
    "clusters": _of("cluster", _items("Clusters", "dynamicActiveClusters", "staticClusters")),
    "endpoints": _of("endpointConfig", _items("Endpoints", "dynamicEndpointConfigs", "staticEndpointConfigs")),
    "secrets": _of("secret", _items("Secrets", "dynamicWarmingSecrets", "dynamicActiveSecrets", "staticSecrets")),
    "extensions": _every_extension,
}
"""Type -> what finds its resources, as Any in JSON form."""


def _resources(kind: ResourceType, packed: Iterable[Any]) -> Iterator[Resource]:
    for value in packed:
        if not isinstance(value, dict):
            raise DumpError(f"not a config dump: {kind} holds {value!r:.80}")
        plain = {key: _known(item) for key, item in value.items() if key != "@type"}
        try:
            message = from_value(MESSAGES[kind], plain, newer=True)
        except MessageError as error:
            raise DumpError(f"{kind}: {error}") from None
        _in_order(message)
        name = message.cluster_name if kind == "endpoints" else message.name
        yield Resource.of(name, Origin("ConfigDump", name=f"{kind} {name}"), message)


_in_order = Rewriter({}, repack=True)
"""Brings what the JSON parser packed into the order of this package: the same resource has the same bytes."""


def _known(value: Any) -> Any:
    """The value with every Any of unknown type made a `TypedStruct` of the same type URL and content."""
    if isinstance(value, list):
        return [_known(item) for item in value]
    if not isinstance(value, dict):
        return value
    url = value.get("@type")
    inner = {key: _known(item) for key, item in value.items() if key != "@type"}
    if not isinstance(url, str):
        return inner if url is None else value
    if _is_known(url):
        return {"@type": url, **inner}
    return {"@type": TYPE_URL_PREFIX + _TYPED_STRUCT, "typeUrl": url, "value": inner}


def _is_known(url: str) -> bool:
    try:
        message_class(url.rpartition("/")[2])
    except UnknownTypeError:
        return False
    return True
