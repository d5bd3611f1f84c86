"""Actions of routes in, the action fields of `envoy.config.route.v3.Route` out."""

from __future__ import annotations

from functools import cache
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration, wrapped
from meshc.ir.route_action import (
    Action,
    CookieHash,
    Denominator,
    DirectResponse,
    Forward,
    Fraction,
    HashPolicy,
    HeaderAddition,
    HeaderChanges,
    HeaderHash,
    Mirror,
    QueryHash,
    Redirect,
    RetryPolicy,
    SourceAddressHash,
    StreamDuration,
    WeightedCluster,
)

_REDIRECT_CODES = {
    301: "MOVED_PERMANENTLY",
    302: "FOUND",
    303: "SEE_OTHER",
    307: "TEMPORARY_REDIRECT",
    308: "PERMANENT_REDIRECT",
}
_PREVIOUS_HOSTS = "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
_PREVIOUS_PRIORITIES = "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"


def action(wanted: Action | None) -> dict[str, Any]:
    """The action of a route as its field; no field if the route has none."""
    match wanted:
        case Forward():
            return {"route": _forward(wanted)}
        case Redirect():
            return {"redirect": _redirect(wanted)}
        case DirectResponse():
            return {"direct_response": _direct_response(wanted)}
        case None:
            return {}


def header_changes(changes: HeaderChanges) -> dict[str, Any]:
    """Header changes as the four fields that routes and weighted clusters share."""
    return {
        "request_headers_to_add": [_addition(header) for header in changes.request_add],
        "request_headers_to_remove": changes.request_remove,
        "response_headers_to_add": [_addition(header) for header in changes.response_add],
        "response_headers_to_remove": changes.response_remove,
    }


def fraction(share: Fraction) -> dict[str, Any]:
    """An `envoy.type.v3.FractionalPercent`."""
    denominator = "MILLION" if share.denominator is Denominator.MILLION else "HUNDRED"
    return {"numerator": share.numerator, "denominator": denominator}


def _addition(header: HeaderAddition) -> dict[str, Any]:
    return {
        "header": {"key": header.name, "value": header.value},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD" if header.overwrite else "APPEND_IF_EXISTS_OR_ADD",
    }


def _forward(to: Forward) -> dict[str, Any]:
    regex = to.regex_rewrite
    fields: dict[str, Any] = {
        "timeout": duration(to.timeout),
        "max_grpc_timeout": duration(to.grpc_timeout_limit),
        "max_stream_duration": _stream_duration(to.stream_duration) if to.stream_duration is not None else None,
        "retry_policy": _retries(to.retries) if to.retries is not None else None,
        "prefix_rewrite": to.prefix_rewrite,
        "regex_rewrite": regex and {"pattern": {"regex": regex.pattern}, "substitution": regex.substitution},
        "append_x_forwarded_host": to.append_forwarded_host,
        "request_mirror_policies": [_mirror(mirror) for mirror in to.mirrors],
        "hash_policy": [_hash_policy(policy) for policy in to.hash_policies],
        "cluster_not_found_response_code": "INTERNAL_SERVER_ERROR" if to.missing_is_error else None,
    }
    if isinstance(to.to, str):
        fields["cluster"] = to.to
    else:
        fields["weighted_clusters"] = {"clusters": [_weighted(cluster) for cluster in to.to]}
    if to.host_rewrite:
        fields["host_rewrite_literal"] = to.host_rewrite
    return fields


def _weighted(cluster: WeightedCluster) -> dict[str, Any]:
    fields = {
        "name": cluster.cluster,
        "weight": wrapped(cluster.weight),
        **header_changes(cluster.headers),
    }
    if cluster.host_rewrite:
        fields["host_rewrite_literal"] = cluster.host_rewrite
    return fields


def _stream_duration(stream: StreamDuration) -> dict[str, Any]:
    return {
        "max_stream_duration": duration(stream.limit),
        "grpc_timeout_header_max": duration(stream.grpc_timeout_limit),
    }


def _retries(policy: RetryPolicy) -> dict[str, Any]:
    return {
        "retry_on": policy.retry_on,
        "num_retries": wrapped(policy.attempts),
        "per_try_timeout": duration(policy.per_try_timeout),
        "retry_priority": _previous_priorities() if policy.prefer_other_priorities else None,
        "retry_host_predicate": [_previous_hosts()] if policy.avoid_previous_hosts else None,
        "host_selection_retry_max_attempts": policy.host_attempts,
        "retriable_status_codes": policy.status_codes,
        "retry_back_off": {"base_interval": duration(policy.back_off)} if policy.back_off is not None else None,
    }


@cache
def _previous_hosts() -> dict[str, Any]:
    return {
        "name": "envoy.retry_host_predicates.previous_hosts",
        "typed_config": pack(message_class(_PREVIOUS_HOSTS)()),
    }


@cache
def _previous_priorities() -> dict[str, Any]:
    """Every second attempt looks at the priorities anew."""
    config = message_class(_PREVIOUS_PRIORITIES)(update_frequency=2)
    return {"name": "envoy.retry_priorities.previous_priorities", "typed_config": pack(config)}


def _mirror(mirror: Mirror) -> dict[str, Any]:
    return {
        "cluster": mirror.cluster,
        "runtime_fraction": {"default_value": fraction(mirror.share)},
        "trace_sampled": wrapped(False),
        "disable_shadow_host_suffix_append": mirror.keep_host,
    }


def _hash_policy(policy: HashPolicy) -> dict[str, Any]:
    match policy:
        case HeaderHash():
            return {"header": {"header_name": policy.header}}
        case CookieHash():
            attributes = [{"name": name, "value": value} for name, value in policy.attributes]
            cookie = {"name": policy.cookie, "path": policy.path, "ttl": duration(policy.ttl), "attributes": attributes}
            return {"cookie": cookie}
        case SourceAddressHash():
            return {"connection_properties": {"source_ip": policy.enabled}}
        case QueryHash():
            return {"query_parameter": {"name": policy.parameter}}


def _redirect(redirect: Redirect) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "host_redirect": redirect.host,
        "prefix_rewrite" if redirect.prefix_only else "path_redirect": redirect.path,
        "port_redirect": redirect.port,
        "response_code": _REDIRECT_CODES[redirect.code],
    }
    if redirect.scheme:
        fields["scheme_redirect"] = redirect.scheme
    return fields


def _direct_response(response: DirectResponse) -> dict[str, Any]:
    match response.body:
        case str():
            return {"status": response.status, "body": {"inline_string": response.body}}
        case bytes():
            return {"status": response.status, "body": {"inline_bytes": response.body}}
        case None:
            return {"status": response.status}
