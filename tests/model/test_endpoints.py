"""Endpoints of Kubernetes Services: slices, pods behind them, health, locality, networks, WorkloadEntries."""

from __future__ import annotations

import pytest

from meshc.model.endpoint import Endpoint, Health
from meshc.model.mesh import Mesh
from meshc.resources.mesh_config.networks import MeshNetworks, Network, NetworkEndpoints
from tests.manifests import said
from tests.model.texts import mesh_of_text, shown

HOST = "web.shop.svc.cluster.local"

NODES = """
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: eu-1}}
---
apiVersion: v1
kind: Node
metadata: {name: n2, labels: {failure-domain.beta.kubernetes.io/region: us, topology.istio.io/subzone: rack}}
---
"""


def service(more: str = "", spec: str = "clusterIP: 10.96.0.1, selector: {app: web}") -> str:
    ports = "[{name: http, port: 80, targetPort: 8080}, {name: admin, port: 81, targetPort: manage}]"
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z', {more}}}
spec: {{{spec}, ports: {ports}}}
---
"""


def pieces(name: str, endpoints: str, ports: str = "{name: http, port: 8080}", more: str = "") -> str:
    return f"""
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: {name}, namespace: shop, labels: {{kubernetes.io/service-name: web}}}}
addressType: IPv4
{more}
endpoints: [{endpoints}]
ports: [{ports}]
---
"""


def pod(name: str, ips: str, node: str = "n1", labels: str = "app: web", more: str = "", phase: str = "Running") -> str:
    listed = ", ".join(f"{{ip: '{ip}'}}" for ip in ips.split())
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop, labels: {{{labels}}}, {more}}}
spec: {{nodeName: {node}, serviceAccountName: front, containers: [{{name: a}}]}}
status: {{phase: {phase}, podIP: '{ips.split()[0]}', podIPs: [{listed}]}}
---
"""


def at(address: str, pod_name: str) -> str:
    return f"{{addresses: ['{address}'], targetRef: {{kind: Pod, name: {pod_name}, namespace: shop}}}}"


def only_endpoint(mesh: Mesh) -> Endpoint:
    service = mesh.services.get(HOST, "shop")
    assert service is not None
    (endpoint,) = mesh.endpoints.of(service)
    return endpoint


def test_what_a_pod_says_of_its_endpoint() -> None:
    labels = "app: web, security.istio.io/tlsMode: istio"
    mesh, _ = mesh_of_text(
        NODES + service() + pod("web-1", "10.1.0.1", labels=labels) + pieces("a", at("10.1.0.1", "web-1"))
    )
    endpoint = only_endpoint(mesh)
    assert (endpoint.account, endpoint.tls_mode) == ("spiffe://cluster.local/ns/shop/sa/front", "istio")
    assert (endpoint.locality, endpoint.node_name, endpoint.workload_name) == ("eu/eu-1/", "n1", "web-1")
    assert endpoint.labels == {
        "app": "web",
        "security.istio.io/tlsMode": "istio",
        "topology.kubernetes.io/region": "eu",
        "topology.kubernetes.io/zone": "eu-1",
        "topology.istio.io/cluster": "Kubernetes",
        "kubernetes.io/hostname": "n1",
    }


def test_pods_are_found_by_reference_or_address() -> None:
    mesh, sink = mesh_of_text(
        service()
        + pod("web-1", "10.1.0.1")
        + pod("failed", "10.1.0.2", phase="Failed")
        + pieces("a", at("10.1.0.1", "web-1") + "," + at("10.1.0.2", "failed") + "," + at("10.1.0.3", "gone"))
        + pieces("b", "{addresses: [10.1.0.1]}, {addresses: [10.9.0.1]}", "{name: admin, port: 9}")
    )
    assert shown(mesh, HOST, "shop") == ["http 10.1.0.1:8080", "admin 10.1.0.1:9", "admin 10.9.0.1:9"]
    chosen = mesh.services.get(HOST, "shop")
    assert chosen is not None
    assert [e.workload_name for e in mesh.endpoints.of(chosen)] == ["web-1", "web-1", ""]
    assert said(sink, "MC0560") == [
        "MC0560 EndpointSlice shop/a endpoints[1]: no Pod shop/failed for address 10.1.0.2, so istiod drops it",
        "MC0560 EndpointSlice shop/a endpoints[2]: no Pod shop/gone for address 10.1.0.3, so istiod drops it",
    ]


def test_the_first_of_an_address_and_port_name_counts() -> None:
    mesh, _ = mesh_of_text(
        service()
        + pieces("a", "{addresses: [10.9.0.1]}, {addresses: [10.9.0.1]}")
        + pieces("b", "{addresses: [10.9.0.1, 10.9.0.2]}", "{name: http, port: 9}, {port: 7}, {name: none}")
    )
    assert shown(mesh, HOST, "shop") == [
        "http 10.9.0.1:8080",
        " 10.9.0.1:7",
        "none 10.9.0.1:0",
        "http 10.9.0.2:9",
        " 10.9.0.2:7",
        "none 10.9.0.2:0",
    ]


