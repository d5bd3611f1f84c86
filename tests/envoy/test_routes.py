"""Routes as Envoy messages, where recorded answers of sidecars have no example."""

from __future__ import annotations

from typing import cast

from meshc.envoy.encode import to_value
from meshc.envoy.route_actions import action
from meshc.envoy.route_matches import route_match
from meshc.envoy.routes import route_configuration
from meshc.envoy.schema import message_class
from meshc.findings import Origin
from meshc.ir.route_action import Forward, Redirect, SourceAddressHash
from meshc.ir.route_match import ANY_PATH, ClaimMatch, MatchKind, RouteMatch, StringMatch
from meshc.lower.routes.inbound import inbound_routes
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol


class _Memo:
    def __init__(self) -> None:
        self.memo: dict[object, object] = {}


def _inbound(protocol: Protocol) -> dict[str, object]:
    node = inbound_routes(cast(Mesh, _Memo()), "inbound|8080||", "svc.ns.svc.cluster.local", 80, protocol, Origin())
    made: dict[str, object] = to_value(route_configuration(node))
    return made


def test_inbound_routes() -> None:
    assert _inbound(Protocol.HTTP) == {
        "name": "inbound|8080||",
        "virtualHosts": [
            {
                "name": "inbound|http|80",
                "domains": ["*"],
                "routes": [
                    {
                        "name": "default",
                        "match": {"prefix": "/"},
                        "route": {
                            "cluster": "inbound|8080||",
                            "timeout": "0s",
                            "retryPolicy": {"retryOn": "reset-before-request", "numRetries": 2},
                            "maxStreamDuration": {"maxStreamDuration": "0s", "grpcTimeoutHeaderMax": "0s"},
                        },
                        "decorator": {"operation": "svc.ns.svc.cluster.local:80/*"},
                    }
                ],
            }
        ],
        "validateClusters": False,
    }


def test_grpc_is_not_retried_inbound() -> None:
    assert "retryPolicy" not in str(_inbound(Protocol.GRPC))
    assert "retryPolicy" not in str(_inbound(Protocol.GRPC_WEB))


def test_claims_are_matched_in_the_metadata_of_the_jwt_filter() -> None:
    claim = ClaimMatch(path=("x", "y"), match=StringMatch(kind=MatchKind.EXACT, text="v"), invert=True)
    fields = route_match(RouteMatch(path=ANY_PATH, claims=(claim,)))
    assert to_value(message_class("envoy.config.route.v3.RouteMatch")(**fields))["dynamicMetadata"] == [
        {
            "filter": "envoy.filters.http.jwt_authn",
            "path": [{"key": "payload"}, {"key": "x"}, {"key": "y"}],
            "value": {
                "orMatch": {
                    "valueMatchers": [
                        {"listMatch": {"oneOf": {"stringMatch": {"exact": "v"}}}},
                        {"stringMatch": {"exact": "v"}},
                    ]
                }
            },
            "invert": True,
        }
    ]


def test_fields_that_are_written_although_they_are_empty() -> None:
    route = message_class("envoy.config.route.v3.Route")
    assert to_value(route(**action(Redirect(path="", host="a.example.com")))) == {
        "redirect": {"hostRedirect": "a.example.com", "pathRedirect": ""}
    }
    forward = Forward(to=(), timeout=0, hash_policies=(SourceAddressHash(enabled=False),))
    assert to_value(route(**action(forward))) == {
        "route": {"weightedClusters": {}, "timeout": "0s", "hashPolicy": [{"connectionProperties": {}}]}
    }
    empty = RouteMatch(path=StringMatch(kind=MatchKind.PREFIX, text=""))
    assert to_value(message_class("envoy.config.route.v3.RouteMatch")(**route_match(empty))) == {"prefix": ""}


def test_what_only_routes_of_other_apis_have() -> None:
    route = message_class("envoy.config.route.v3.Route")
    segments = RouteMatch(path=StringMatch(kind=MatchKind.SEGMENTS, text="/a"))
    assert to_value(route(match=route_match(segments))) == {"match": {"pathSeparatedPrefix": "/a"}}
    redirect = Redirect(path="", prefix_only=True)
    assert to_value(route(**action(redirect))) == {"redirect": {"prefixRewrite": ""}}
    forward = Forward(to="x", timeout=0, missing_is_error=True)
    assert to_value(route(**action(forward))) == {
        "route": {"cluster": "x", "timeout": "0s", "clusterNotFoundResponseCode": "INTERNAL_SERVER_ERROR"}
    }
