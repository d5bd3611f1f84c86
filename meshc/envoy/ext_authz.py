"""Filters that ask authorization services in, their configurations for HTTP and for TCP out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.rbac import metadata_matcher, string_matcher
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration
from meshc.ir.conditions import MetadataIs, TextKind, TextMatch
from meshc.ir.security import CheckedBody, ExtAuthz, GrpcAuthorizer, HttpAuthorizer, NetworkExtAuthz

_FILTERS = "envoy.extensions.filters"
_POLICY_ID = "istio_ext_authz_shadow_effective_policy_id"


def http_ext_authz(node: ExtAuthz) -> tuple[str, Any]:
    """Name and packed configuration of an HTTP filter."""
    config = message_class(f"{_FILTERS}.http.ext_authz.v3.ExtAuthz")(
        **_service(node.authorizer),
        failure_mode_allow=node.fail_open,
        clear_route_cache=node.clear_route_cache,
        status_on_error=None if node.error_status is None else {"code": node.error_status},
        with_request_body=None if node.body is None else _body(node.body),
        allowed_headers=_patterns(node.checked_headers),
        filter_enabled_metadata=_marked("envoy.filters.http.rbac", node.policy_prefix),
        transport_api_version="V3",
    )
    return "envoy.filters.http.ext_authz", pack(config)


def network_ext_authz(node: NetworkExtAuthz) -> tuple[str, Any]:
    """Name and packed configuration of a network filter."""
    config = message_class(f"{_FILTERS}.network.ext_authz.v3.ExtAuthz")(
        stat_prefix="tcp.",
        **_grpc(node.authorizer),
        failure_mode_allow=node.fail_open,
        filter_enabled_metadata=_marked("envoy.filters.network.rbac", node.policy_prefix),
        transport_api_version="V3",
    )
    return "envoy.filters.network.ext_authz", pack(config)


def _service(authorizer: GrpcAuthorizer | HttpAuthorizer) -> dict[str, Any]:
    return _grpc(authorizer) if isinstance(authorizer, GrpcAuthorizer) else _http(authorizer)


def _grpc(authorizer: GrpcAuthorizer) -> dict[str, Any]:
    service = {"cluster_name": authorizer.cluster, "authority": authorizer.authority}
    return {"grpc_service": {"envoy_grpc": service, "timeout": duration(authorizer.timeout)}}


def _http(authorizer: HttpAuthorizer) -> dict[str, Any]:
    uri = {"uri": authorizer.uri, "cluster": authorizer.cluster, "timeout": duration(authorizer.timeout)}
    service: dict[str, Any] = {"server_uri": uri, "path_prefix": authorizer.path_prefix}
    if authorizer.add_headers:
        headers = [{"key": key, "value": value} for key, value in authorizer.add_headers]
        service["authorization_request"] = {"headers_to_add": headers}
    answer = {
        "allowed_upstream_headers": _patterns(authorizer.upstream_headers),
        "allowed_client_headers": _patterns(authorizer.denied_client_headers),
        "allowed_client_headers_on_success": _patterns(authorizer.allowed_client_headers),
    }
    if any(answer.values()):
        service["authorization_response"] = answer
    return {"http_service": service}


def _patterns(matches: Sequence[TextMatch]) -> dict[str, Any] | None:
    return {"patterns": [string_matcher(match) for match in matches]} if matches else None


def _body(body: CheckedBody) -> dict[str, Any]:
    return {
        "max_request_bytes": body.max_bytes,
        "allow_partial_message": body.allow_partial,
        "pack_as_bytes": body.as_bytes,
    }


def _marked(rbac: str, policy_prefix: str) -> dict[str, Any]:
    """What the RBAC filter of that name found to match a policy with that prefix."""
    match = TextMatch(kind=TextKind.PREFIX, text=policy_prefix)
    return metadata_matcher(MetadataIs(filter=rbac, path=(_POLICY_ID,), match=match))
