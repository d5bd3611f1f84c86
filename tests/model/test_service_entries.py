"""ServiceEntries: the services they expand to, their endpoints, their addresses, and who displaces whom."""

from __future__ import annotations

import pytest

from meshc.model import auto_addresses, names
from meshc.model.protocol import Protocol
from meshc.model.service import Resolution, Service
from meshc.model.service_entries import normal_address
from meshc.resources.go_values import is_true
from tests.manifests import said
from tests.model.texts import mesh_of_text, one_line, shown

PORTS = "ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: tls, targetPort: 8443}]"


def entry(name: str, spec: str, more: str = "", namespace: str = "shop", status: str = "") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: {name}, namespace: {namespace}, {more}}}
spec: {{{spec}}}
status: {{{status}}}
---
"""


def workload(name: str, spec: str, more: str = "", status: str = "") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {{name: {name}, namespace: shop, {more}}}
spec: {{{spec}}}
status: {{{status}}}
---
"""


def pod(name: str, ip: str, ready: str = "True", more: str = "") -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop, labels: {{app: db}}, {more}}}
spec: {{nodeName: node-1, containers: [{{name: a, ports: [{{name: http, containerPort: 8080}}]}}]}}
status: {{phase: Running, podIP: {ip}, conditions: [{{type: Ready, status: "{ready}"}}]}}
---
"""


def test_one_service_per_host_and_address() -> None:
    mesh, sink = mesh_of_text(
        entry(
            "two", f"hosts: [a.example.com, b.example.com], addresses: [10.0.0.1, 10.0.0.2/32, 10.1.0.0/16, x], {PORTS}"
        )
    )
    assert [(s.hostname, s.name, s.address) for s in mesh.services.all] == [
        (f"{host}.example.com", f"{host}.example.com", address)
        for host in "ab"
        for address in ("10.0.0.1", "10.0.0.2", "10.1.0.0/16")
    ]
    first = mesh.services.all[0]
    assert [(p.name, p.number, p.protocol, p.target_port) for p in first.ports] == [
        ("http", 80, Protocol.HTTP, 0),
        ("tls", 443, Protocol.TLS, 8443),
    ]
    assert (first.mesh_external, first.resolution, first.cluster_addresses) == (True, Resolution.PASSTHROUGH, {})
    assert said(sink, "MC0561") == [
        "MC0561 ServiceEntry shop/two spec.addresses[3]: x is neither an IP address nor a CIDR, so istiod ignores it"
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.1/32", "10.0.0.1"),
        ("fd00::1/128", "fd00::1"),
        ("10.0.0.1/8", "10.0.0.1/8"),
        ("10.0.0.0/255.0.0.0", None),
        ("a.example.com", None),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert normal_address(text) == address


def test_inline_endpoints() -> None:
    endpoints = """
endpoints: [
  {address: 10.0.0.1, locality: eu/eu-1, weight: 3, serviceAccount: db, ports: {http: 8000}, network: n1},
  {address: 'unix:///run/db', labels: {security.istio.io/tlsMode: custom, istio-locality: us.us-1}}]
