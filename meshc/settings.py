"""The files beside the manifests in, the `Settings` of a mesh and lists of proxies out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.model.settings import Settings
from meshc.resources.decode import decode_value
from meshc.resources.features import Features
from meshc.resources.load import Objects, load
from meshc.resources.mesh_config import DEFAULT_MESH_CONFIG, MeshConfig, MeshNetworks, overlay_mesh_config
from meshc.resources.mesh_config.config_map import documents_of, mesh_config_of, mesh_networks_of
from meshc.resources.message import Message, Struct, message
from meshc.source import Document, Map, read


@frozen
class Inputs:
    """What to compile: files, folders, globs or `-`, and the files that set up the mesh.

    `clusters` gives the objects of further clusters by name, `endpoint_map` real addresses in place of assumed ones.
    `case` is a file that holds `meshConfig`, `meshNetworks`, `features` and `clusters` (paths from its own folder) as
    golden cases have them; a file of its own goes before it.
    """

    paths: Sequence[str]
    mesh_config: Path | None = None
    mesh_networks: Path | None = None
    features: Path | None = None
    clusters: Mapping[str, str] = field(default_factory=dict)
    endpoint_map: Path | None = None
    case: Path | None = None


@message
class ProxyRequest(Message):
    """A proxy to compile: `<pod>.<namespace>` or `<workload>.<namespace>`, and what to change of its node.

    `type` is empty where the mesh tells; `metadata` replaces whole keys of the node's metadata; `cluster` is the id of
    the proxy's cluster.
    """

    name: str = ""
    type: Literal["", "sidecar", "router"] = ""
    metadata: Mapping[str, Struct] = field(default_factory=dict)
    cluster: str = ""


@message
class _ProxyList(Message):
    proxies: tuple[ProxyRequest, ...] = ()


def read_settings(inputs: Inputs, sink: Sink) -> Settings:
    """The settings that the files say. What is wrong in one becomes findings, and istiod's defaults hold in its place.

    Raises `source.UnreadableError` for a file that cannot be read.
    """
    case = _root(inputs.case, sink)
    networks = _mapping(inputs.mesh_networks, case, "meshNetworks", sink)
    clusters = (
        {name: str(inputs.case.parent / path) for name, path in case.root.get("clusters", {}).items()}
        if (case is not None and inputs.case is not None)
        else {}
    )
    return Settings(
        config=_mesh_config(_mapping(inputs.mesh_config, case, "meshConfig", sink), sink),
        networks=_networks(networks, sink),
        features=_features(_mapping(inputs.features, case, "features", sink), sink),
        clusters={name: load(read([path], sink), sink) for name, path in {**clusters, **inputs.clusters}.items()},
        endpoint_map=_endpoint_map(_root(inputs.endpoint_map, sink), sink),
    )


def settings_document(inputs: Inputs, objects: Objects, key: str) -> Document | None:
    """What the mesh config (`mesh`) or the networks (`meshNetworks`) were read from, for places; None without any.

    That is a file of its own, a part of the case, or what stands under the key in the ConfigMap `istio`.
    """
    said = Sink()
    file, part = (inputs.mesh_config, "meshConfig") if key == "mesh" else (inputs.mesh_networks, "meshNetworks")
    given = _mapping(file, _root(inputs.case, said), part, said)
    if given is not None and not _is_config_map(given):
        return given
    return next(iter(documents_of(_objects(given, said) if given is not None else objects, key, said)), None)


def read_proxy_list(file: Path, sink: Sink) -> tuple[ProxyRequest, ...]:
    """The `proxies` of a YAML file."""
    document = _root(file, sink)
    if document is None:
        return ()
    listed = Map(document.root.at)
    listed["proxies"] = document.root.get("proxies")
    listed.marks["proxies"] = document.root.marks.get("proxies", document.root.at)
    decoded = decode_value(_ProxyList, listed, document.file, sink)
    return decoded.proxies if decoded is not None else ()


def _root(file: Path | None, sink: Sink) -> Document | None:
    return next(iter(read([str(file)], sink)), None) if file is not None else None


def _mapping(file: Path | None, case: Document | None, key: str, sink: Sink) -> Document | None:
    """A settings file, or the part of the case that stands for it."""
    if file is not None:
        return _root(file, sink)
    part = case.root.get(key) if case is not None else None
    return Document(case.file, part) if case is not None and isinstance(part, Map) else None


def _mesh_config(document: Document | None, sink: Sink) -> MeshConfig | None:
    if document is None:
        return None
    if _is_config_map(document):
        return mesh_config_of(_objects(document, sink), sink)
    decoded = decode_value(MeshConfig, document.root, document.file, sink)
    return overlay_mesh_config(DEFAULT_MESH_CONFIG, decoded, document.root) if decoded is not None else None


def _networks(document: Document | None, sink: Sink) -> MeshNetworks | None:
    if document is None:
        return None
    if _is_config_map(document):
        return mesh_networks_of(_objects(document, sink), sink)
    return decode_value(MeshNetworks, document.root, document.file, sink)


def _is_config_map(document: Document) -> bool:
    return document.root.get("kind") == "ConfigMap"


def _objects(document: Document, sink: Sink) -> Objects:
    return load([document], sink)


def _features(document: Document | None, sink: Sink) -> Features:
    if document is None:
        return Features()
    return Features.parse(document.root, sink, Origin("Features", location=document.location()))


def _endpoint_map(document: Document | None, sink: Sink) -> Mapping[str, tuple[str, ...]]:
    """Names to addresses; a single address stands for a list of one."""
    made: dict[str, tuple[str, ...]] = {}
    for name, given in (document.root if document is not None else {}).items():
        addresses: Sequence[Any] = given if isinstance(given, list) else [given]
        if addresses and all(isinstance(address, str) and address for address in addresses):
            made[name] = tuple(addresses)
        elif document is not None:
            place = Origin("EndpointMap", "", name, location=document.location(document.root.marks.get(name, 0)))
            sink.add("MC0202", place, f"{given!r} is no address; write host, host:port, or a list of them")
    return made
