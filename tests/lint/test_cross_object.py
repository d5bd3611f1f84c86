"""Checks over several objects that only lint runs: what selects nothing, serves nobody, shares or depends on chance."""

from __future__ import annotations

from pathlib import Path

from tests.lint.linting import linted, pod
from tests.manifests import manifest, service

WEB = pod("web-1", app="web")
EDGE = pod("edge-1", "edge", "10.1.0.9", istio="edge")
GATEWAY = manifest(
    "Gateway",
    "public",
    """
    selector: {istio: edge}
    servers:
    - {port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com, other/*.other.com]}
    """,
    "edge",
)


def test_selectors_that_select_nothing(tmp_path: Path) -> None:
    found = linted(
        tmp_path,
        "MC055",
        WEB,
        manifest("AuthorizationPolicy", "some", "{selector: {matchLabels: {app: web}}, rules: [{}]}"),
        manifest("AuthorizationPolicy", "none", "{selector: {matchLabels: {app: wbe, v: '1'}}, rules: [{}]}"),
        manifest("AuthorizationPolicy", "mesh", "{selector: {matchLabels: {app: web}}, rules: [{}]}", "istio-system"),
        manifest("PeerAuthentication", "mesh", "{selector: {matchLabels: {app: web}}}", "istio-system"),
        manifest("Sidecar", "none", "{workloadSelector: {labels: {app: x}}, egress: [{hosts: ['*/*']}]}"),
        manifest("DestinationRule", "none", "{host: web, workloadSelector: {matchLabels: {app: x}}}"),
        manifest("ServiceEntry", "none", "{hosts: [a.com], workloadSelector: {labels: {app: x}}}"),
    )
    assert found == [
        "MC0550 AuthorizationPolicy shop/none spec.selector: no workload of namespace shop has the labels app=wbe, v=1",
        "MC0550 PeerAuthentication istio-system/mesh spec.selector: "
        "no workload of namespace istio-system has the labels app=web",
        "MC0550 Sidecar shop/none spec.workloadSelector: no workload of namespace shop has the labels app=x",
        "MC0550 DestinationRule shop/none spec.workloadSelector: no workload of namespace shop has the labels app=x",
        "MC0550 ServiceEntry shop/none spec.workloadSelector: no workload of namespace shop has the labels app=x",
    ]


def test_gateway_without_proxies(tmp_path: Path) -> None:
    assert linted(tmp_path, "MC0551", GATEWAY) == [
        "MC0551 Gateway edge/public spec.selector: no workload of the input is a gateway that this Gateway is for"
    ]
    assert linted(tmp_path, "MC0551", GATEWAY, EDGE) == []


def test_namespaces_that_do_not_exist(tmp_path: Path) -> None:
    found = linted(
        tmp_path,
        "MC0557",
        WEB,
        GATEWAY,
        manifest("VirtualService", "a", "{hosts: [a.com], exportTo: [shop, ., '*', sohp], http: [{}]}"),
        manifest("Sidecar", "default", "{egress: [{hosts: ['istio-system/*', './*', 'gone/*']}]}"),
        manifest(
            "AuthorizationPolicy",
            "a",
            "{rules: [{from: [{source: {namespaces: [edge, 'ed*', '*ge', 'x*']}}, {source: {notNamespaces: [zz]}}]}]}",
        ),
    )
    assert found == [
        "MC0557 Gateway edge/public spec.servers[0].hosts[1]: nothing of the input is in namespace other",
        "MC0557 VirtualService shop/a spec.exportTo[3]: nothing of the input is in namespace sohp",
        "MC0557 Sidecar shop/default spec.egress[0].hosts[2]: nothing of the input is in namespace gone",
        "MC0557 AuthorizationPolicy shop/a spec.rules[0].from[0].source.namespaces[3]: "
        "nothing of the input is in namespace x*",
        "MC0557 AuthorizationPolicy shop/a spec.rules[0].from[1].source.notNamespaces[0]: "
        "nothing of the input is in namespace zz",
    ]


