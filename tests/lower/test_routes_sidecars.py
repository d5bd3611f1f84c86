"""Routes of sidecars from manifests: what they share, where they come from, and what is said about what they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshc.findings import Sink
from meshc.ir.route import RouteConfiguration, VirtualHost
from meshc.lower.routes.checks import check_routes, check_virtual_services
from meshc.lower.routes.routes import outbound_routes
from meshc.model.build import build
from meshc.model.mesh import Mesh
from meshc.model.settings import Settings
from meshc.resources.load import load
from meshc.scope.discovery import find
from meshc.scope.scope import build_scope
from meshc.source import read

SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, clusterIP: 10.96.0.10, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: bank}
spec: {selector: {app: api}, clusterIP: 10.96.0.20, ports: [{name: http, port: 80}]}
---
"""
RULES = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: bank}
spec:
  hosts: [api.bank.svc.cluster.local]
  http:
  - match:
    - sourceLabels: {tier: gold}
    route:
    - destination: {host: api.bank.svc.cluster.local, subset: fast}
  - match:
    - uri: {prefix: /v1}
    - uri: {prefix: /}
    route:
    - destination: {host: api}
  - name: late
    headers: {response: {set: {Host: here}}}
    retries: {retryOn: 5xx}
    route:
    - destination: {host: api}
---
"""


def pod(name: str, namespace: str, **labels: str) -> str:
    pairs = {"app": "web", "security.istio.io/tlsMode": "istio", **labels}
    text = ", ".join(f"{key}: {value}" for key, value in pairs.items())
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{{text}}}}}\n"
        f"spec: {{containers: [{{name: app}}]}}\nstatus: {{phase: Running, podIP: 10.244.0.{len(name)}}}\n---\n"
    )


@pytest.fixture
def mesh(tmp_path: Path) -> Mesh:
    pods = (
        pod("one", "shop", color="red"),
        pod("three", "shop", color="blue"),
        pod("golden", "shop", tier="gold"),
        pod("elsewhere", "other"),
    )
    file = tmp_path / "mesh.yaml"
    file.write_text(SERVICES + RULES + "".join(pods))
    sink = Sink()
    return build(load(read([str(file)], sink), sink), Settings(), sink)


def routes(mesh: Mesh, proxy: str, name: str = "80") -> RouteConfiguration:
    return outbound_routes(build_scope(mesh, find(mesh, proxy)), (name,))[0]


def host(configuration: RouteConfiguration, name: str) -> VirtualHost:
    return next(h for h in configuration.virtual_hosts if h.name == name)


def clusters(virtual_host: VirtualHost) -> list[str]:
    return [getattr(route.action, "to", "") for route in virtual_host.routes]


def test_proxies_of_a_namespace_share_the_very_same_routes(mesh: Mesh) -> None:
    assert routes(mesh, "one.shop") is routes(mesh, "three.shop")


def test_a_label_matters_only_if_a_match_asks_for_it(mesh: Mesh) -> None:
    plain, golden = (host(routes(mesh, p), "api.bank.svc.cluster.local:80") for p in ("one.shop", "golden.shop"))
    assert clusters(golden) == ["outbound|80|fast|api.bank.svc.cluster.local"]
    assert clusters(plain) == ["outbound|80||api.bank.svc.cluster.local"] * 2


def test_namespaces_share_virtual_hosts_that_they_call_by_the_same_names(mesh: Mesh) -> None:
    here, there = routes(mesh, "one.shop"), routes(mesh, "elsewhere.other")
    assert here is not there
    assert host(here, "api.bank.svc.cluster.local:80") is host(there, "api.bank.svc.cluster.local:80")
    assert host(here, "web.shop.svc.cluster.local:80").domains == (
        "web.shop.svc.cluster.local",
        "web.shop.svc.cluster.local.",
        "web",
        "web.shop.svc",
        "web.shop",
        "10.96.0.10",
    )
    assert host(there, "web.shop.svc.cluster.local:80").domains == (
        "web.shop.svc.cluster.local",
        "web.shop.svc.cluster.local.",
        "web.shop",
        "web.shop.svc",
        "10.96.0.10",
    )


def test_routes_know_where_they_come_from(mesh: Mesh) -> None:
    made = host(routes(mesh, "one.shop"), "api.bank.svc.cluster.local:80").routes
    assert [(str(r.origin), r.origin.location.line) for r in made if r.origin.location] == [
        ("VirtualService bank/api spec.http[1].match[0]", 22),
        ("VirtualService bank/api spec.http[1].match[1]", 23),
    ]
    default = host(routes(mesh, "one.shop"), "web.shop.svc.cluster.local:80").routes[0]
    assert str(default.origin) == "Service shop/web"


def test_a_name_for_all_ports_keeps_only_names_with_ports(mesh: Mesh) -> None:
    made = host(routes(mesh, "one.shop", "http_proxy"), "web.shop.svc.cluster.local:80")
    assert made.domains[:2] == ("web.shop.svc.cluster.local", "web.shop.svc.cluster.local:80")
    assert made.domains[-2:] == ("10.96.0.10", "10.96.0.10:80")


def test_a_sniffed_service_takes_requests_to_any_host(mesh: Mesh) -> None:
    made = routes(mesh, "one.shop", "web.shop.svc.cluster.local:80")
    assert [(h.name, h.domains) for h in made.virtual_hosts] == [("web.shop.svc.cluster.local:80", ("*",))]
    assert routes(mesh, "one.shop", "nobody:80").virtual_hosts == ()


def test_a_name_that_istiod_does_not_know_has_no_routes(mesh: Mesh) -> None:
    made = routes(mesh, "one.shop", "http.80")
    assert (made.virtual_hosts, made.ignore_port, made.direct_response_limit) == ((), False, None)


def test_what_has_no_effect_is_said(mesh: Mesh) -> None:
    sink = Sink()
    check_virtual_services(mesh, sink)
    check_routes([routes(mesh, "one.shop"), routes(mesh, "golden.shop")], sink)
    assert [(f.code, f.origin.field, f.message) for f in sink] == [
        (
            "MC0601",
            "spec.http[2]",
            "is never reached: VirtualService bank/api spec.http[1].match[1] takes every request before",
        ),
        ("MC0615", "spec.http[2].headers.response.set", "has no effect on Host"),
        ("MC0613", "spec.http[2].retries", "has no attempts, which switches retries off altogether"),
    ]
