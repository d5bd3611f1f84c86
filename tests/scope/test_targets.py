"""The services that a proxy's workload serves, and on which of its ports."""

from __future__ import annotations

from meshc.model.mesh import Mesh
from meshc.scope.discovery import find
from meshc.scope.targets import service_targets
from tests.model.texts import mesh_of_text


def service(name: str, ports: str, selector: str = "app: web", namespace: str = "shop", second: int = 0) -> str:
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}, creationTimestamp: '2026-01-01T00:00:0{second}Z'}}
spec: {{clusterIP: 10.96.0.1, selector: {{{selector}}}, ports: [{ports}]}}
---
"""


POD = """
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web, version: v1}, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  initContainers:
  - {name: once, ports: [{name: once, containerPort: 1}]}
  - {name: helper, restartPolicy: Always, ports: [{name: metrics, containerPort: 9102}, {name: web, containerPort: 2}]}
  containers:
  - name: app
    ports: [{name: web, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]
status: {phase: Running, podIP: 10.1.0.1, conditions: [{type: Ready, status: "True"}]}
---
"""

NAMED = (
    "{name: http, port: 80, targetPort: web}, {name: metrics, port: 81, targetPort: metrics}, "
    "{name: once, port: 82, targetPort: once}, {name: dns, port: 83, targetPort: dns}, "
    "{name: dns-udp, port: 83, targetPort: dns, protocol: UDP}, {name: tcp, port: 84, targetPort: 7000}, "
    "{name: http-again, port: 85, targetPort: 8080}, {name: grpc, port: 86, targetPort: 8080}, {name: own, port: 87}"
)


def targets(mesh: Mesh, proxy: str = "web-1.shop", **more: object) -> list[str]:
    """`service:port>target` of each."""
    made = service_targets(mesh, find(mesh, proxy, **more))  # type: ignore[arg-type]
    return [f"{t.service.name}:{t.port.name}>{t.target_port}" for t in made]


def test_ports_of_a_pod() -> None:
    assert targets(mesh_of_text(POD + service("web", NAMED))[0]) == [
        "web:http>8080",
        "web:metrics>9102",
        "web:dns-udp>53",
        "web:tcp>7000",
        "web:grpc>8080",
        "web:own>87",
    ]


def test_the_oldest_service_comes_first() -> None:
    port = "{name: http, port: 80}"
    mesh, _ = mesh_of_text(
        POD
        + service("a", port, second=2)
        + service("c", port, second=1)
        + service("b", port, "app: web, version: v1", second=1)
        + service("other", port, "app: web, version: v2")
        + service("far", port, namespace="data")
        + service("none", port, "")
    )
    assert targets(mesh) == ["b:http>80", "c:http>80", "a:http>80"]


def test_without_a_selecting_service_the_slices_count() -> None:
    by_hand = """
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: hand, namespace: shop, labels: {kubernetes.io/service-name: hand}}
endpoints: [{addresses: [10.1.0.1]}]
ports: [{name: http, port: 8081}, {name: unknown, port: 9}]
---
"""
    text = POD + by_hand + service("hand", "{name: http, port: 80}", "")
    assert targets(mesh_of_text(text)[0]) == ["hand:http>8081"]
    assert targets(mesh_of_text(text + service("web", "{name: http, port: 80}"))[0]) == ["web:http>80"]


def entry(name: str, namespace: str = "shop", labels: str = "app: web") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {{name: {name}, namespace: {namespace}, labels: {{{labels}}}}}
spec: {{address: 10.1.0.1, ports: {{http: 8000, web: 8001}}}}
---
"""


def test_a_workload_entry_stands_for_the_pod() -> None:
    services = service("web", NAMED) + service("far", "{name: http, port: 80}", namespace="data")
    mesh, _ = mesh_of_text(POD + services + entry("m"))
    assert targets(mesh) == [
        "web:http>8001",
        "web:tcp>7000",
        "web:http-again>8080",
        "web:grpc>8080",
        "web:own>87",
    ]
    assert targets(mesh_of_text(POD + services + entry("m", "data"))[0]) == ["far:http>8000"]
    among_several = POD + services + entry("a", labels="app: none") + entry("b", "data") + entry("web-1", "data")
    assert targets(mesh_of_text(among_several)[0]) == []
    named = POD + services + entry("a", labels="app: none") + entry("web-1")
    assert targets(mesh_of_text(named)[0])[0] == "web:http>8001"


def test_service_entries_at_the_address() -> None:
    spec = "resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8088}]"
    text = "".join(
        f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: se, namespace: {namespace}}}
spec: {{hosts: [{namespace}.example.com], {spec}, endpoints: [{{address: 10.1.0.1}}]}}
---
"""
        for namespace in ("shop", "data")
    )
    mesh, _ = mesh_of_text(POD + service("web", "{name: http, port: 80}") + text)
    assert targets(mesh) == ["shop.example.com:http>8088", "web:http>80"]


def test_a_proxy_serves_the_services_of_its_cluster() -> None:
    here = service("web", "{name: http, port: 80}")
    there = POD + service("web", "{name: http, port: 80, targetPort: 9000}")
    mesh, _ = mesh_of_text(here, {"west": there})
    assert targets(mesh, cluster="west") == ["web:http>9000"]
    assert targets(mesh) == [], "a machine: the configuration cluster does not know the pod"
