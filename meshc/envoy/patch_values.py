"""Values of EnvoyFilter patches: what is patched and a value as JSON in, what is wrong with the value out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import Message

from meshc.envoy.any import unpack
from meshc.envoy.encode import MessageError, from_value
from meshc.envoy.schema import UnknownTypeError
from meshc.frozen import frozen

MESSAGES: Mapping[str, str] = {
    "LISTENER": "envoy.config.listener.v3.Listener",
    "FILTER_CHAIN": "envoy.config.listener.v3.FilterChain",
    "NETWORK_FILTER": "envoy.config.listener.v3.Filter",
    "HTTP_FILTER": "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter",
    "LISTENER_FILTER": "envoy.config.listener.v3.ListenerFilter",
    "ROUTE_CONFIGURATION": "envoy.config.route.v3.RouteConfiguration",
    "VIRTUAL_HOST": "envoy.config.route.v3.VirtualHost",
    "HTTP_ROUTE": "envoy.config.route.v3.Route",
    "CLUSTER": "envoy.config.cluster.v3.Cluster",
    "EXTENSION_CONFIG": "envoy.config.core.v3.TypedExtensionConfig",
    "BOOTSTRAP": "envoy.config.bootstrap.v3.Bootstrap",
}
"""`applyTo` of a patch -> the message that its value is."""

_ANY = "google.protobuf.Any"
_FROZEN = re.compile(r"\.v2(?:alpha\d*)?\.")
_CONTRIB = re.compile(r"'?type\.googleapis\.com/envoy\.[\w.]*\.v\d+alpha\d*\.")
_NAMED_FILTERS = frozenset((MESSAGES["NETWORK_FILTER"], MESSAGES["HTTP_FILTER"], MESSAGES["LISTENER_FILTER"]))


@frozen
class PatchFaults:
    """`error`: the value is no such message (empty if it is). `doubts`: what of it Envoy may not know or take."""

    error: str = ""
    doubts: tuple[str, ...] = ()


def patch_value_faults(apply_to: str, value: Mapping[str, Any]) -> PatchFaults:
    """Read a value as istiod does: strictly, and if that fails without the fields that are not known."""
    name = MESSAGES.get(apply_to)
    if name is None:
        return PatchFaults(f"{apply_to} cannot be patched")
    doubts: list[str] = []
    try:
        message = from_value(name, dict(value))
    except MessageError as strict:
        try:
            message = from_value(name, dict(value), newer=True)
        except MessageError as error:
            if _CONTRIB.search(str(error)):
                return PatchFaults(doubts=(f"an extension of Envoy's that is not known here: {error}",))
            return PatchFaults(f"the value is no {name}: {error}")
        doubts.append(str(strict))
    doubts += dict.fromkeys(_doubts(message))
    return PatchFaults(doubts=tuple(doubts))


def _doubts(message: Message) -> Iterator[str]:
    """Types of versions that Envoy has given up, and filters that only their name describes."""
    name = message.DESCRIPTOR.full_name
    if name in _NAMED_FILTERS and message.name and message.WhichOneof("config_type") is None:  # type: ignore[attr-defined]
        yield f"the filter {message.name} has no typed_config, which Envoy requires"  # type: ignore[attr-defined]
    if name == _ANY:
        url: str = message.type_url  # type: ignore[attr-defined]
        if _FROZEN.search(url):
            yield f"{url} is of a version of Envoy's API that no longer exists"
        try:
            yield from _doubts(unpack(message)) if url else ()
        except UnknownTypeError:
            return
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            entries = value.values() if field.message_type.fields_by_name["value"].message_type is not None else ()
        else:
            entries = value if field.is_repeated else (value,)
        for entry in entries:
            yield from _doubts(entry)
