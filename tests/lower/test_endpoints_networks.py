"""Endpoints of several networks: which gateways lead to them, and how their weights are divided."""

from __future__ import annotations

from typing import Any

import yaml

from meshc.model.mesh import Mesh
from tests.lower.clusters import endpoints_of, pod, selecting
from tests.manifests import built, manifest, mesh_of, said

CLIENT = pod("client", "10.0.0.9", "app: client")
HOST = "outbound|80||far.example.com"


def networks(**ways: list[dict[str, Any]]) -> dict[str, Any]:
    """The ConfigMap with mesh networks: gateways by network."""
    text = yaml.safe_dump({"networks": {name: {"endpoints": [], "gateways": found} for name, found in ways.items()}})
    metadata = {"name": "istio", "namespace": "istio-system"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"meshNetworks": text}}


def entry(*endpoints: str) -> dict[str, Any]:
    """A ServiceEntry of the mesh with these endpoints, as YAML without braces."""
    made = manifest("ServiceEntry", "far", "{hosts: [far.example.com], location: MESH_INTERNAL, resolution: STATIC}")
    made["spec"]["ports"] = [{"number": 80, "name": "http", "protocol": "HTTP"}]
    made["spec"]["endpoints"] = [yaml.safe_load(f"{{{endpoint}}}") for endpoint in endpoints]
    return made


def seen(made: Mesh, network: str = "home", **more: Any) -> list[tuple[str, int, int | None]]:
    """Address, port and weight of what a proxy in a network is shown."""
    groups = endpoints_of(made, "client.shop", metadata={"NETWORK": network}, **more)
    return [(e.address, e.port, e.weight) for part in groups[HOST].localities for e in part.endpoints]


TWO = [{"address": "192.0.2.2", "port": 15443}, {"address": "192.0.2.1", "port": 15443}]
FAR = ("address: 10.9.0.1, network: far, serviceAccount: a, weight: 3", "address: 10.9.0.2, network: home")


def test_gateways_stand_for_what_lies_in_another_network() -> None:
    made = mesh_of(CLIENT, entry(*FAR), networks(far=TWO))
    assert seen(made) == [("10.9.0.2", 80, 2), ("192.0.2.1", 15443, 3), ("192.0.2.2", 15443, 3)]
    assert seen(made, "far") == [("10.9.0.1", 80, 6), ("10.9.0.2", 80, 2)]


def test_a_network_without_gateways_is_reached_directly() -> None:
    made = mesh_of(CLIENT, entry("address: 10.9.0.1, network: lost, serviceAccount: a"), networks(far=TWO))
    assert seen(made) == [("10.9.0.1", 80, 2)]


def test_without_mutual_tls_there_is_no_way_through_a_gateway() -> None:
    made = mesh_of(CLIENT, entry("address: 10.9.0.1, network: far"), networks(far=TWO))
    assert seen(made) == []


def test_what_has_no_address_is_reached_through_a_gateway_or_not_at_all() -> None:
    hidden = entry("network: far, serviceAccount: a, locality: there")
    assert seen(mesh_of(CLIENT, hidden, networks(far=TWO))) == [("192.0.2.1", 15443, 1), ("192.0.2.2", 15443, 1)]
    for made in (mesh_of(CLIENT, hidden), mesh_of(CLIENT, hidden, networks(home=TWO))):
        assert seen(made) == []
    groups = endpoints_of(mesh_of(CLIENT, hidden, networks(far=TWO)), "client.shop", metadata={"NETWORK": "far"})
    assert groups[HOST].localities == ()


def test_gateways_of_another_family_are_not_used() -> None:
    made = mesh_of(CLIENT, entry(*FAR), networks(far=[*TWO, {"address": "2001:db8::1", "port": 15443}]))
    assert seen(made) == [("10.9.0.2", 80, 3), ("192.0.2.1", 15443, 4), ("192.0.2.2", 15443, 4)]


def test_a_proxy_may_ask_for_some_networks_only() -> None:
    made = mesh_of(CLIENT, entry(*FAR), networks(far=TWO))
    groups = endpoints_of(made, "client.shop", metadata={"NETWORK": "home", "REQUESTED_NETWORK_VIEW": "home"})
    assert [e.address for part in groups[HOST].localities for e in part.endpoints] == ["10.9.0.2"]


def gateway(spec: str = "type: LoadBalancer", ports: str = "15443", **labels: str) -> dict[str, Any]:
    """A Service labelled as a gateway of network `far`, at 192.0.2.7 if it is a load balancer."""
    made = selecting("east", spec, labels={"topology.istio.io/network": "far", **labels})
    made["spec"]["ports"] = [{"name": f"p{n}", "port": int(n), "nodePort": 30000 + int(n)} for n in ports.split(",")]
    made["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}
    return made


def test_a_labelled_service_is_a_gateway_at_the_port_of_its_label() -> None:
    made = mesh_of(CLIENT, entry(*FAR), gateway())
    assert ("192.0.2.7", 15443, 3) in seen(made)
    other = mesh_of(CLIENT, entry(*FAR), gateway(ports="16443", **{"networking.istio.io/gatewayPort": "16443"}))
    assert ("192.0.2.7", 16443, 3) in seen(other)


def test_a_service_without_the_port_is_no_gateway() -> None:
    made = mesh_of(CLIENT, entry(*FAR), gateway(ports="443"))
    assert not made.network_gateways
    assert seen(made) == [("10.9.0.1", 80, 3), ("10.9.0.2", 80, 1)]


def test_a_gateway_for_hbone_only_is_none_for_sidecars() -> None:
    made = mesh_of(CLIENT, entry(*FAR), gateway(ports="15008"))
    assert ("10.9.0.1", 80, 3) in seen(made)
    assert ("192.0.2.7", 0, 3) in seen(made, router=True)


def test_a_service_at_the_nodes_is_reached_at_those_that_its_annotation_selects() -> None:
    east = gateway("type: NodePort")
    east["metadata"]["annotations"] = {"traffic.istio.io/nodeSelector": '{"pool": "edge"}'}
    nodes = [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name, "labels": {"pool": pool}},
            "status": {"addresses": [{"type": "ExternalIP", "address": address}]},
        }
        for name, pool, address in (("n1", "edge", "192.0.2.11"), ("n2", "core", "192.0.2.12"))
    ]
    made = mesh_of(CLIENT, entry(*FAR), east, *nodes)
    assert seen(made) == [("10.9.0.2", 80, 1), ("192.0.2.11", 45443, 3)]


def test_a_gateway_by_host_name_is_told_of() -> None:
    made, sink = built(CLIENT, networks(far=[{"address": "gw.example.com", "port": 15443}]))
    assert not made.network_gateways
    assert said(sink, "MC0580") == [
        "MC0580 MeshNetworks far: gateway gw.example.com of network far is a host name, "
        "whose addresses are not known here"
    ]
