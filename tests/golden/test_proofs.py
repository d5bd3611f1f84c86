"""What golden cases prove: a sound configuration passes, and each fault is found where it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from meshc.envoy.config import ProxyConfig, Resource, ResourceType
from meshc.findings import Origin
from meshc.golden.case import Case, read_case
from meshc.golden.proofs import proofs

GOLDEN = Path(__file__).parent.parent.parent / "golden"
Change = Callable[[ResourceType, Resource], Resource | None]


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(GOLDEN / "serviceentry" / "beside-a-service")


@pytest.fixture(scope="module")
def config(case: Case) -> ProxyConfig:
    return case.compile(case.load())[0]


def without_origin(kind: ResourceType, resource: Resource) -> Resource:
    return Resource.of(resource.name, Origin(), resource.message)


def without_endpoints(kind: ResourceType, resource: Resource) -> Resource | None:
    return None if kind == "endpoints" and "|90|" in resource.name else resource


def all_of_one_name(kind: ResourceType, resource: Resource) -> Resource:
    return Resource.of("route", resource.origin, resource.message) if kind == "routes" else resource


def without_name(kind: ResourceType, resource: Resource) -> Resource:
    if resource.name != "BlackHoleCluster":
        return resource
    message = type(resource.message)()
    message.CopyFrom(resource.message)
    message.ClearField("name")
    return Resource.of(resource.name, resource.origin, message)


def test_a_sound_configuration_passes(case: Case, config: ProxyConfig) -> None:
    assert list(proofs(case, [config])) == []


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        (without_origin, "client.shop routes 80: no origin"),
        (
            without_endpoints,
            "client.shop clusters outbound|90||cart.shop.svc.cluster.local: endpoints outbound|90||cart",
        ),
        (all_of_one_name, "client.shop routes route: stands twice"),
        (without_name, "client.shop clusters BlackHoleCluster: name: value length must be at least 1"),
        (without_name, "client.shop clusters BlackHoleCluster: depends on the order of the input"),
        (without_name, "client.shop config dump: other resources, or another order"),
    ],
)
def test_a_fault_is_found(case: Case, config: ProxyConfig, change: Change, failure: str) -> None:
    found = list(proofs(case, [config.map(change)]))
    assert [text for text in found if text.startswith(failure)], found


def test_a_reference_that_is_listed_has_to_dangle(case: Case, config: ProxyConfig) -> None:
    listed = Case(case.folder, case.description, case.types, (*case.dangling, "client.shop routes 80: cluster x"))
    assert list(proofs(listed, [config])) == ["client.shop routes 80: cluster x: does not dangle, as case.yaml says"]
