"""The kinds: which there are, that every field of theirs can be decoded, and what they have when a field is absent."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator

import pytest

from meshc.findings import Sink
from meshc.resources.decode import decoder
from meshc.resources.load import APIS, Objects, load
from meshc.resources.mesh_config import MeshConfig, MeshNetworks
from meshc.resources.message import (
    CLUSTER_SCOPED,
    RESOURCES,
    VERSIONS,
    Duration,
    Message,
    Object,
    default_values,
    json_name,
    message,
)
from meshc.resources.networking import DestinationRule, VirtualService
from meshc.resources.networking.virtual_service import HTTPMatchRequest
from meshc.source import documents_of_text

ALL = ("v1", "v1beta1", "v1alpha3")

SERVED = {
    ("", "ConfigMap"): ("v1",),
    ("", "Endpoints"): ("v1",),
    ("", "Namespace"): ("v1",),
    ("", "Node"): ("v1",),
    ("", "Pod"): ("v1",),
    ("", "ReplicationController"): ("v1",),
    ("", "Secret"): ("v1",),
    ("", "Service"): ("v1",),
    ("", "ServiceAccount"): ("v1",),
    ("apps", "DaemonSet"): ("v1",),
    ("apps", "Deployment"): ("v1",),
    ("apps", "ReplicaSet"): ("v1",),
    ("apps", "StatefulSet"): ("v1",),
    ("batch", "Job"): ("v1",),
    ("discovery.k8s.io", "EndpointSlice"): ("v1",),
    ("extensions.istio.io", "TrafficExtension"): ("v1alpha1",),
    ("extensions.istio.io", "WasmPlugin"): ("v1alpha1",),
    ("networking.istio.io", "DestinationRule"): ALL,
    ("networking.istio.io", "EnvoyFilter"): ("v1alpha3",),
    ("networking.istio.io", "Gateway"): ALL,
    ("networking.istio.io", "ProxyConfig"): ("v1beta1",),
    ("networking.istio.io", "ServiceEntry"): ALL,
    ("networking.istio.io", "Sidecar"): ALL,
    ("networking.istio.io", "VirtualService"): ALL,
    ("networking.istio.io", "WorkloadEntry"): ALL,
    ("networking.istio.io", "WorkloadGroup"): ALL,
    ("security.istio.io", "AuthorizationPolicy"): ("v1", "v1beta1"),
    ("security.istio.io", "PeerAuthentication"): ("v1", "v1beta1"),
    ("security.istio.io", "RequestAuthentication"): ("v1", "v1beta1"),
    ("telemetry.istio.io", "Telemetry"): ("v1", "v1alpha1"),
}


def messages_of(cls: type[Message], known: set[type[Message]]) -> Iterator[type[Message]]:
    """The class and every message class that its fields lead to."""
    if cls in known:
        return
    known.add(cls)
    yield cls
    for hint in typing.get_type_hints(cls, include_extras=True).values():
        for part in parts_of(hint):
            yield from messages_of(part, known)


def parts_of(hint: object) -> Iterator[type[Message]]:
    if isinstance(hint, type) and issubclass(hint, Message):
        yield hint
    for argument in typing.get_args(hint):
        yield from parts_of(argument)


KNOWN: set[type[Message]] = set()
MESSAGES = [m for root in [*RESOURCES.values(), MeshConfig, MeshNetworks] for m in messages_of(root, KNOWN)]
PROTO = [m for m in MESSAGES if not m.OPEN and not issubclass(m, Object) and m.__name__ != "Meta"]


def load_text(text: str) -> tuple[Objects, list[str]]:
    sink = Sink()
    objects = load(documents_of_text(text, "in.yaml", sink), sink)
    return objects, [f"{finding.code} {finding.origin.field}: {finding.message}" for finding in sink]


def test_kinds_and_versions() -> None:
    assert len(APIS) >= 7
    assert {key: VERSIONS[key] for key in SERVED} == SERVED
    assert {kind for group, kind in CLUSTER_SCOPED if not group} == {"Namespace", "Node"}


def test_every_field_has_a_decoder_and_a_json_name_of_its_own() -> None:
    assert len(MESSAGES) > 200
    for cls in MESSAGES:
        hints = typing.get_type_hints(cls, include_extras=True)
        fields = [declared for declared in dataclasses.fields(cls) if declared.name != "at"]
        assert all(callable(decoder(hints[declared.name])) for declared in fields), cls
        assert len({json_name(declared) for declared in fields}) == len(fields), cls


def test_every_message_says_what_it_is() -> None:
    assert [cls.__name__ for cls in MESSAGES if not cls.__doc__ or cls.__doc__.startswith(f"{cls.__name__}(")] == []


def test_absent_fields_of_protobuf_messages_are_zero() -> None:
    for cls in PROTO:
        hints = typing.get_type_hints(cls)
        for name, default in default_values(cls).items():
            choices = typing.get_args(hints[name]) if typing.get_origin(hints[name]) is typing.Literal else ()
            assert not default or isinstance(default, Message) or default == choices[0], (cls, name)


def test_messages_are_frozen_and_compare_by_identity() -> None:
    match = HTTPMatchRequest(name="a")
    assert match != HTTPMatchRequest(name="a")
    assert {match: 1}[match] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        match.name = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del match.name
    assert dataclasses.replace(match, port=80).name == "a"
    assert repr(match) == "HTTPMatchRequest(name='a')"


def test_constructor_takes_the_declared_fields_only() -> None:
    with pytest.raises(TypeError, match="HTTPMatchRequest has no field uris"):
        HTTPMatchRequest(uris=None)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="VirtualService needs meta"):
        VirtualService()  # type: ignore[call-arg]


def test_maps_of_messages_that_are_absent_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        HTTPMatchRequest().headers["x"] = None  # type: ignore[index]


def test_subclass_of_a_message_keeps_its_fields() -> None:
    @message
    class Narrow(HTTPMatchRequest):
        """A match with a note."""

        note: str = "none"

    assert Narrow(name="a").note == "none"
    assert list(default_values(Narrow))[-1] == "note"


NAMES = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: names, namespace: shop}
spec:
  http:
  - mirror_percent: 5
    directResponse: {status: 503, body: {bytes: aGk=}}
    match:
    - headers: {x-user: {exact: jason}, x-any: {}}
      withoutHeaders: {x-no: {regex: .*}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: names, namespace: shop}
spec:
  host: h
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 0, interval: 1.5s}
    connectionPool: {http: {http1MaxPendingRequests: 1, h2UpgradePolicy: UPGRADE}, tcp: {idleTimeout: 0s}}
    loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}]}}
"""


