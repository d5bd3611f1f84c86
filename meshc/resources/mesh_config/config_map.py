"""The ConfigMap `istio` of an installed mesh: mesh config and mesh networks out of it, over istiod's defaults."""

from __future__ import annotations

from typing import TypeVar

from meshc.findings import Sink
from meshc.resources.core import ConfigMap
from meshc.resources.decode import decode_value
from meshc.resources.load import Objects
from meshc.resources.mesh_config.defaults import DEFAULT_MESH_CONFIG
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.mesh_config.networks import MeshNetworks
from meshc.resources.mesh_config.overlay import overlay_mesh_config
from meshc.resources.message import Message
from meshc.source import Document, Map
from meshc.source.files import documents_of_text

M = TypeVar("M", bound=Message)

NAME = "istio"


def mesh_config_of(objects: Objects, sink: Sink) -> MeshConfig:
    """The mesh config under the key `mesh` over istiod's defaults; the defaults if there is none."""
    found = _part(objects, "mesh", MeshConfig, sink)
    return overlay_mesh_config(DEFAULT_MESH_CONFIG, *found) if found is not None else DEFAULT_MESH_CONFIG


def mesh_networks_of(objects: Objects, sink: Sink) -> MeshNetworks:
    """The networks under the key `meshNetworks`; none if there are none."""
    found = _part(objects, "meshNetworks", MeshNetworks, sink)
    return found[0] if found is not None else MeshNetworks()


def documents_of(objects: Objects, key: str, sink: Sink) -> list[Document]:
    """What stands under a key of the ConfigMap, with places in its text."""
    config_map = _config_map(objects)
    text = config_map.data.get(key, "") if config_map is not None else ""
    if config_map is None or not text.strip():
        return []
    return documents_of_text(
        text, f"{config_map.meta.file} (ConfigMap {config_map.meta.namespace}/{NAME}, data.{key})", sink
    )


def _part(objects: Objects, key: str, cls: type[M], sink: Sink) -> tuple[M, Map] | None:
    """A part of the ConfigMap, with the mapping it was decoded from."""
    for document in documents_of(objects, key, sink):
        decoded = decode_value(cls, document.root, document.file, sink)
        return (decoded, document.root) if decoded is not None else None
    return None


def _config_map(objects: Objects) -> ConfigMap | None:
    """The ConfigMap in the namespace of Istio itself, else in the first namespace that has one."""
    named = [c for c in objects.by_kind(ConfigMap) if c.meta.name == NAME]
    home = DEFAULT_MESH_CONFIG.root_namespace
    return next((c for c in named if c.meta.namespace == home), named[0] if named else None)