def test_slices_that_are_not_read() -> None:
    endpoint = "{addresses: [10.9.0.1]}"
    legacy = "apiVersion: v1\nkind: Endpoints\nmetadata: {name: web, namespace: shop}\nsubsets: []\n---\n"
    mesh, sink = mesh_of_text(
        service()
        + legacy
        + pieces("fqdn", endpoint).replace("addressType: IPv4", "addressType: FQDN")
        + pieces("nameless", endpoint).replace("kubernetes.io/service-name", "other")
        + pieces("mcs", endpoint).replace("labels: {", "labels: {multicluster.kubernetes.io/service-name: web, ")
        + pieces("stray", endpoint).replace("service-name: web", "service-name: gone")
    )
    assert shown(mesh, HOST, "shop") == []
    assert [line.partition(":")[0] for line in said(sink, "MC0570", "MC0571")] == [
        "MC0571 EndpointSlice shop/fqdn",
        "MC0571 EndpointSlice shop/nameless",
        "MC0571 EndpointSlice shop/mcs",
        "MC0571 EndpointSlice shop/stray",
    ]
    assert len(said(mesh_of_text(service() + legacy)[1], "MC0570")) == 1


@pytest.mark.parametrize(
    ("conditions", "sticky", "health"),
    [
        ("", False, Health.HEALTHY),
        ("ready: true, terminating: true", False, Health.HEALTHY),
        ("ready: false", False, Health.TERMINATING),
        ("ready: false, terminating: true", False, Health.TERMINATING),
        ("ready: false, terminating: false", False, Health.UNHEALTHY),
        ("ready: false", True, Health.DRAINING),
        ("ready: false, serving: true, terminating: true", True, Health.DRAINING),
        ("ready: false, serving: false, terminating: true", True, Health.TERMINATING),
        ("ready: false, serving: true, terminating: false", True, Health.UNHEALTHY),
    ],
)
def test_health(conditions: str, sticky: bool, health: Health) -> None:
    labels = "labels: {istio.io/persistent-session-header: x}" if sticky else ""
    mesh, _ = mesh_of_text(service(labels) + pieces("a", f"{{addresses: [10.9.0.1], conditions: {{{conditions}}}}}"))
    assert only_endpoint(mesh).health is health


@pytest.mark.parametrize(
    ("labels", "node", "locality"),
    [
        ("app: web", "n1", "eu/eu-1/"),
        ("app: web", "n2", "us//rack"),
        ("app: web", "gone", ""),
        ("topology.istio.io/locality: a.b.c, istio-locality: x/y", "n1", "a/b/c"),
        ("istio-locality: a.b/c", "n1", "a.b/c"),
    ],
)
def test_locality(labels: str, node: str, locality: str) -> None:
    mesh, _ = mesh_of_text(NODES + pod("web-1", "10.1.0.1", node=node, labels=labels))
    assert mesh.workloads.all[0].locality == locality


@pytest.mark.parametrize(
    ("more", "labels", "name", "owner"),
    [
        ("", "app: web", "web-x", ""),
        ("generateName: web-", "app: web", "web-x", ""),
        ("OWNED: ReplicaSet, name: web-55f", "pod-template-hash: 55f", "web-x", "web"),
        ("generateName: web-, OWNED: ReplicaSet, name: web-55f", "pod-template-hash: 55f", "web", "web"),
        ("generateName: web-, OWNED: ReplicaSet, name: web-55f", "pod-template-hash: '5'", "web-55f", "web-55f"),
        ("generateName: web-, OWNED: ReplicaSet, name: web-1", "rollouts-pod-template-hash: '1'", "web", "web"),
        ("generateName: web-, OWNED: ReplicationController, name: web-1", "deploymentconfig: dc", "dc", "dc"),
        ("generateName: web-, OWNED: Job, name: nightly-28000000", "app: web", "nightly", "nightly"),
        ("generateName: web-, OWNED: Job, name: nightly-123", "app: web", "nightly-123", "nightly-123"),
        ("generateName: web-, OWNED: Job, name: j", "service.istio.io/workload-name: w", "w", "j"),
    ],
)
def test_workload_names(more: str, labels: str, name: str, owner: str) -> None:
    if "OWNED" in more:
        more = more.replace("OWNED", "ownerReferences: [{controller: true, kind") + "}]"
    (made,) = mesh_of_text(pod("web-x", "10.1.0.1", labels=labels, more=more))[0].workloads.all
    assert (made.workload_name, made.owner) == (name, owner)


