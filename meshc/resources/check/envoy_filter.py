"""EnvoyFilters in, what istiod holds against them out, but for the patches' own content (spec: tooling 20)."""

from __future__ import annotations

from meshc.resources.check.go_regexp import regexp_fault
from meshc.resources.check.place import Place
from meshc.resources.check.selectors import check_selector
from meshc.resources.networking import EnvoyFilter
from meshc.resources.networking.envoy_filter import EnvoyConfigObjectMatch, EnvoyConfigObjectPatch, FilterMatch

HCM = ("envoy.filters.network.http_connection_manager", "envoy.http_connection_manager")

_LISTENER_CLASS = ("LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER")
_ROUTE_CLASS = ("ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE")

DEPRECATED_NAMES = {
    "envoy.buffer": "envoy.filters.http.buffer",
    "envoy.client_ssl_auth": "envoy.filters.network.client_ssl_auth",
    "envoy.cors": "envoy.filters.http.cors",
    "envoy.csrf": "envoy.filters.http.csrf",
    "envoy.echo": "envoy.filters.network.echo",
    "envoy.ext_authz": "envoy.filters.network.ext_authz",
    "envoy.fault": "envoy.filters.http.fault",
    "envoy.grpc_http1_bridge": "envoy.filters.http.grpc_http1_bridge",
    "envoy.grpc_json_transcoder": "envoy.filters.http.grpc_json_transcoder",
    "envoy.grpc_web": "envoy.filters.http.grpc_web",
    "envoy.gzip": "envoy.filters.http.compressor",
    "envoy.health_check": "envoy.filters.http.health_check",
    "envoy.http_connection_manager": "envoy.filters.network.http_connection_manager",
    "envoy.ip_tagging": "envoy.filters.http.ip_tagging",
    "envoy.listener.http_inspector": "envoy.filters.listener.http_inspector",
    "envoy.listener.original_dst": "envoy.filters.listener.original_dst",
    "envoy.listener.original_src": "envoy.filters.listener.original_src",
    "envoy.listener.proxy_protocol": "envoy.filters.listener.proxy_protocol",
    "envoy.listener.tls_inspector": "envoy.filters.listener.tls_inspector",
    "envoy.lua": "envoy.filters.http.lua",
    "envoy.mongo_proxy": "envoy.filters.network.mongo_proxy",
    "envoy.rate_limit": "envoy.filters.http.ratelimit",
    "envoy.ratelimit": "envoy.filters.network.ratelimit",
    "envoy.redis_proxy": "envoy.filters.network.redis_proxy",
    "envoy.router": "envoy.filters.http.router",
    "envoy.squash": "envoy.filters.http.squash",
    "envoy.tcp_proxy": "envoy.filters.network.tcp_proxy",
}
"""Filters by the names that Envoy no longer uses, and by those that it does."""


def check_envoy_filter(resource: EnvoyFilter, root: Place) -> None:
    """Selector and patches; those for waypoints are not looked at."""
    at, spec = root / "spec", resource.spec
    root.tell("MC0450", "patches depend on how Envoy is configured inside, which may change with every release")
    selector = spec.workload_selector
    if not check_selector(at / "workloadSelector", selector.labels if selector is not None else None, "labels"):
        return
    for entry, patch in at.each("configPatches", spec.config_patches):
        if patch.match is None or patch.match.context != "WAYPOINT":
            _check_patch(entry, patch)


def _check_patch(at: Place, entry: EnvoyConfigObjectPatch) -> None:
    patch, match = entry.patch, entry.match
    if not (at / "applyTo").need(entry.apply_to != "INVALID", "applyTo"):
        return
    if not (at / "patch").need(patch is not None, "patch") or patch is None:
        return
    if not (at / "patch" / "operation").need(patch.operation != "INVALID", "operation"):
        return
    if not (at / "patch" / "value").need(patch.operation == "REMOVE" or patch.value is not None, "value"):
        return
    if match is None:
        return
    version = match.proxy.proxy_version if match.proxy is not None else ""
    if (at / "match" / "proxy" / "proxyVersion").judge("MC0418", regexp_fault(version)):
        _check_match(at / "match", entry.apply_to, match)


def _check_match(at: Place, apply_to: str, match: EnvoyConfigObjectMatch) -> None:
    """What is looked for must be of the class that is patched."""
    given = {
        "listener": match.listener is not None,
        "routeConfiguration": match.route_configuration is not None,
        "cluster": match.cluster is not None,
        "waypoint": match.waypoint is not None,
    }
    fitting = {"CLUSTER": "cluster", **dict.fromkeys(_LISTENER_CLASS, "listener")}
    fitting |= dict.fromkeys(_ROUTE_CLASS, "routeConfiguration")
    wanted = fitting.get(apply_to)
    if wanted is not None and any(given.values()) and not given[wanted]:
        field = next(name for name, present in given.items() if present)
        (at / field).tell("MC0424", f"a match of {field} does not fit applyTo {apply_to}")
    chain = match.listener.filter_chain if match.listener is not None else None
    if apply_to in _LISTENER_CLASS and chain is not None and chain.filter is not None:
        _check_filter(at / "listener" / "filterChain" / "filter", apply_to, chain.filter)


def _check_filter(at: Place, apply_to: str, match: FilterMatch) -> None:
    if apply_to in ("LISTENER", "FILTER_CHAIN"):
        at.tell("MC0465", f"a match of filters has no effect on applyTo {apply_to}")
    if not (at / "name").need(match.name, "the name of the filter"):
        return
    inner = match.sub_filter
    if inner is not None:
        place = at / "subFilter"
        if apply_to != "HTTP_FILTER":
            place.tell("MC0424", f"subFilter does not fit applyTo {apply_to}")
            return
        if match.name not in HCM:
            place.tell("MC0424", f"subFilter does not fit the filter {match.name}, which has no HTTP filters")
            return
        if not (place / "name").need(inner.name, "the name of the filter"):
            return
        check_filter_name(place / "name", inner.name)
    check_filter_name(at / "name", match.name)


def check_filter_name(at: Place, name: str) -> None:
    """The name of a filter is not one that Envoy gave up."""
    newer = DEPRECATED_NAMES.get(name)
    if newer is not None:
        at.tell("MC0451", f"the filter name {name} is deprecated", f"use {newer}")
