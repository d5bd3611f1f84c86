"""Route configurations of gateways: which hosts they have, in which virtual host, and which routes stand there."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.ir.route import VirtualHost
from meshc.ir.route_action import Forward, HeaderAddition, Redirect
from meshc.lower.gateways.routes import gateway_routes
from meshc.model.mesh import Mesh
from tests.lower.gateways import (
    edge,
    edge_service,
    gateway,
    hosts,
    mesh_with,
    remarks,
    routes,
    rules,
    scope_of,
    server,
    to,
)
from tests.manifests import manifest, service

TERMINATED = "{mode: SIMPLE, credentialName: cert}"
REDIRECT = "{httpsRedirect: true}"
FRONT = gateway("front", server("80/HTTP", "*"))


def virtual_hosts(mesh: Mesh, name: str = "http.80") -> dict[str, VirtualHost]:
    return {host.name: host for host in routes(mesh)[name].virtual_hosts}


def paths(host: VirtualHost) -> list[str]:
    return [route.match.path.text for route in host.routes]


def matched(*paths: str, host: str = "web.example.com") -> str:
    """The spec of a VirtualService that sends requests for path prefixes to a host; `/` takes every request."""
    parts = [f"{{match: [{{uri: {{prefix: {path}}}}}], route: [{{destination: {{host: {host}}}}}]}}" for path in paths]
    return f"http: [{', '.join(parts)}]"


@pytest.mark.parametrize(
    ("own", "bound", "common"),
    [
        ("*", "a.com", ["a.com"]),
        ("a.com", "*", ["a.com"]),
        ("*.com", "a.com b.org", ["a.com"]),
        ("a.b.com", "*.com", ["a.b.com"]),
        ("*.b.com", "*.com", ["*.b.com"]),
        ("*.com", "*.b.com", ["*.b.com"]),
        ("a.com *.com", "a.com", ["a.com"]),
        ("A.com", "*.com", ["a.com"]),
        ("shop/*.com", "a.com", ["a.com"]),
        ("bank/*.com", "a.com", []),
        ("./*.com", "a.com", []),
        ("*/*.com", "a.com", ["a.com"]),
        ("a.com", "b.com", []),
    ],
)
def test_the_narrower_of_two_hosts_is_served(own: str, bound: str, common: list[str]) -> None:
    mesh = mesh_with(gateway("front", server("80/HTTP", own)), rules("web", bound, to("web.example.com")))
    (made,) = edge(mesh).routes
    assert [d for host in made.virtual_hosts for d in host.domains if host.routes] == common


def test_virtual_hosts_are_named_after_the_port_of_the_server() -> None:
    mesh = mesh_with(FRONT, edge_service("80:8080"), rules("web", "a.com", to("web.example.com")))
    assert hosts(routes(mesh)["http.8080"]) == {"a.com:80": ["web.example.com"]}


def test_a_server_that_nothing_is_routed_from_answers_404() -> None:
    mesh = mesh_with(FRONT, edge_service("80:8080"))
    made = routes(mesh)["http.8080"]
    assert hosts(made) == {"blackhole:80 *": []}
    assert not made.virtual_hosts[0].attempt_count
    assert remarks(mesh, "MC0677") == [
        "MC0677 Gateway infra/front spec.servers[0]: "
        "answers every request with 404: no VirtualService has a route for its hosts"
    ]


def test_a_name_that_no_server_has_gets_its_name_alone() -> None:
    (made,) = gateway_routes(scope_of(mesh_with(FRONT)), ("http.81",))
    assert (made.name, made.virtual_hosts, made.ignore_port, made.direct_response_limit) == ("http.81", (), False, None)


def test_virtual_services_join_on_a_host_and_catch_alls_come_last() -> None:
    mesh = mesh_with(
        FRONT,
        rules("first", "a.com", matched("/one", "/"), age=1),
        rules("second", "a.com", matched("/two", "/"), age=2),
    )
    assert paths(virtual_hosts(mesh)["a.com:80"]) == ["/one", "/two", "/", "/"]
    assert remarks(mesh, "MC0601") == [
        "MC0601 VirtualService shop/second spec.http[1].match[0]: is never reached: "
        "VirtualService shop/first spec.http[1].match[0] takes every request before"
    ]


def test_hosts_of_one_virtual_service_are_folded_the_most_specific_first() -> None:
    mesh = mesh_with(FRONT, rules("web", "*.com b.com a.com www.a.com", to("web.example.com")))
    assert hosts(routes(mesh)["http.80"]) == {"www.a.com:80 www.a.com,a.com,b.com,*.com": ["web.example.com"]}


def test_hosts_are_not_folded_where_routes_are_equal_but_not_the_same() -> None:
    two = rules("one", "a.com", to("web.example.com")), rules("two", "b.com", to("web.example.com"))
    assert sorted(virtual_hosts(mesh_with(FRONT, *two))) == ["a.com:80", "b.com:80"]
    mesh = mesh_with(
        FRONT, rules("web", "a.com b.com", to("web.example.com")), pilot_enable_route_collapse_optimization=False
    )
    assert sorted(virtual_hosts(mesh)) == ["a.com:80", "b.com:80"]


def test_a_virtual_service_behind_two_gateways_has_its_routes_twice() -> None:
    mesh = mesh_with(
        gateway("front", server("80/HTTP", "*")),
        gateway("back", server("80/HTTP", "*"), age=1),
        rules("web", "a.com", matched("/x"), "infra/front infra/back"),
    )
    assert paths(virtual_hosts(mesh)["a.com:80"]) == ["/x", "/x"]


def test_redirected_hosts_need_no_route_and_keep_their_namespace() -> None:
    mesh = mesh_with(
        gateway("front", server("80/HTTP", "a.com ./B.com shop/c.com", REDIRECT)),
        rules("web", "a.com", to("web.example.com")),
    )
    made = virtual_hosts(mesh)
    assert {name: host.domains for name, host in made.items()} == {
        "a.com:80": ("a.com",),
        "infra/b.com:80": ("infra/b.com", "shop/c.com"),
    }
    assert all(host.require_tls and host.attempt_count for host in made.values())


def test_a_host_of_a_redirecting_and_of_a_plain_server_requires_tls() -> None:
    mesh = mesh_with(
        gateway("front", server("80/HTTP/one", "a.com"), server("80/HTTP/two", "a.com", REDIRECT)),
        rules("web", "a.com", to("web.example.com")),
    )
    assert [(h.name, h.require_tls, len(h.routes)) for h in virtual_hosts(mesh).values()] == [("a.com:80", True, 2)]


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ("{port: 80}", True),
        ("{port: 8080}", False),
        ("{gateways: [infra/front], sourceLabels: {app: other}}", True),
        ("{gateways: [infra/back]}", False),
        ("{gateways: [mesh]}", False),
        ("{sourceLabels: {app: edge}}", True),
        ("{sourceLabels: {app: other}}", False),
        ("{sourceNamespace: infra}", True),
        ("{sourceNamespace: shop}", False),
    ],
)
def test_matches_are_about_the_port_of_the_server_and_the_gateway(match: str, found: bool) -> None:
    spec = f"http: [{{match: [{match}], route: [{{destination: {{host: web.example.com}}}}]}}]"
    mesh = mesh_with(FRONT, edge_service("80:8080"), rules("web", "a.com", spec))
    assert ("a.com:80" in virtual_hosts(mesh, "http.8080")) is found


def test_routes_are_made_once_for_the_servers_of_a_gateway() -> None:
    """The second server reuses what the first got; only a VirtualService without routes there is tried again."""
    servers = server("80/HTTP/one", "a.com"), server("8080/HTTP/two", "b.com")
    for port, found in ((80, ["a.com:80 a.com,b.com"]), (8080, ["b.com:8080"])):
        spec = f"http: [{{match: [{{port: {port}}}], route: [{{destination: {{host: web.example.com}}}}]}}]"
        mesh = mesh_with(gateway("front", *servers), edge_service("80:8080"), rules("web", "a.com b.com", spec))
        assert list(hosts(routes(mesh)["http.8080"])) == found


def test_a_port_is_that_of_the_only_one_of_the_service_else_the_servers() -> None:
    spec = "http: [{route: [{destination: {host: %s}}]}]"
    mesh = mesh_with(
        FRONT,
        service("one", ports="9080"),
        service("two", ports="9080,9081"),
        *(rules(name, f"{name}.com", spec % name) for name in ("one", "two", "none")),
    )
    clusters = [
        route.action.to
        for host in virtual_hosts(mesh).values()
        for route in host.routes
        if isinstance(route.action, Forward)
    ]
    assert clusters == [
        "outbound|80||none.shop.svc.cluster.local",
        "outbound|9080||one.shop.svc.cluster.local",
        "outbound|80||two.shop.svc.cluster.local",
    ]


@pytest.mark.parametrize(("tls", "port"), [("", None), (TERMINATED, 80)])
def test_redirects_know_whether_the_server_terminates_tls(tls: str, port: int | None) -> None:
    kind = "HTTPS" if tls else "HTTP"
    spec = "http: [{redirect: {authority: b.com, port: 80}}]"
    mesh = mesh_with(gateway("front", server(f"80/{kind}", "a.com", tls)), rules("web", "a.com", spec))
    (made,) = edge(mesh).routes
    action = made.virtual_hosts[0].routes[0].action
    assert isinstance(action, Redirect)
    assert action.port == port


def test_rules_of_other_namespaces_are_bound_only_if_they_are_exported_there() -> None:
    def bound(name: str, namespace: str, *export_to: str) -> dict[str, Any]:
        made = rules(name, f"{name}.com", to("web.example.com"), namespace=namespace)
        made["spec"]["exportTo"] = list(export_to)
        return made

    mesh = mesh_with(
        FRONT,
        bound("private", "shop", "."),
        bound("own", "infra", "."),
        bound("exported", "shop", "infra"),
        bound("public", "shop", "*"),
    )
    assert list(virtual_hosts(mesh)) == ["exported.com:80", "own.com:80", "public.com:80"]


def test_routes_advertise_http3_after_what_they_add_themselves() -> None:
    spec = "http: [{headers: {response: {add: {x-one: '1'}}}, route: [{destination: {host: web.example.com}}]}]"
    mesh = mesh_with(
        gateway("front", server("443/HTTPS/one", "a.com", TERMINATED), server("80/HTTP", "a.com")),
        edge_service("443:8443", "443:8443:UDP", "80:8080"),
        rules("web", "a.com", spec),
        pilot_enable_quic_listeners=True,
    )
    added = {name: host.virtual_hosts[0].routes[0].headers.response_add for name, host in routes(mesh).items()}
    own = HeaderAddition(name="x-one", value="1", overwrite=False)
    assert added["http.8080"] == (own,)
    assert added["https.443.one.front.infra"] == (
        own,
        HeaderAddition(name="alt-svc", value='h3=":443"; ma=86400', overwrite=False),
    )


def test_a_host_named_like_a_destination_keeps_its_sessions() -> None:
    sticky = service("web")
    sticky["metadata"]["labels"] = {"istio.io/persistent-session": "session:/"}
    host = "web.shop.svc.cluster.local"
    mesh = mesh_with(
        FRONT, sticky, rules("web", f"{host} a.com", to("web")), pilot_enable_persistent_session_filter=True
    )
    (made,) = virtual_hosts(mesh).values()
    assert made.domains == (host, "a.com")
    assert made.session is not None


def test_hashes_of_destination_rules_are_in_force() -> None:
    policy = {"loadBalancer": {"consistentHash": {"httpHeaderName": "x-user"}}}
    rule = manifest("DestinationRule", "web", {"host": "web", "trafficPolicy": policy})
    mesh = mesh_with(FRONT, service("web"), rule, rules("web", "a.com", to("web")))
    action = virtual_hosts(mesh)["a.com:80"].routes[0].action
    assert isinstance(action, Forward)
    assert len(action.hash_policies) == 1