"""
    mesh, _ = mesh_of_text(entry("db", f"hosts: [db.example.com], resolution: STATIC, {PORTS}, {endpoints}"))
    assert shown(mesh, "db.example.com", "shop") == [
        "http 10.0.0.1:8000",
        "tls 10.0.0.1:8443",
        "http /run/db:0",
        "tls /run/db:0",
    ]
    first, _, third, _ = mesh.endpoints.of(mesh.services.all[0])
    assert (first.workload_name, first.namespace, first.weight, first.tls_mode) == ("db-0", "shop", 3, "istio")
    assert first.account == "spiffe://cluster.local/ns/shop/sa/db"
    assert first.labels == {
        "topology.kubernetes.io/region": "eu",
        "topology.kubernetes.io/zone": "eu-1",
        "topology.istio.io/cluster": "Kubernetes",
        "topology.istio.io/network": "n1",
    }
    assert (third.locality, third.tls_mode, third.workload_name) == ("us/us-1", "custom", "db-1")


def test_a_host_resolves_itself() -> None:
    mesh, _ = mesh_of_text(
        entry("dns", f"hosts: [a.example.com], resolution: DNS, {PORTS}")
        + entry("none", f"hosts: [b.example.com], resolution: NONE, {PORTS}")
    )
    assert shown(mesh, "a.example.com", "shop") == ["http a.example.com:80", "tls a.example.com:8443"]
    assert shown(mesh, "b.example.com", "shop") == []
    endpoint = mesh.endpoints.of(mesh.services.all[0])[1]
    assert (endpoint.labels, endpoint.workload_name, endpoint.service_port) == ({}, "dns", 443)


def test_every_address_repeats_the_endpoints() -> None:
    spec = f"hosts: [a.example.com], addresses: [10.0.0.1, 10.0.0.2], resolution: STATIC, {PORTS}"
    mesh, _ = mesh_of_text(entry("a", spec + ", endpoints: [{address: 10.1.0.1}]"))
    assert shown(mesh, "a.example.com", "shop") == ["http 10.1.0.1:80", "tls 10.1.0.1:8443"] * 2


def test_round_robin_keeps_the_first_of_each_port() -> None:
    spec = f"hosts: [a.example.com], resolution: DNS_ROUND_ROBIN, {PORTS}"
    mesh, _ = mesh_of_text(
        entry("a", spec + ", endpoints: [{address: a.example.org}]")
        + entry("b", spec.replace("number: 443", "number: 444"))
    )
    assert shown(mesh, "a.example.com", "shop") == [
        "http a.example.org:80",
        "tls a.example.org:8443",
        "tls a.example.com:8443",
    ]


SELECTING = f"hosts: [db.example.com], resolution: STATIC, {PORTS}, workloadSelector: {{labels: {{app: db}}}}"


def test_selected_workloads() -> None:
    mesh, sink = mesh_of_text(
        entry("db", SELECTING)
        + workload("z", "address: 10.0.0.9, labels: {app: db, tier: low}, ports: {tls: 9443}", "labels: {tier: high}")
        + workload("by-name", "address: db.example.org, labels: {app: db}")
        + workload("sick", "address: 10.0.0.8, labels: {app: db}", HEALTH_CHECKED)
        + workload("well", "address: 10.0.0.7, labels: {app: db}", HEALTH_CHECKED, HEALTHY)
        + pod("pod-b", "10.1.0.2")
        + pod("pod-a", "10.1.0.1")
        + pod("pod-c", "10.1.0.3", ready="False")
        + pod("pod-d", "10.1.0.4", more="deletionTimestamp: '2026-01-01T00:00:00Z'")
    )
    assert shown(mesh, "db.example.com", "shop") == [
        "http 10.1.0.1:8080",
        "tls 10.1.0.1:8443",
        "http 10.1.0.2:8080",
        "tls 10.1.0.2:8443",
        "http 10.0.0.7:80",
        "tls 10.0.0.7:8443",
        "http 10.0.0.9:80",
        "tls 10.0.0.9:9443",
    ]
    last = mesh.endpoints.of(mesh.services.all[0])[-1]
    assert (last.workload_name, last.labels["tier"], last.health.value) == ("z", "high", "UNKNOWN")
    assert mesh.endpoints.of(mesh.services.all[0])[0].health.value == "HEALTHY"
    assert [text.partition(":")[0] for text in said(sink, "MC0567", "MC0568")] == [
        "MC0568 WorkloadEntry shop/by-name",
        "MC0567 WorkloadEntry shop/sick",
    ]


HEALTH_CHECKED = "annotations: {proxy.istio.io/health-checks-enabled: 'true'}"
HEALTHY = "conditions: [{type: Healthy, status: 'True'}]"


def test_names_are_selected_by_dns_entries_and_pods_by_flag() -> None:
    text = (
        entry("db", SELECTING.replace("STATIC", "DNS"))
        + workload("by-name", "address: db.example.org, labels: {app: db}")
        + pod("pod-a", "10.1.0.1")
    )
    mesh, _ = mesh_of_text(text, pilot_enable_serviceentry_select_pods=False)
    assert shown(mesh, "db.example.com", "shop") == ["http db.example.org:80", "tls db.example.org:8443"]


def test_health_of_entries_can_be_ignored() -> None:
    text = entry("db", SELECTING) + workload("sick", "address: 10.0.0.8, labels: {app: db}", HEALTH_CHECKED)
    assert shown(mesh_of_text(text)[0], "db.example.com", "shop") == []
    mesh, _ = mesh_of_text(text, pilot_enable_workload_entry_healthchecks=False)
    assert shown(mesh, "db.example.com", "shop") == ["http 10.0.0.8:80", "tls 10.0.0.8:8443"]
    assert [is_true(text) for text in ("true", "T", "1", "yes", "")] == [True, True, True, False, False]


def test_workload_names() -> None:
    group = "annotations: {istio.io/autoRegistrationGroup: group}"
    mesh, _ = mesh_of_text(
        workload("a", "address: 10.0.0.1", group)
        + workload("b", "address: 10.0.0.2", "labels: {service.istio.io/workload-name: label}")
        + workload("c", "address: 10.0.0.3, labels: {service.istio.io/workload-name: spec}")
    )
    assert [w.workload_name for w in mesh.workloads.all] == ["group", "label", "c"]


def test_allocated_addresses_come_from_the_status() -> None:
    status = "addresses: [{host: a.example.com, value: 240.240.0.1}, {host: a.example.com, value: '2001:2::1'}]"
    spec = f"hosts: [a.example.com, b.example.com], resolution: DNS, {PORTS}"
    mesh, _ = mesh_of_text(entry("a", spec, status=status))
    assert [s.auto_addresses for s in mesh.services.all] == [("240.240.0.1", "2001:2::1"), ("", "")]
    for changed, more in (
        (spec.replace("DNS", "NONE"), ""),
        (spec + ", addresses: [10.0.0.1]", ""),
        (spec, "labels: {networking.istio.io/enable-autoallocate-ip: 'False'}"),
    ):
        mesh, sink = mesh_of_text(entry("a", changed, more, status=status))
        assert {s.auto_addresses for s in mesh.services.all} == {("", "")}
        assert len(said(sink, "MC0574")) == 1


def test_allocated_addresses_by_hash() -> None:
    spec = f"hosts: [a.example.com], resolution: DNS, {PORTS}"
    mesh, _ = mesh_of_text(
        entry("a", spec)
        + entry("b", spec)
        + entry("c", spec.replace("a.example.com", "'*.example.com'").replace("DNS", "STATIC"))
        + entry("d", spec.replace("a.example", "d.example").replace("DNS", "NONE")),
        pilot_enable_ip_autoallocate=False,
    )
    found = {s.hostname: s.auto_addresses for s in mesh.services.all}
    assert found["*.example.com"] == found["d.example.com"] == ("", "")
    assert found["a.example.com"][0].startswith("240.240.")
    assert len({s.auto_addresses for s in mesh.services.by_host("a.example.com")}) == 1


def test_a_full_octet_shifts_all_later_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slot 254 would be 240.240.1.0, an address that ends in 0, so it and what follows move on by one."""
    (pattern,) = mesh_of_text(entry("a", f"hosts: [a.example.com], resolution: DNS, {PORTS}"))[0].services.all
    slots = {"shop/a": 0, "shop/b": 254, "shop/c": 255, "shop/d": 254}
    monkeypatch.setattr(names, "fnv1a", slots.__getitem__)
    addresses = auto_addresses.by_hash(_named(pattern, key.removeprefix("shop/")) for key in slots)
    assert addresses["shop/a"] == ("240.240.0.1", "2001:2::f0f0:1")
    assert addresses["shop/b"] == ("240.240.1.1", "2001:2::f0f0:11")
    assert addresses["shop/c"] == ("240.240.1.2", "2001:2::f0f0:12")
    assert addresses["shop/d"] not in (addresses["shop/b"], addresses["shop/c"])


