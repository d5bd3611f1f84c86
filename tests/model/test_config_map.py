"""Mesh config and mesh networks out of the ConfigMap `istio`."""

from __future__ import annotations

from tests.findings import lines
from tests.model.texts import mesh_of_text


def config_map(namespace: str, data: str, name: str = "istio") -> str:
    return f"""
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: {namespace}}}
data:
  {data}
---
"""


def test_the_one_beside_istiod_is_preferred() -> None:
    near = config_map("istio-system", "mesh: '{trustDomain: near, enableTracing: false}'")
    other = config_map("a", "mesh: '{trustDomain: other}'") + config_map("b", "mesh: x", "istio-canary")
    mesh, _ = mesh_of_text(other + near)
    assert (mesh.config.trust_domain, mesh.config.enable_tracing) == ("near", False)
    assert mesh.config.root_namespace == "istio-system"
    assert mesh_of_text(other)[0].config.trust_domain == "other"
    assert mesh_of_text("")[0].config.trust_domain == "cluster.local"


def test_networks() -> None:
    text = (
        "meshNetworks: '{networks: {n1: {endpoints: [{fromRegistry: west}], gateways: [{address: 1.1.1.1, port: 1}]}}}'"
    )
    mesh, _ = mesh_of_text(config_map("istio-system", text))
    (network,) = mesh.networks.networks.values()
    assert (network.endpoints[0].from_registry, network.gateways[0].address) == ("west", "1.1.1.1")
    assert mesh_of_text(config_map("istio-system", "meshNetworks: ''"))[0].networks.networks == {}


def test_what_is_wrong_is_said_with_its_place() -> None:
    mesh, sink = mesh_of_text(config_map("istio-system", "mesh: 'trustDomian: x'"))
    assert mesh.config.trust_domain == "cluster.local"
    (line,) = lines(sink)
    assert line.startswith("in.yaml (ConfigMap istio-system/istio, data.mesh):1:1: error ")
    assert "trustDomian" in line
