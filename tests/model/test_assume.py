"""What a cluster would have added: addresses, pods and slices, each with a finding, never over what is given."""

from __future__ import annotations

from meshc.model.address_pool import AddressPool
from meshc.model.mesh import Mesh
from meshc.model.workloads import Workload
from tests.manifests import said
from tests.model.texts import mesh_of_text, shown

ASSUMED = ("MC0310", "MC0311", "MC0312", "MC0313", "MC0314", "MC0315")

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: echo, namespace: default}
spec:
  selector: {app: echo}
  ports:
  - {name: tcp, port: 9000}
  - {name: http, port: 80, targetPort: web}
---
"""

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: echo-v1, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: echo}}
  template:
    metadata: {labels: {app: echo, version: v1}, annotations: {note: kept}}
    spec:
      serviceAccountName: speaker
      containers:
      - name: echo
        ports: [{name: web, containerPort: 8080}]
---
"""

HOST = "echo.default.svc.cluster.local"


def test_an_application_becomes_a_cluster() -> None:
    mesh, sink = mesh_of_text(SERVICE + DEPLOYMENT)
    (service,) = mesh.services.all
    assert service.address == "10.101.216.129"
    assert service.cluster_addresses == {"Kubernetes": ("10.101.216.129",)}
    assert shown(mesh, HOST, "default") == [
        "tcp 10.244.88.108:9000",
        "http 10.244.88.108:8080",
        "tcp 10.244.84.217:9000",
        "http 10.244.84.217:8080",
    ]
    assert mesh.endpoints.accounts(service) == ("spiffe://cluster.local/ns/default/sa/speaker",)
    assert said(sink, *ASSUMED) == [
        "MC0310 Service default/echo: no clusterIP, so 10.101.216.129 is assumed",
        "MC0313 Service default/echo: no EndpointSlice, so the 2 pods that it selects are assumed to be its endpoints",
        "MC0311 Deployment default/echo-v1 spec.template: no Pod has its labels, so pod echo-v1-0 is assumed, "
        "ready at 10.244.88.108",
        "MC0311 Deployment default/echo-v1 spec.template: no Pod has its labels, so pod echo-v1-1 is assumed, "
        "ready at 10.244.84.217",
    ]


def test_an_assumed_pod_has_been_injected() -> None:
    mesh, _ = mesh_of_text(DEPLOYMENT)
    pod = mesh.workloads.pod("default", "echo-v1-0")
    assert pod is not None
    assert pod.labels == {
        "app": "echo",
        "version": "v1",
        "security.istio.io/tlsMode": "istio",
        "service.istio.io/canonical-name": "echo",
        "service.istio.io/canonical-revision": "v1",
    }
    assert (pod.workload_name, pod.owner, pod.tls_mode, pod.ready) == ("echo-v1-0", "echo-v1", "istio", True)
    assert pod.annotations == {"note": "kept"}


def test_injection_switched_off() -> None:
    off = "sidecar.istio.io/inject: 'false'"
    for where in (f"labels: {{app: echo, {off}}}", f"labels: {{app: echo}}, annotations: {{{off}}}"):
        text = DEPLOYMENT.replace("labels: {app: echo, version: v1}, annotations: {note: kept}", where)
        pod = mesh_of_text(text)[0].workloads.pod("default", "echo-v1-0")
        assert pod is not None
        assert pod.tls_mode == "disabled"
        assert "service.istio.io/canonical-name" not in pod.labels


def test_a_gateway_pod_gets_canonical_labels_only() -> None:
    pod = _only_pod(mesh_of_text(DEPLOYMENT.replace("{note: kept}", "{inject.istio.io/templates: gateway}"))[0])
    assert pod.tls_mode == "disabled"
    assert pod.labels["service.istio.io/canonical-name"] == "echo"


def test_nothing_is_assumed_over_what_is_given() -> None:
    given = """
apiVersion: v1
kind: Pod
metadata: {name: echo-1, namespace: default, labels: {app: echo, version: v1, more: "1"}}
spec: {containers: [{name: echo, ports: [{name: web, containerPort: 8081}]}]}
status: {phase: Running, podIP: 10.1.1.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: echo-a, namespace: default, labels: {kubernetes.io/service-name: echo}}
addressType: IPv4
endpoints: [{addresses: [10.9.9.9]}]
ports: [{name: tcp, port: 9001}]
---
"""
    service = SERVICE.replace("  selector", "  clusterIP: 10.96.0.9\n  selector")
    mesh, sink = mesh_of_text(given + service + DEPLOYMENT)
    assert mesh.services.all[0].address == "10.96.0.9"
    assert [w.name for w in mesh.workloads.all] == ["echo-1"]
    assert shown(mesh, HOST, "default") == ["tcp 10.9.9.9:9001"]
    assert said(sink, *ASSUMED) == []


