"""References between objects that lead nowhere, and what is said about them."""

from __future__ import annotations

from tests.manifests import built, entry, manifest, said, service

CODES = ("MC0540", "MC0541", "MC0542", "MC0543")

RULES = """
hosts: [web]
http:
- route:
  - {destination: {host: web, subset: v1, port: {number: 80}}}
  - {destination: {host: web, subset: v2}}
  - {destination: {host: web.shop}}
  mirror: {host: web, port: {number: 81}}
  mirrors: [{destination: {host: gone}}]
tls:
- match: [{sniHosts: [web]}]
  route: [{destination: {host: web.data.svc.cluster.local}}]
tcp:
- route: [{destination: {host: www.example.com, port: {number: 80}}}]
"""


def test_destinations_of_all_kinds_of_routes() -> None:
    _, sink = built(
        service("web"),
        entry("www", "www.example.com"),
        manifest("VirtualService", "web", RULES),
        manifest("DestinationRule", "web", "{host: web, subsets: [{name: v1}]}"),
    )
    assert said(sink, *CODES) == [
        "MC0543 VirtualService shop/web spec.http[0].mirror: web.shop.svc.cluster.local has no port 81",
        "MC0541 VirtualService shop/web spec.http[0].mirrors[0].destination: no service has the host "
        "gone.shop.svc.cluster.local",
        "MC0542 VirtualService shop/web spec.http[0].route[1].destination: no DestinationRule that shop sees defines "
        "subset v2 of web.shop.svc.cluster.local",
        "MC0541 VirtualService shop/web spec.http[0].route[2].destination: no service has the host web.shop",
        "MC0541 VirtualService shop/web spec.tls[0].route[0].destination: no service has the host "
        "web.data.svc.cluster.local",
    ]
    hints = {finding.message: finding.hint for finding in sink if finding.code in CODES}
    assert hints["no service has the host web.shop"].endswith("write web.shop.svc.cluster.local")
    assert hints["no service has the host web.data.svc.cluster.local"] == "did you mean web.shop.svc.cluster.local?"
    assert hints["web.shop.svc.cluster.local has no port 81"] == "its ports: 80"


def test_hosts_of_rules() -> None:
    alias = {"type": "ExternalName", "externalName": "www.example.com", "ports": [{"port": 80}]}
    _, sink = built(
        service("web"),
        manifest("Service", "alias", alias),
        manifest("DestinationRule", "all", "{host: '*.local'}"),
        manifest("DestinationRule", "alias", "{host: alias}"),
        manifest("DestinationRule", "none", "{host: '*.example.org'}"),
        manifest("DestinationRule", "everything", "{host: '*'}"),
    )
    assert said(sink, *CODES) == [
        "MC0540 DestinationRule shop/alias: alias.shop.svc.cluster.local is an ExternalName Service; rules are looked "
        "up for the name that it stands for",
        "MC0540 DestinationRule shop/none: no service has the host *.example.org",
    ]


def test_gateways() -> None:
    rules = "{hosts: [web.example.com], gateways: [edge, mesh, infra/edge], http: [{redirect: {uri: /}}]}"
    _, sink = built(manifest("VirtualService", "web", rules), manifest("Gateway", "edge", "{servers: []}"))
    assert said(sink, "MC0544") == ["MC0544 VirtualService shop/web spec.gateways: there is no Gateway infra/edge"]


def test_a_subset_may_stand_in_any_rule_that_clients_see() -> None:
    _, sink = built(
        service("web"),
        manifest("VirtualService", "web", "{hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]}"),
        manifest("DestinationRule", "root", "{host: '*.local', subsets: [{name: v1}]}", "istio-system"),
    )
    assert said(sink, *CODES) == []