def test_dual_stack() -> None:
    text = (
        service(spec="clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1'], selector: {app: web}")
        + pod("web-1", "10.1.0.1 fd01::1")
        + pieces("a", at("10.1.0.1", "web-1"))
        + pieces("b", at("fd01::1", "web-1")).replace("IPv4", "IPv6")
    )
    assert shown(mesh_of_text(text)[0], HOST, "shop") == ["http 10.1.0.1:8080", "http fd01::1:8080"]
    assert shown(mesh_of_text(text, istio_dual_stack=True)[0], HOST, "shop") == ["http 10.1.0.1+fd01::1:8080"]


def entry(name: str, spec: str) -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {{name: {name}, namespace: shop}}
spec: {{labels: {{app: web}}, {spec}}}
---
"""


def test_services_select_workload_entries() -> None:
    entries = (
        entry("a", "address: 10.5.0.1, ports: {http: 8000, manage: 9000}")
        + entry("b", "address: 10.5.0.2, ports: {admin: 9001}")
        + entry("c", "address: web.example.com")
        + entry("d", "address: 'unix:///run/web'")
    )
    mesh, _ = mesh_of_text(service() + pieces("a", "{addresses: [10.9.0.1]}") + entries)
    assert shown(mesh, HOST, "shop") == [
        "http 10.9.0.1:8080",
        "http 10.5.0.1:8000",
        "http 10.5.0.2:8080",
        "admin 10.5.0.1:9000",
    ]
    mesh, _ = mesh_of_text(service() + entries, pilot_enable_k8s_select_workload_entries=False)
    assert shown(mesh, HOST, "shop") == []
    headless = service(spec="clusterIP: None, selector: {app: web}")
    assert shown(mesh_of_text(headless + entries)[0], HOST, "shop") == []


def test_clusters_add_their_endpoints() -> None:
    mesh, _ = mesh_of_text(
        service() + pieces("a", "{addresses: [10.9.0.1]}"),
        {
            "west": service() + pod("web-1", "10.2.0.1") + pieces("a", at("10.2.0.1", "web-1")),
            "east": service() + pieces("a", "{addresses: [10.3.0.1]}") + entry("e", "address: 10.5.0.1"),
        },
    )
    chosen = mesh.services.get(HOST, "shop")
    assert chosen is not None
    assert [(e.cluster_id, e.address) for e in mesh.endpoints.of(chosen)] == [
        ("Kubernetes", "10.9.0.1"),
        ("east", "10.3.0.1"),
        ("east", "10.5.0.1"),
        ("west", "10.2.0.1"),
    ]


def test_networks() -> None:
    networks = MeshNetworks(
        networks={
            "narrow": Network(endpoints=(NetworkEndpoints(from_cidr="10.9.0.0/24"),)),
            "wide": Network(endpoints=(NetworkEndpoints(from_cidr="10.9.0.0/16"), NetworkEndpoints(from_cidr="x"))),
            "west-net": Network(endpoints=(NetworkEndpoints(from_registry="west"),)),
        }
    )
    text = service() + pieces("a", "{addresses: [10.9.0.1]}, {addresses: [10.8.0.1]}")
    labelled = pod("web-1", "10.9.0.2", labels="topology.istio.io/network: own") + pieces("b", at("10.9.0.2", "web-1"))
    system = """
apiVersion: v1
kind: Namespace
metadata: {name: istio-system, labels: {topology.istio.io/network: sys}}
---
"""

    def found(mesh: Mesh) -> list[str]:
        chosen = mesh.services.get(HOST, "shop")
        assert chosen is not None
        return [e.network for e in mesh.endpoints.of(chosen)]

    assert found(mesh_of_text(text + labelled, {"west": text}, networks)[0]) == [
        "wide",
        "",
        "own",
        "west-net",
        "west-net",
    ]
    assert found(mesh_of_text(text + labelled + system, {}, networks)[0]) == ["sys", "sys", "own"]


def test_identities_are_repeated_for_other_names_of_the_trust_domain() -> None:
    config = """
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "{trustDomain: td1, trustDomainAliases: [td2]}"}
---
"""
    annotated = service("annotations: {alpha.istio.io/canonical-serviceaccounts: 'spiffe://td9/ns/a/sa/b,odd'}")
    mesh, _ = mesh_of_text(config + annotated + pod("web-1", "10.1.0.1") + pieces("a", at("10.1.0.1", "web-1")))
    chosen = mesh.services.get(HOST, "shop")
    assert chosen is not None
    assert mesh.endpoints.accounts(chosen) == (
        "odd",
        "spiffe://td1/ns/shop/sa/front",
        "spiffe://td2/ns/a/sa/b",
        "spiffe://td2/ns/shop/sa/front",
        "spiffe://td9/ns/a/sa/b",
    )
