"""Which VirtualServices a namespace sees, in which order, and which of them is used for a host."""

from __future__ import annotations

from typing import Any

from meshc.model.mesh import Mesh
from tests.manifests import built, manifest, mesh_of, said, service

GATEWAY_API = {"internal.istio.io/route-semantics": "gateway"}


def rules(
    name: str,
    namespace: str = "shop",
    age: int = 0,
    export_to: str = "",
    hosts: str = "web.example.com",
    gateways: str = "",
) -> dict[str, Any]:
    spec: dict[str, Any] = {"hosts": hosts.split(","), "http": [{"redirect": {"uri": f"/{name}"}}]}
    if export_to:
        spec["exportTo"] = export_to.split(",")
    if gateways:
        spec["gateways"] = gateways.split(",")
    return manifest("VirtualService", name, spec, namespace, age)


def visible(mesh: Mesh, namespace: str, gateway: str = "mesh") -> list[str]:
    return [f"{vs.namespace}/{vs.name}" for vs in mesh.virtual_services.visible(namespace, gateway)]


def test_private_before_exported_before_public_each_by_age_name_namespace() -> None:
    mesh = mesh_of(
        rules("old", "infra", age=1),
        rules("young", "infra", age=2),
        rules("b", "infra", age=3),
        rules("b", "apps", age=3),
        rules("a", "infra", age=3),
        rules("named", "infra", age=4, export_to="shop,data"),
        rules("own", age=5, export_to="."),
    )
    public = ["infra/old", "infra/young", "infra/a", "apps/b", "infra/b"]
    assert visible(mesh, "shop") == ["shop/own", "infra/named", *public]
    assert visible(mesh, "data") == ["infra/named", *public]
    assert visible(mesh, "other") == public


def test_export_to_star_beats_names_and_tilde_hides() -> None:
    mesh = mesh_of(rules("all", "infra", export_to="shop,*"), rules("none", "infra", export_to="~,shop"))
    assert visible(mesh, "other") == ["infra/all"]


def test_own_name_is_private() -> None:
    mesh = mesh_of(rules("own", export_to="shop,data", age=1), rules("public", age=0))
    assert visible(mesh, "shop") == ["shop/own", "shop/public"]
    assert visible(mesh, "data") == ["shop/own", "shop/public"]


def test_mesh_default_is_private_or_public_and_nothing_else() -> None:
    for default, seen in ((["."], ["shop/a"]), (["*"], ["shop/a"]), (["shop"], [])):
        mesh = mesh_of(rules("a"), config={"defaultVirtualServiceExportTo": default})
        assert visible(mesh, "shop") == seen, default
    assert visible(mesh_of(rules("a"), config={"defaultVirtualServiceExportTo": ["."]}), "data") == []


def test_by_gateway() -> None:
    mesh = mesh_of(rules("both", gateways="mesh,edge,edge"), rules("edge", gateways="shop/edge", age=1))
    assert visible(mesh, "shop") == ["shop/both"]
    assert visible(mesh, "shop", "shop/edge") == ["shop/both", "shop/edge"]


def test_own_gateway_api_routes_come_first_among_public_ones() -> None:
    api = rules("api", age=9)
    api["metadata"]["annotations"] = GATEWAY_API
    mesh = mesh_of(rules("istio"), api)
    assert visible(mesh, "shop") == ["shop/api", "shop/istio"]
    assert visible(mesh, "other") == ["shop/istio", "shop/api"]


def test_shadowed_everywhere() -> None:
    _, sink = built(rules("first"), rules("second", "data", age=1))
    assert said(sink, "MC0506", "MC0507") == [
        "MC0506 VirtualService data/second: sidecars use VirtualService shop/first for web.example.com and none of the "
        "routes of this one"
    ]


def test_shadowed_for_the_clients_of_a_namespace_that_has_its_own() -> None:
    _, sink = built(rules("public", "infra"), rules("own", age=1, export_to="."))
    assert said(sink, "MC0506", "MC0507") == [
        "MC0507 VirtualService infra/public: sidecars of shop use VirtualService shop/own for web.example.com and none "
        "of the routes of this one"
    ]


def test_not_shadowed_by_one_that_may_have_no_route() -> None:
    picky = rules("picky")
    picky["spec"]["http"][0]["match"] = [{"sourceLabels": {"app": "a"}}]
    _, sink = built(picky, rules("second", age=1), service("web"))
    assert said(sink, "MC0506", "MC0507") == []