def test_what_was_in_a_cluster_is_complete() -> None:
    stamp = "namespace: default, creationTimestamp: '2026-01-01T00:00:00Z'"
    mesh, sink = mesh_of_text((SERVICE + _pod("echo-1")).replace("namespace: default", stamp))
    assert mesh.services.all[0].address == "0.0.0.0"
    assert shown(mesh, HOST, "default") == []
    assert said(sink, *ASSUMED) == ["MC0314 Service default/echo: has no EndpointSlice, though it selects 1 pod"]
    mesh, sink = mesh_of_text(DEPLOYMENT.replace("namespace: default", stamp))
    assert mesh.workloads.all == ()
    assert said(sink, *ASSUMED) == ["MC0315 Deployment default/echo-v1: no Pod has the labels of its template"]


def test_a_bare_pod_gets_status_and_labels() -> None:
    bare = "apiVersion: v1\nkind: Pod\nmetadata: {name: echo, namespace: default}\nspec: {containers: [{name: a}]}\n"
    mesh, sink = mesh_of_text(bare)
    pod = _only_pod(mesh)
    assert (pod.ips, pod.ready, pod.tls_mode) == (("10.244.28.103",), True, "istio")
    assert pod.labels["service.istio.io/canonical-name"] == "echo"
    assert said(sink, *ASSUMED) == ["MC0312 Pod default/echo: no status, so it is assumed to be ready at 10.244.28.103"]


def test_kinds_of_workloads() -> None:
    text = "".join(
        f"""
apiVersion: {version}
kind: {kind}
metadata: {{name: {kind.lower()}, namespace: default}}
spec: {{{count} template: {{metadata: {{labels: {{app: {kind.lower()}}}}}, spec: {{containers: [{{name: a}}]}}}}}}
---
"""
        for kind, version, count in (
            ("Deployment", "apps/v1", ""),
            ("StatefulSet", "apps/v1", "replicas: 2,"),
            ("ReplicaSet", "apps/v1", "replicas: 0,"),
            ("DaemonSet", "apps/v1", ""),
            ("ReplicationController", "v1", "replicas: 1,"),
            ("Job", "batch/v1", "parallelism: 2,"),
        )
    )
    mesh, _ = mesh_of_text(text)
    assert [w.name for w in mesh.workloads.all] == [
        "daemonset-0",
        "deployment-0",
        "job-0",
        "job-1",
        "replicationcontroller-0",
        "statefulset-0",
        "statefulset-1",
    ]


def test_a_replica_set_of_a_deployment_adds_no_pods() -> None:
    owned = DEPLOYMENT.replace("kind: Deployment", "kind: ReplicaSet").replace(
        "name: echo-v1,", "name: echo-v1-x, ownerReferences: [{kind: Deployment, name: echo-v1, controller: true}],"
    )
    assert [w.name for w in mesh_of_text(DEPLOYMENT + owned)[0].workloads.all] == ["echo-v1-0", "echo-v1-1"]


def test_pods_that_do_not_serve() -> None:
    text = SERVICE + _pod("ok") + _pod("late", ready="False") + _pod("done", phase="Succeeded")
    mesh, _ = mesh_of_text(text)
    states = {e.address: e.health.value for e in mesh.endpoints.of(mesh.services.all[0])}
    assert states == {"10.1.0.2": "HEALTHY", "10.1.0.4": "UNHEALTHY"}


def test_an_address_stays_when_others_come() -> None:
    alone = AddressPool("10.96.0.0/12", ()).assign(["a/b"])
    many = AddressPool("10.96.0.0/12", ()).assign([f"a/{n}" for n in "abcdef"])
    assert many["a/b"] == alone["a/b"]


def test_a_taken_address_is_passed_over() -> None:
    (first,) = AddressPool("10.0.0.0/29", ()).assign(["x"]).values()
    (second,) = AddressPool("10.0.0.0/29", [first]).assign(["x"]).values()
    assert first != second
    assigned = AddressPool("10.0.0.0/29", ()).assign(["a", "b", "c", "d", "e", "f"])
    assert sorted(assigned.values()) == [f"10.0.0.{n}" for n in range(1, 7)]


def _pod(name: str, ready: str = "True", phase: str = "Running") -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: default, labels: {{app: echo}}}}
spec: {{containers: [{{name: echo}}]}}
status: {{phase: {phase}, podIP: 10.1.0.{len(name)}, conditions: [{{type: Ready, status: "{ready}"}}]}}
---
"""


def _only_pod(mesh: Mesh) -> Workload:
    return mesh.workloads.all[0]
