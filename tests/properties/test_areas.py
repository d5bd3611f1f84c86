"""Random objects of each area in a small mesh: in any order they compile to what Envoy accepts, and nothing dangles."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshc.resources.message import Object
from meshc.resources.networking import DestinationRule, ServiceEntry, Sidecar, VirtualService, WorkloadEntry
from meshc.resources.security import AuthorizationPolicy, PeerAuthentication, RequestAuthentication
from meshc.resources.telemetry import Telemetry
from tests.properties.objects import Strategy, manifests
from tests.properties.proofs import Manifest, accepted, prove

NETWORKING, SECURITY, TELEMETRY = "networking.istio.io/v1", "security.istio.io/v1", "telemetry.istio.io/v1"

AREAS: dict[str, tuple[tuple[type[Object], str], ...]] = {
    "clusters": ((DestinationRule, NETWORKING),),
    "endpoints": ((ServiceEntry, NETWORKING), (WorkloadEntry, NETWORKING), (DestinationRule, NETWORKING)),
    "routes": ((VirtualService, NETWORKING), (DestinationRule, NETWORKING)),
    "listeners": ((VirtualService, NETWORKING), (ServiceEntry, NETWORKING), (Telemetry, TELEMETRY)),
    "inbound": ((PeerAuthentication, SECURITY), (Sidecar, NETWORKING), (DestinationRule, NETWORKING)),
    "sidecar": ((Sidecar, NETWORKING), (VirtualService, NETWORKING), (ServiceEntry, NETWORKING)),
    "serviceentry": ((ServiceEntry, NETWORKING),),
    "security": ((AuthorizationPolicy, SECURITY), (RequestAuthentication, SECURITY), (PeerAuthentication, SECURITY)),
}


def objects(area: str) -> Strategy:
    kinds = st.one_of(*(manifests(cls, version) for cls, version in AREAS[area]))
    return st.lists(kinds, min_size=1, max_size=5)


@pytest.mark.parametrize("area", AREAS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_random_objects(area: str, data: st.DataObject) -> None:
    made: list[Manifest] = data.draw(objects(area))
    prove(accepted(made))
