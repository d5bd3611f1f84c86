"""Short names of hosts and gateways."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.model.short_names import full_gateway, full_host
from tests.manifests import manifest, mesh_of


@pytest.mark.parametrize(
    ("host", "full"),
    [
        ("reviews", "reviews.shop.svc.cluster.local"),
        ("reviews.prod", "reviews.prod"),
        ("*", "*"),
        ("*.com", "*.com"),
        ("10.0.0.1", "10.0.0.1"),
        ("fd00::1", "fd00::1"),
        ("", ""),
    ],
)
def test_only_names_without_a_dot_are_completed(host: str, full: str) -> None:
    assert full_host(host, "shop") == full


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("mesh", "mesh"),
        ("edge", "shop/edge"),
        ("./edge", "shop/edge"),
        ("infra/edge", "infra/edge"),
        ("edge.infra", "infra/edge"),
        ("edge.infra.svc.cluster.local", "infra/edge"),
    ],
)
def test_gateways_in_all_their_spellings(name: str, full: str) -> None:
    assert full_gateway(name, "shop") == full


RULES = """
hosts: [web, web.other]
gateways: [edge, mesh]
http:
- match: [{gateways: [./edge]}]
  route: [{destination: {host: cart}}]
  mirror: {host: shadow}
- route: [{destination: {host: cart}}]
  mirrors: [{destination: {host: shadow}}]
tls:
- match: [{sniHosts: [web], gateways: [edge]}]
  route: [{destination: {host: cart}}]
tcp:
- match: [{gateways: [edge]}]
  route: [{destination: {host: cart}}]
"""


def test_every_name_of_a_virtual_service_is_completed() -> None:
    (rules,) = mesh_of(manifest("VirtualService", "web", RULES)).virtual_services.all
    cart, shadow = "cart.shop.svc.cluster.local", "shadow.shop.svc.cluster.local"
    assert rules.hosts == ("web.shop.svc.cluster.local", "web.other")
    assert rules.gateways == ("shop/edge", "mesh")
    assert rules.http[0].match[0].gateways == ("shop/edge",)
    assert rules.http[0].mirror is not None and rules.http[0].mirror.host == shadow
    assert rules.http[1].mirrors[0].destination is not None and rules.http[1].mirrors[0].destination.host == shadow
    assert rules.tls[0].match[0].gateways == rules.tcp[0].match[0].gateways == ("shop/edge",)
    routes: tuple[Any, ...] = (*rules.http, *rules.tls, *rules.tcp)
    assert [route.route[0].destination.host for route in routes if route.route[0].destination] == [cart] * 4
    assert rules.tls[0].match[0].sni_hosts == ("web",)


def test_gateway_api_names_are_left_alone() -> None:
    given = manifest("VirtualService", "web", "hosts: [web]\nhttp: [{route: [{destination: {host: cart}}]}]")
    given["metadata"]["annotations"] = {"internal.istio.io/route-semantics": "gateway"}
    assert mesh_of(given).virtual_services.all[0].hosts == ("web",)
