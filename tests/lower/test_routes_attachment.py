"""Which rule serves which hosts, where the rules were made from Gateway API; and where unknown hosts lead."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.ir.route_action import Forward
from meshc.lower.routes.attached_hosts import attachments
from meshc.lower.routes.routes import outbound_routes
from meshc.scope.discovery import find
from meshc.scope.scope import build_scope
from meshc.scope.sidecar import sidecar_scope
from tests.manifests import manifest, mesh_of, service

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"security.istio.io/tlsMode": "istio"}},
    "spec": {"containers": [{"name": "app"}]},
    "status": {"phase": "Running", "podIP": "10.244.0.9"},
}


def rule(semantics: str, namespace: str, hosts: list[str]) -> dict[str, Any]:
    route = {"route": [{"destination": {"host": "web.shop.svc.cluster.local"}}]}
    made = manifest("VirtualService", "rule", {"hosts": hosts, "http": [route]}, namespace)
    made["metadata"]["annotations"] = {"internal.istio.io/route-semantics": semantics}
    return made


def attached(made: dict[str, Any], client: str) -> list[tuple[tuple[str, ...], dict[int, tuple[str, ...]]]]:
    mesh = mesh_of(service("web"), made)
    egress = sidecar_scope(mesh, client, None).egress[0]
    return [(one.hosts, dict(one.services)) for one in attachments(mesh, client, egress, 80)]


@pytest.mark.parametrize(
    ("semantics", "hosts", "services"),
    [
        ("", (), ("web.shop.svc.cluster.local",)),
        ("ingress", (), ("web.shop.svc.cluster.local",)),
        ("gateway", ("*.shop.svc.cluster.local",), ()),
    ],
)
def test_wildcards_of_gateway_api_are_about_no_service(
    semantics: str, hosts: tuple[str, ...], services: tuple[str, ...]
) -> None:
    assert attached(rule(semantics, "shop", ["*.shop.svc.cluster.local"]), "shop") == [(hosts, {80: services})]


@pytest.mark.parametrize(
    ("semantics", "namespace", "client", "serves"),
    [
        ("gateway", "shop", "bank", True),
        ("gateway", "bank", "bank", True),
        ("gateway", "bank", "other", False),
        ("", "bank", "other", True),
    ],
)
def test_gateway_api_routes_are_of_the_client_or_of_the_service(
    semantics: str, namespace: str, client: str, serves: bool
) -> None:
    assert bool(attached(rule(semantics, namespace, ["web.shop.svc.cluster.local"]), client)) is serves


@pytest.mark.parametrize(
    ("egress_proxy", "cluster"),
    [
        (None, "PassthroughCluster"),
        ({"host": "web", "subset": "v1", "port": {"number": 81}}, "outbound|81|v1|web"),
        ({"host": "web"}, "outbound|0||web"),
        ({}, "UnknownService"),
    ],
)
def test_unknown_hosts_lead_to_the_egress_proxy(egress_proxy: dict[str, Any] | None, cluster: str) -> None:
    policy = {"mode": "ALLOW_ANY", **({"egressProxy": egress_proxy} if egress_proxy is not None else {})}
    mesh = mesh_of(POD, manifest("Sidecar", "default", {"outboundTrafficPolicy": policy}))
    made = outbound_routes(build_scope(mesh, find(mesh, "web.shop")), ("80",))[0].virtual_hosts[-1].routes[0]
    assert isinstance(made.action, Forward)
    assert made.action.to == cluster