def test_gateways_that_do_not_serve_the_hosts(tmp_path: Path) -> None:
    route = "http: [{route: [{destination: {host: web, port: {number: 80}}}]}]"
    found = linted(
        tmp_path,
        "MC0552 MC0553",
        GATEWAY,
        service("web"),
        manifest("VirtualService", "served", f"{{hosts: [shop.example.com], gateways: [edge/public], {route}}}"),
        manifest("VirtualService", "denied", f"{{hosts: [a.other.com], gateways: [mesh, edge/public], {route}}}"),
        manifest("VirtualService", "other", f"{{hosts: [a.other.com], gateways: [edge/public], {route}}}", "other"),
        manifest(
            "VirtualService",
            "match",
            "{hosts: [b.com], http: [{match: [{gateways: [edge/public]}], redirect: {uri: /}}]}",
        ),
    )
    assert found == [
        "MC0552 VirtualService shop/denied spec.gateways[1]: Gateway edge/public serves none of the hosts: a.other.com",
        "MC0553 VirtualService shop/match spec.http[0].match[0].gateways[0]: "
        "the VirtualService is not for gateway edge/public, so that the match never holds for it",
    ]


def test_gateways_beside_each_other(tmp_path: Path) -> None:
    def gateway(name: str, age: int, servers: str) -> dict[str, object]:
        return manifest("Gateway", name, f"{{selector: {{istio: edge}}, servers: [{servers}]}}", "edge", age)

    tls = "tls: {mode: SIMPLE, credentialName: cert}"
    ports = "[{name: http, port: 80, targetPort: 8080}]"
    of_pods = manifest("Service", "edge", f"{{clusterIP: 10.0.0.1, selector: {{istio: edge}}, ports: {ports}}}", "edge")
    del of_pods["metadata"]["creationTimestamp"]
    found = linted(
        tmp_path,
        "MC0554 MC0555 MC0556",
        EDGE,
        of_pods,
        gateway("one", 1, "{port: {number: 80, name: a, protocol: HTTP}, hosts: [a.com, b.com]}"),
        gateway("two", 2, "{port: {number: 80, name: a, protocol: HTTP}, hosts: [b.com]}"),
        gateway("three", 3, f"{{port: {{number: 443, name: a, protocol: HTTPS}}, hosts: [c.com], {tls}}}"),
        gateway("four", 4, f"{{port: {{number: 8080, name: a, protocol: HTTPS}}, hosts: [d.com], {tls}}}"),
    )
    assert found == [
        "MC0554 Gateway edge/two spec.servers[0].hosts: "
        "Gateway edge/one serves b.com at port 80 of the same proxies too",
        "MC0556 Gateway edge/three spec.servers[0].port.number: no Service of the gateway's pods has port 443",
        "MC0555 Gateway edge/four spec.servers[0].tls: "
        "Gateway edge/three has the same certificate: browsers may reuse a connection for its hosts",
    ]


def test_routes_at_gateways(tmp_path: Path) -> None:
    claims = "{'@request.auth.claims.sub': {exact: me}}"
    found = linted(
        tmp_path,
        "MC0558 MC0559 MC0593",
        GATEWAY,
        EDGE,
        service("web", ports="80,81"),
        manifest(
            "VirtualService",
            "edge",
            f"""
            hosts: [shop.example.com]
            gateways: [edge/public]
            http:
            - match: [{{headers: {claims}}}]
              route: [{{destination: {{host: web}}}}]
            """,
        ),
        manifest("VirtualService", "mesh", "{hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]}"),
    )
    assert found == [
        "MC0593 VirtualService shop/edge spec.http[0].match[0].headers[@request.auth.claims.sub]: "
        "@request.auth.claims.sub is never known: no RequestAuthentication verifies tokens at Pod edge/edge-1",
        "MC0558 VirtualService shop/edge spec.http[0].route[0].destination: "
        "web.shop.svc.cluster.local has several ports: 80, 81",
        "MC0559 VirtualService shop/edge spec.http[0].route[0].destination: VirtualService shop/mesh routes "
        "web.shop.svc.cluster.local to subsets for sidecars, not for the gateways of this one",
    ]


