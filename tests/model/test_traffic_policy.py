"""The traffic policy in force for a port and a subset."""

from __future__ import annotations

import dataclasses

import pytest

from meshc.model.traffic_policy import Policy, effective_policy
from tests.manifests import manifest, mesh_of, service

RULE = """
host: web
trafficPolicy:
  connectionPool: {tcp: {maxConnections: 1}}
  outlierDetection: {maxEjectionPercent: 1}
  loadBalancer: {simple: RANDOM}
  tls: {mode: SIMPLE}
  proxyProtocol: {version: V2}
  portLevelSettings:
  - {port: {number: 81}, connectionPool: {tcp: {maxConnections: 81}}}
  - {port: {number: 81}, connectionPool: {tcp: {maxConnections: 99}}}
subsets:
- name: plain
- name: own
  trafficPolicy:
    connectionPool: {http: {maxRetries: 2}}
    tunnel: {targetHost: proxy, targetPort: 1}
    portLevelSettings:
    - {port: {number: 82}, tls: {mode: ISTIO_MUTUAL}}
"""


def policy(port: int, subset: str = "") -> Policy:
    mesh = mesh_of(service("web", ports="80,81,82"), manifest("DestinationRule", "web", RULE))
    (rule,) = mesh.destination_rules.all
    found = mesh.services.all[0].port(port)
    assert found is not None
    return effective_policy(rule, found, rule.subset(subset))


def pool(policy: Policy) -> tuple[int, int]:
    """(maxConnections, maxRetries)."""
    settings = policy.connection_pool
    if settings is None:
        return (0, 0)
    return (settings.tcp.max_connections if settings.tcp else 0, settings.http.max_retries if settings.http else 0)


def present(policy: Policy) -> list[str]:
    return [name for name in (f.name for f in dataclasses.fields(policy)) if getattr(policy, name) is not None]


ALL = ["connection_pool", "load_balancer", "outlier_detection", "tls", "proxy_protocol"]


@pytest.mark.parametrize("subset", ["", "plain"])
def test_a_port_replaces_everything(subset: str) -> None:
    assert present(policy(80, subset)) == ALL and pool(policy(80, subset)) == (1, 0)
    assert present(policy(81, subset)) == ["connection_pool"] and pool(policy(81, subset)) == (81, 0)


def test_a_subset_replaces_what_it_sets_as_a_whole() -> None:
    assert present(policy(80, "own")) == [*ALL, "tunnel"]
    assert pool(policy(80, "own")) == (0, 2)
    assert present(policy(81, "own")) == ["connection_pool", "tunnel"]


def test_a_subsets_port_keeps_what_ports_cannot_set() -> None:
    found = policy(82, "own")
    assert present(found) == ["tls", "proxy_protocol"]
    assert found.tls is not None and found.tls.mode == "ISTIO_MUTUAL"


def test_no_rule_no_policy() -> None:
    (web,) = mesh_of(service("web")).services.all
    assert present(effective_policy(None, web.ports[0])) == []
