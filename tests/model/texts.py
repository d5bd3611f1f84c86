"""Meshes of manifests written as YAML text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from meshc.findings import Sink
from meshc.model.build import build
from meshc.model.endpoint import Endpoint
from meshc.model.mesh import Mesh
from meshc.model.settings import Settings
from meshc.resources.features import Features
from meshc.resources.load import Objects, load
from meshc.resources.mesh_config import MeshNetworks
from meshc.source import documents_of_text


def mesh_of_text(
    text: str, clusters: Mapping[str, str] | None = None, networks: MeshNetworks | None = None, **features: Any
) -> tuple[Mesh, Sink]:
    """The mesh of some manifests, and of further clusters' by name; feature flags by attribute name."""
    sink = Sink()
    settings = Settings(
        networks=networks,
        features=dataclasses.replace(Features(), **features),
        clusters={name: objects_of(members, f"{name}.yaml", sink) for name, members in (clusters or {}).items()},
    )
    return build(objects_of(text, "in.yaml", sink), settings, sink), sink


def objects_of(text: str, file: str, sink: Sink) -> Objects:
    return load(documents_of_text(text, file, sink), sink)


def shown(mesh: Mesh, host: str, namespace: str) -> list[str]:
    """The endpoints of a host as `port name address:port`."""
    service = mesh.services.get(host, namespace)
    assert service is not None
    return [one_line(endpoint) for endpoint in mesh.endpoints.of(service)]


def one_line(endpoint: Endpoint) -> str:
    return f"{endpoint.port_name} {'+'.join(endpoint.addresses)}:{endpoint.port}"