def _named(pattern: Service, host: str) -> Service:
    return Service(
        hostname=host,
        name=host,
        namespace="shop",
        registry=pattern.registry,
        created=pattern.created,
        resolution=pattern.resolution,
        ports=pattern.ports,
        origin=pattern.origin,
    )


def test_canonical_labels_of_external_hosts() -> None:
    spec = f"hosts: [a.example.com], {PORTS}"
    text = entry("a", spec, "labels: {version: v2}") + entry("b", spec + ", location: MESH_INTERNAL", namespace="data")
    mesh, _ = mesh_of_text(text, label_canonical_services_for_mesh_external_service_entries=True)
    assert [dict(s.labels) for s in mesh.services.all] == [
        {},
        {
            "version": "v2",
            "service.istio.io/canonical-name": "a",
            "service.istio.io/canonical-revision": "v2",
        },
    ]


def test_a_kubernetes_service_is_the_definition() -> None:
    service = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 81}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.0.1]}]
ports: [{name: http, port: 8081}]
---
"""
    host = "web.shop.svc.cluster.local"
    inline = "resolution: STATIC, endpoints: [{address: 10.2.0.1}]"
    old = "creationTimestamp: '2020-01-01T00:00:00Z'"
    mesh, sink = mesh_of_text(service + entry("web", f"hosts: [{host}], {PORTS}, {inline}", old))
    chosen = mesh.services.get(host, "shop")
    assert chosen is not None
    assert chosen.is_kubernetes
    assert [one_line(e) for e in mesh.endpoints.of(chosen)] == [
        "http 10.2.0.1:80",
        "tls 10.2.0.1:8443",
        "http 10.1.0.1:8081",
    ]
    assert said(sink, "MC0562") == [
        f"MC0562 ServiceEntry shop/web: Service shop/web defines {host}; "
        "of this ServiceEntry the endpoints count, no more"
    ]


def test_entries_of_one_host() -> None:
    spec = f"hosts: [a.example.com], {PORTS}"
    mesh, sink = mesh_of_text(
        entry("a", spec + ", subjectAltNames: [one]")
        + entry("b", spec + ", subjectAltNames: [two]")
        + entry("c", spec + ", resolution: DNS, subjectAltNames: [three]")
        + entry("d", spec, namespace="data")
    )
    service = mesh.services.get("a.example.com", "shop")
    assert service is not None
    assert mesh.endpoints.accounts(service) == ("three",), "those of the last one count"
    assert said(sink, "MC0563", "MC0564") == [
        "MC0564 ServiceEntry shop/a: a.example.com is also declared in data; a client sees that of one namespace",
        "MC0563 ServiceEntry shop/c: ServiceEntry shop/a comes first for a.example.com; "
        "of this one the endpoints count, no more",
        "MC0564 ServiceEntry data/d: a.example.com is also declared in shop; a client sees that of one namespace",
    ]
