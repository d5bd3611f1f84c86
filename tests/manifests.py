"""Short ways to write manifests in tests, and to build a mesh of them."""

from __future__ import annotations

import dataclasses
from typing import Any

import yaml

from meshc.findings import Sink
from meshc.model.build import build
from meshc.model.mesh import Mesh
from meshc.model.settings import Settings
from meshc.resources.features import Features
from meshc.resources.load import load
from meshc.source import documents_of_text

API_VERSIONS = {
    "Service": "v1",
    "Pod": "v1",
    "PeerAuthentication": "security.istio.io/v1",
    "AuthorizationPolicy": "security.istio.io/v1",
    "RequestAuthentication": "security.istio.io/v1",
    "Telemetry": "telemetry.istio.io/v1",
    "EnvoyFilter": "networking.istio.io/v1alpha3",
}
"""Kind -> API version; every other kind is of networking.istio.io/v1."""


def manifest(kind: str, name: str, spec: str | dict[str, Any], namespace: str = "shop", age: int = 0) -> dict[str, Any]:
    """An object; `spec` as YAML or as values; the higher `age`, the later it was created."""
    return {
        "apiVersion": API_VERSIONS.get(kind, "networking.istio.io/v1"),
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": namespace,
            "creationTimestamp": f"2026-01-01T00:{age // 60:02}:{age % 60:02}Z",
        },
        "spec": yaml.safe_load(spec) if isinstance(spec, str) else spec,
    }


def service(name: str, namespace: str = "shop", age: int = 0, ports: str = "80", export_to: str = "") -> dict[str, Any]:
    """A Kubernetes Service without endpoints; `ports` as numbers with commas, all HTTP."""
    numbers = [int(text) for text in ports.split(",")]
    spec = {"clusterIP": "10.0.0.1", "ports": [{"name": f"http-{n}", "port": n} for n in numbers]}
    made = manifest("Service", name, spec, namespace, age)
    if export_to:
        made["metadata"]["annotations"] = {"networking.istio.io/exportTo": export_to}
    return made


def entry(
    name: str, hosts: str, namespace: str = "shop", age: int = 0, ports: str = "80", export_to: str = ""
) -> dict[str, Any]:
    """A ServiceEntry for hosts with commas between them, all ports HTTP."""
    spec = {
        "hosts": hosts.split(","),
        "resolution": "STATIC",
        "ports": [{"name": f"http-{n}", "number": int(n), "protocol": "HTTP"} for n in ports.split(",")],
    }
    if export_to:
        spec["exportTo"] = export_to.split(",")
    return manifest("ServiceEntry", name, spec, namespace, age)


def mesh_of(*objects: dict[str, Any], config: dict[str, Any] | None = None, **features: object) -> Mesh:
    """The mesh of some objects, with feature flags by attribute name."""
    return built(*objects, config=config, **features)[0]


def built(*objects: dict[str, Any], config: dict[str, Any] | None = None, **features: Any) -> tuple[Mesh, Sink]:
    """The mesh of some objects and what was said about them. `config` is mesh config."""
    given = list(objects)
    if config is not None:
        data = {"mesh": yaml.safe_dump(config)}
        metadata = {"name": "istio", "namespace": "istio-system"}
        given.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
    sink = Sink()
    loaded = load(documents_of_text(yaml.safe_dump_all(given), "in.yaml", sink), sink)
    settings = Settings(features=dataclasses.replace(Features(), **features))
    return build(loaded, settings, sink), sink


def said(sink: Sink, *codes: str) -> list[str]:
    """The findings of some codes as `code kind namespace/name: sentence`."""
    return [f"{f.code} {f.origin}: {f.message}" for f in sink if f.code in codes]