def test_names_that_are_no_plain_camel_case() -> None:
    objects, findings = load_text(NAMES)
    assert findings == []
    route = objects.by_kind(VirtualService)[0].spec.http[0]
    assert route.mirror_percent == 5
    assert route.direct_response is not None and route.direct_response.body is not None
    assert route.direct_response.body.bytes_ == b"hi"
    assert route.match[0].headers["x-any"].exact is None
    assert route.match[0].headers["x-user"].exact == "jason"
    policy = objects.by_kind(DestinationRule)[0].spec.traffic_policy
    assert policy is not None and policy.outlier_detection and policy.connection_pool and policy.load_balancer
    assert policy.outlier_detection.consecutive_5xx_errors == 0
    assert policy.outlier_detection.consecutive_gateway_errors is None
    assert policy.outlier_detection.interval == Duration(1_500_000_000)
    assert policy.connection_pool.http is not None and policy.connection_pool.http.http1_max_pending_requests == 1
    assert policy.connection_pool.tcp is not None and policy.connection_pool.tcp.idle_timeout == 0
    assert policy.connection_pool.tcp.connect_timeout is None
    assert policy.load_balancer.locality_lb_setting is not None
    assert policy.load_balancer.locality_lb_setting.failover[0].from_ == "a"


def test_kubernetes_kinds_ignore_fields_that_istio_kinds_refuse() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {dnsPolicy: Default, volumes: []}\n"
    assert load_text(pod)[1] == []
    rule = pod.replace("v1\nkind: Pod", "networking.istio.io/v1\nkind: Sidecar").replace("volumes", "egres")
    assert [finding.split(":")[0] for finding in load_text(rule)[1]] == ["MC0201 spec.dnsPolicy", "MC0201 spec.egres"]
