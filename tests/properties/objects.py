"""Random objects of Istio's kinds, generated from the declarations of the kinds themselves."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union

from hypothesis import strategies as st

from meshc.resources import security
from meshc.resources.message import Duration, Message, Object, json_name
from meshc.resources.networking import common, destination_rule, service_entry, sidecar, virtual_service
from meshc.resources.networking import gateway as gateways
from meshc.resources.selector import PortSelector
from tests.properties.repairs import repaired
from tests.properties.values import BY_FIELD, BY_NAME, KEYS, LABELS, NAMESPACES

Strategy = st.SearchStrategy[Any]

DURATIONS = ("1s", "250ms", "30s", "1h")

ONE_OF: dict[type, tuple[tuple[str, ...], ...]] = {
    common.StringMatch: (("exact", "prefix", "regex"),),
    virtual_service.HTTPRoute: (("route", "route", "route", "redirect", "direct_response"), ("mirror", "mirrors")),
    virtual_service.HTTPFaultAbort: (("http_status", "grpc_status"),),
    virtual_service.HTTPRedirect: (("uri", "authority", "port", "derive_port"),),
    virtual_service.HTTPRewrite: (("uri", "authority", "uri_regex_rewrite"),),
    virtual_service.HTTPBody: (("string",),),
    destination_rule.LoadBalancerSettings: (("simple", "consistent_hash"),),
    destination_rule.ConsistentHashLB: (
        ("http_header_name", "http_cookie", "use_source_ip", "http_query_parameter_name"),
        ("ring_hash", "maglev"),
    ),
    virtual_service.VirtualServiceSpec: (("http", "http", "tcp", "tls"),),
}
"""Class -> groups of attributes of which exactly one is set."""

REQUIRED: dict[type, tuple[str, ...]] = {
    common.Destination: ("host",),
    virtual_service.VirtualServiceSpec: ("hosts",),
    virtual_service.HTTPRouteDestination: ("destination",),
    virtual_service.HTTPMirrorPolicy: ("destination",),
    virtual_service.RouteDestination: ("destination",),
    virtual_service.HTTPDirectResponse: ("status",),
    virtual_service.TLSRoute: ("match", "route"),
    virtual_service.TLSMatchAttributes: ("sni_hosts",),
    virtual_service.TCPRoute: ("route",),
    destination_rule.DestinationRuleSpec: ("host",),
    destination_rule.Subset: ("labels",),
    destination_rule.PortTrafficPolicy: ("port", "connection_pool"),
    destination_rule.OutlierDetection: ("consecutive_5xx_errors",),
    common.ConnectionPoolSettings: ("tcp",),
    PortSelector: ("number",),
    security.JWTRule: ("issuer", "jwks"),
    security.RuleFrom: ("source",),
    security.RuleTo: ("operation",),
    security.Source: ("principals",),
    security.Operation: ("ports",),
    security.Condition: ("key", "values"),
    security.ClaimToHeader: ("header", "claim"),
    security.AuthorizationPolicySpec: ("rules",),
    security.JWTHeader: ("name",),
    sidecar.SidecarSpec: ("egress",),
    destination_rule.TunnelSettings: ("protocol", "target_host", "target_port"),
    destination_rule.WarmupConfiguration: ("duration",),
    destination_rule.HTTPCookie: ("name",),
    service_entry.ServiceEntrySpec: ("hosts", "ports", "resolution"),
    service_entry.ServicePort: ("number", "protocol"),
    service_entry.WorkloadEntrySpec: ("address",),
    sidecar.IstioEgressListener: ("hosts",),
    sidecar.IstioIngressListener: ("port",),
    sidecar.SidecarPort: ("number", "protocol"),
    gateways.Server: ("hosts", "port"),
}
"""Class -> attributes that are always set."""

NEVER = frozenset(
    (
        "VirtualServiceSpec.gateways",
        "HTTPRoute.delegate",
        "HTTPMatchRequest.name",
        "SidecarPort.targetPort",
        "SidecarPort.name",
        "IstioIngressListener.tls",
        "HTTPFaultDelay.exponentialDelay",
        "HTTPFaultAbort.http2Error",
        "ServiceEntrySpec.workloadSelector",
        "JWTRule.jwksUri",
        "AuthorizationPolicySpec.provider",
        "AuthorizationPolicySpec.targetRef",
        "AuthorizationPolicySpec.targetRefs",
        "RequestAuthenticationSpec.targetRef",
        "RequestAuthenticationSpec.targetRefs",
        "TelemetrySpec.targetRef",
        "TelemetrySpec.targetRefs",
    )
)
"""Fields that would lead out of the small mesh, or that admission always refuses."""


def manifests(cls: type[Object], api_version: str) -> Strategy:
    """Manifests of a kind, of some name and namespace, created at some time or none."""
    spec = typing.get_type_hints(cls, include_extras=True)["spec"]
    metadata = st.fixed_dictionaries(
        {"name": st.sampled_from(("a", "b", "c", "d")), "namespace": st.sampled_from(NAMESPACES)},
        optional={"creationTimestamp": st.sampled_from(("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))},
    )
    return st.fixed_dictionaries(
        {
            "apiVersion": st.just(api_version),
            "kind": st.just(cls.__name__),
            "metadata": metadata,
            "spec": messages(spec).map(lambda made: repaired(cls.__name__, made)),
        }
    )


@st.composite
def messages(draw: st.DrawFn, cls: type[Message]) -> dict[str, Any]:
    """Values of a message: what it needs, and a few of its other fields."""
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.name != "at"}
    grouped = {name for group in ONE_OF.get(cls, ()) for name in group}
    chosen = [*REQUIRED.get(cls, ())]
    chosen += [draw(st.sampled_from(group)) for group in ONE_OF.get(cls, ())]
    others = [name for name in fields if name not in {*grouped, *chosen} and not _is_left_out(cls, fields[name])]
    if others:
        chosen += draw(st.lists(st.sampled_from(others), max_size=3, unique=True))
    return {
        json_name(fields[name]): draw(_field(cls, fields[name], hints[name]))
        for name in dict.fromkeys(chosen)
        if name in fields and not _is_left_out(cls, fields[name])
    }


def _is_left_out(cls: type[Message], field: dataclasses.Field[Any]) -> bool:
    return f"{cls.__name__}.{json_name(field)}" in NEVER


def _field(cls: type[Message], field: dataclasses.Field[Any], hint: Any) -> Strategy:
    name = json_name(field)
    pool = BY_FIELD.get(f"{cls.__name__}.{name}") or BY_NAME.get(_positive(name))
    if name == "exportTo":
        return st.sampled_from((["*"], ["."], ["data"], ["shop", "data"]))
    return _value(hint, pool, KEYS.get(field.name, ("a", "b")))


def _positive(name: str) -> str:
    """`notPorts` has the values of `ports`."""
    bare = name.removeprefix("not")
    return bare[0].lower() + bare[1:] if bare != name and bare[:1].isupper() else name


def _value(hint: Any, pool: tuple[Any, ...] | None, keys: tuple[str, ...]) -> Strategy:
    """Values of a declared type; texts and numbers are of the pool if there is one."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        return _value(next(a for a in arguments if a is not type(None)), pool, keys)
    if origin is tuple:
        return st.lists(_value(arguments[0], pool, keys), min_size=1, max_size=2, unique_by=repr)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        values = _value(arguments[1], pool or LABELS, keys)
        return st.dictionaries(st.sampled_from(keys), values, min_size=1, max_size=2)
    if origin is Literal:
        return st.sampled_from([name for name in arguments if name])
    if isinstance(hint, type) and issubclass(hint, Message):
        return messages(hint)
    return _scalar(hint, pool)


def _scalar(hint: Any, pool: tuple[Any, ...] | None) -> Strategy:
    if hint is Duration:
        return st.sampled_from(DURATIONS)
    if hint is bool:
        return st.booleans()
    if hint is float:
        return st.sampled_from((0, 0.5, 10, 100))
    wanted = str if hint is str else int
    fitting = [value for value in pool or () if isinstance(value, wanted)]
    if fitting:
        return st.sampled_from(fitting)
    return st.sampled_from(("one", "two")) if wanted is str else st.sampled_from((1, 10, 100))