def test_ports_without_protocol(tmp_path: Path) -> None:
    ports = "[{port: 80}, {name: web, port: 81}, {name: http-a, port: 82}, {name: x, appProtocol: grpc, port: 83}]"
    istio = manifest("Service", "istiod", f"{{clusterIP: 10.0.0.2, ports: {ports}}}")
    istio["metadata"]["labels"] = {"istio": "pilot"}
    assert linted(tmp_path, "MC0594", istio, manifest("Service", "a", f"{{clusterIP: 10.0.0.1, ports: {ports}}}")) == [
        "MC0594 Service shop/a spec.ports[0]: port 80 without a name declares no protocol, so that proxies sniff it",
        "MC0594 Service shop/a spec.ports[1]: port 81 named 'web' declares no protocol, so that proxies sniff it",
    ]


def test_access_logs_without_provider(tmp_path: Path) -> None:
    telemetry = manifest("Telemetry", "a", "{accessLogging: [{}, {disabled: true}, {providers: [{name: envoy}]}]}")
    assert linted(tmp_path, "MC0592", telemetry) == [
        "MC0592 Telemetry shop/a spec.accessLogging[0]: no provider is named, and the mesh has no default one"
    ]
    assert linted(tmp_path, "MC0592", telemetry, config="{defaultProviders: {accessLogging: [envoy]}}") == []


def test_operations_of_envoy_filters(tmp_path: Path) -> None:
    patches = [
        ("HTTP_FILTER", "INSERT_BEFORE"),
        ("HTTP_FILTER", "INSERT_FIRST"),
        ("HTTP_ROUTE", "ADD"),
        ("CLUSTER", "REPLACE"),
        ("VIRTUAL_HOST", "REPLACE"),
    ]
    listed = [{"applyTo": kind, "patch": {"operation": operation, "value": {}}} for kind, operation in patches]
    without = manifest("EnvoyFilter", "a", {"configPatches": listed})
    fixed = manifest("EnvoyFilter", "b", {"configPatches": listed[:1], "priority": 1})
    for resource in (without, fixed):
        resource["apiVersion"] = "networking.istio.io/v1alpha3"
    place = "EnvoyFilter shop/a spec.configPatches"
    why = "depends on what other EnvoyFilters have done before, and there is no priority"
    assert linted(tmp_path, "MC0590 MC0591", WEB, without, fixed) == [
        f"MC0590 {place}[0].patch.operation: INSERT_BEFORE {why}",
        f"MC0591 {place}[2].patch.operation: ADD has no effect on HTTP_ROUTE",
        f"MC0591 {place}[3].patch.operation: REPLACE has no effect on CLUSTER",
        f"MC0590 {place}[4].patch.operation: REPLACE {why}",
    ]


def test_what_admission_has_said_is_not_said_again(tmp_path: Path) -> None:
    rule = manifest(
        "DestinationRule",
        "a",
        "{host: web, trafficPolicy: {outlierDetection: {consecutiveErrors: 1, consecutiveLocalOriginFailures: 2}}}",
    )
    found = linted(tmp_path, "MC04 MC06", WEB, service("web"), rule)
    place = "DestinationRule shop/a spec.trafficPolicy.outlierDetection"
    assert found == [
        f"MC0451 {place}.consecutiveErrors: consecutiveErrors is deprecated and has no effect",
        f"MC0424 {place}.consecutiveLocalOriginFailures: "
        "consecutiveLocalOriginFailures needs splitExternalLocalOriginErrors",
    ]
