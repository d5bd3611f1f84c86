"""Clusters and endpoints in tests: manifests and a proxy's name in, IR by name out."""

from __future__ import annotations

from typing import Any

from meshc.ir.cluster import Cluster
from meshc.ir.endpoint import EndpointGroup
from meshc.lower.clusters.clusters import clusters
from meshc.lower.endpoints.endpoints import endpoints
from meshc.model.mesh import Mesh
from meshc.scope.discovery import find
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope, build_scope
from tests.manifests import manifest


def pod(name: str, ip: str, labels: str = "app: web", namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    """A ready pod with a sidecar; `labels` as YAML without braces, `spec` further fields of the pod's spec."""
    made = manifest("Pod", name, {"containers": [{"name": "app"}], "serviceAccountName": name, **spec}, namespace)
    pairs = (part.split(": ") for part in labels.split(", "))
    made["metadata"]["labels"] = {"security.istio.io/tlsMode": "istio", **dict(pairs)}
    made["status"] = {
        "phase": "Running",
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "conditions": [{"type": "Ready", "status": "True"}],
    }
    return made


def node(name: str, region: str, zone: str) -> dict[str, Any]:
    """A node in a zone."""
    made = manifest("Node", name, {})
    labels = {"topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone}
    metadata = {"name": name, "labels": labels}
    return {**made, "apiVersion": "v1", "metadata": metadata}


def selecting(name: str, spec: str = "", namespace: str = "shop", **metadata: Any) -> dict[str, Any]:
    """A Service that selects the pods of `app: <name>` at port 80; `spec` adds to it or replaces parts, as YAML."""
    made = manifest("Service", name, spec or "{}", namespace)
    fixed = {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}
    made["spec"] = {**fixed, **made["spec"]}
    made["metadata"] |= metadata
    del made["metadata"]["creationTimestamp"]
    return made


def scope(mesh: Mesh, proxy: str, **more: Any) -> ProxyScope:
    """The scope of a proxy by name; `router=True` for a gateway, `metadata` replaces keys of its node."""
    kind = ProxyKind.ROUTER if more.pop("router", False) else ProxyKind.SIDECAR
    return build_scope(mesh, find(mesh, proxy, kind, more.pop("metadata", None)))


def clusters_of(mesh: Mesh, proxy: str, **more: Any) -> dict[str, Cluster]:
    """The clusters of a proxy by name, in order."""
    return {cluster.name: cluster for cluster in clusters(scope(mesh, proxy, **more))}


def endpoints_of(mesh: Mesh, proxy: str, **more: Any) -> dict[str, EndpointGroup]:
    """The endpoint groups of a proxy by name, in order."""
    seen = scope(mesh, proxy, **more)
    return {group.name: group for group in endpoints(seen, clusters(seen))}


def addresses(group: EndpointGroup) -> list[list[str]]:
    """The addresses of each locality."""
    return [[endpoint.address for endpoint in part.endpoints] for part in group.localities]
