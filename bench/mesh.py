"""A large, regular mesh for measurements: the same arguments give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a mesh is. `scoped` adds a Sidecar per namespace that imports its own namespace and the next one.

    `sniffed`: the ports have names that declare no protocol, so that each service has a listener of its own.
    """

    services: int = 1000
    namespaces: int = 100
    pods: int = 2
    scoped: bool = False
    sniffed: bool = False

    @property
    def port_name(self) -> str:
        """The name of every port."""
        return "web" if self.sniffed else "http"


def write(shape: Shape, file: Path) -> None:
    """Write the mesh as one multi-document file (JSON documents, which are YAML too)."""
    file.write_text("\n---\n".join(json.dumps(manifest) for manifest in manifests(shape)) + "\n")


def proxy_names(shape: Shape, count: int) -> list[str]:
    """The names of `count` proxies, spread over the namespaces."""
    step = max(1, shape.services // count)
    return [f"{_app(i)}-0.{_namespace(shape, i)}" for i in range(0, shape.services, step)][:count]


def manifests(shape: Shape) -> Iterator[Manifest]:
    """Namespaces, nodes, and for each service: Service, pods, EndpointSlice, VirtualService, DestinationRule."""
    for zone in range(3):
        labels = {"topology.kubernetes.io/region": "region-1", "topology.kubernetes.io/zone": f"zone-{zone}"}
        yield _object("v1", "Node", f"node-{zone}", labels=labels)
    for number in range(shape.namespaces):
        yield _object("v1", "Namespace", f"ns-{number}")
        if shape.scoped:
            hosts = ["./*", f"ns-{(number + 1) % shape.namespaces}/*", "istio-system/*"]
            yield _object(
                "networking.istio.io/v1", "Sidecar", "default", f"ns-{number}", spec={"egress": [{"hosts": hosts}]}
            )
    for number in range(shape.services):
        yield from _service(shape, number)


def _app(number: int) -> str:
    return f"svc-{number}"


def _namespace(shape: Shape, number: int) -> str:
    return f"ns-{number % shape.namespaces}"


def _address(second: int, number: int) -> str:
    return f"10.{second + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def _object(version: str, kind: str, name: str, namespace: str = "", **rest: Any) -> Manifest:
    labels = rest.pop("labels", None)
    metadata = {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        **({"labels": labels} if labels else {}),
    }
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _service(shape: Shape, number: int) -> Iterator[Manifest]:
    app, namespace = _app(number), _namespace(shape, number)
    port = {"name": shape.port_name, "port": 80, "protocol": "TCP", "targetPort": 8080}
    spec = {"clusterIP": _address(96, number), "selector": {"app": app}, "ports": [port]}
    yield _object("v1", "Service", app, namespace, spec=spec)
    endpoints = []
    for replica in range(shape.pods):
        pod = _pod(shape, number, replica)
        yield pod
        endpoints.append(
            {
                "addresses": [pod["status"]["podIP"]],
                "conditions": {"ready": True, "serving": True, "terminating": False},
                "nodeName": pod["spec"]["nodeName"],
                "targetRef": {"kind": "Pod", "name": pod["metadata"]["name"], "namespace": namespace},
            }
        )
    yield _object(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        f"{app}-1",
        namespace,
        labels={"kubernetes.io/service-name": app},
        addressType="IPv4",
        endpoints=endpoints,
        ports=[{"name": shape.port_name, "port": 8080, "protocol": "TCP"}],
    )
    yield _object("networking.istio.io/v1", "DestinationRule", app, namespace, spec=_rule(app))
    yield _object("networking.istio.io/v1", "VirtualService", app, namespace, spec=_routes(app))


def _pod(shape: Shape, number: int, replica: int) -> Manifest:
    app, version = _app(number), f"v{1 + replica % 2}"
    labels = {
        "app": app,
        "version": version,
        "security.istio.io/tlsMode": "istio",
        "service.istio.io/canonical-name": app,
        "service.istio.io/canonical-revision": version,
    }
    address = _address(128, number * shape.pods + replica)
    return _object(
        "v1",
        "Pod",
        f"{app}-{replica}",
        _namespace(shape, number),
        labels=labels,
        spec={
            "serviceAccountName": app,
            "nodeName": f"node-{replica % 3}",
            "containers": [{"name": "app", "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]}],
        },
        status={
            "phase": "Running",
            "podIP": address,
            "podIPs": [{"ip": address}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    )


def _rule(app: str) -> Manifest:
    return {
        "host": app,
        "trafficPolicy": {
            "connectionPool": {"http": {"http2MaxRequests": 1000, "maxRequestsPerConnection": 10}},
            "outlierDetection": {"consecutive5xxErrors": 5, "interval": "10s", "baseEjectionTime": "30s"},
        },
        "subsets": [{"name": v, "labels": {"version": v}} for v in ("v1", "v2")],
    }


def _routes(app: str) -> Manifest:
    def to(subset: str, weight: int) -> Manifest:
        return {"destination": {"host": app, "subset": subset}, "weight": weight}

    return {
        "hosts": [app],
        "http": [
            {"match": [{"headers": {"x-canary": {"exact": "true"}}}], "route": [to("v2", 100)]},
            {"route": [to("v1", 90), to("v2", 10)], "timeout": "5s", "retries": {"attempts": 3, "perTryTimeout": "1s"}},
        ],
    }
