"""What the schemas of Istio's kinds demand beyond types: documents in, findings out (spec: tooling 21).

Only what the checks of the kinds do not say anyway. A path leads through fields, `[]` to all items of a list, `{}` to
all values of a map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meshc.frozen import frozen
from meshc.resources.check.place import Place
from meshc.resources.decoding import MapKey
from meshc.source import Map, Seq


@frozen
class OneOf:
    """At most one of the fields of a mapping is set; proto JSON of several is no message."""

    path: str
    fields: tuple[str, ...]

    def check(self, at: Place) -> None:
        """Report every field but the first."""
        value = at.given
        given = [field for field in self.fields if isinstance(value, Map) and value.get(field) is not None]
        for field in given[1:]:
            (at / field).tell("MC0413", f"{field} cannot stand beside {given[0]}")


@frozen
class AtMost:
    """A list or map has no more entries, or a text no more characters, than that."""

    path: str
    count: int

    def check(self, at: Place) -> None:
        """Report what is longer."""
        value = at.given
        if isinstance(value, (str, list, dict)) and len(value) > self.count:
            what = "characters" if isinstance(value, str) else "entries"
            at.tell("MC0480", f"{len(value)} {what}; {self.count} are allowed")


Rule = OneOf | AtMost

_STRING_MATCH = ("exact", "prefix", "regex")
_MATCH = "spec.http[].match[]"
_STRING_MATCHES = ("uri", "scheme", "method", "authority", "headers{}", "queryParams{}", "withoutHeaders{}")
_POLICIES = (
    "spec.trafficPolicy",
    "spec.trafficPolicy.portLevelSettings[]",
    "spec.subsets[].trafficPolicy",
    "spec.subsets[].trafficPolicy.portLevelSettings[]",
)
_HASH_KEYS = ("httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName")
_TAG_SOURCES = ("literal", "environment", "header", "formatter")

_SELECTOR: tuple[Rule, ...] = (
    AtMost("spec.selector.matchLabels", 4096),
    AtMost("spec.selector.matchLabels{}", 63),
    AtMost("spec.targetRefs", 16),
    AtMost("spec.targetRefs[].kind", 63),
    AtMost("spec.targetRefs[].name", 253),
)
_WORKLOAD_SELECTOR: tuple[Rule, ...] = (
    AtMost("spec.workloadSelector.labels", 256),
    AtMost("spec.workloadSelector.labels{}", 63),
)

SCHEMAS: Mapping[str, tuple[Rule, ...]] = {
    "VirtualService": (
        *(OneOf(f"{_MATCH}.{field}", _STRING_MATCH) for field in _STRING_MATCHES),
        OneOf("spec.http[].corsPolicy.allowOrigins[]", _STRING_MATCH),
        OneOf("spec.http[].fault.abort", ("httpStatus", "grpcStatus", "http2Error")),
        OneOf("spec.http[].fault.delay", ("fixedDelay", "exponentialDelay")),
        OneOf("spec.http[].directResponse.body", ("string", "bytes")),
        OneOf("spec.http[].redirect", ("port", "derivePort")),
    ),
    "DestinationRule": (
        AtMost("spec.workloadSelector.matchLabels", 4096),
        AtMost("spec.trafficPolicy.portLevelSettings", 4096),
        *(OneOf(f"{policy}.loadBalancer", ("simple", "consistentHash")) for policy in _POLICIES),
        *(OneOf(f"{policy}.loadBalancer.consistentHash", _HASH_KEYS) for policy in _POLICIES),
        *(OneOf(f"{policy}.loadBalancer.consistentHash", ("ringHash", "maglev")) for policy in _POLICIES),
    ),
    "Gateway": (AtMost("spec.servers[].tls.credentialNames", 2),),
    "ServiceEntry": (
        *_WORKLOAD_SELECTOR,
        AtMost("spec.hosts", 256),
        AtMost("spec.addresses", 256),
        AtMost("spec.addresses[]", 64),
        AtMost("spec.ports", 256),
        AtMost("spec.endpoints", 4096),
    ),
    "WorkloadEntry": (AtMost("spec.serviceAccount", 253), AtMost("spec.ports", 128), AtMost("spec.labels", 256)),
    "WorkloadGroup": (OneOf("spec.probe", ("httpGet", "tcpSocket", "exec", "grpc")),),
    "Sidecar": _WORKLOAD_SELECTOR,
    "PeerAuthentication": _SELECTOR,
    "RequestAuthentication": (
        *_SELECTOR,
        AtMost("spec.jwtRules", 4096),
        AtMost("spec.jwtRules[].jwksUri", 2048),
        OneOf("spec.jwtRules[]", ("jwks", "jwksUri", "jwks_uri")),
    ),
    "AuthorizationPolicy": (*_SELECTOR, AtMost("spec.rules", 512), AtMost("spec.rules[].from", 512)),
    "Telemetry": (
        *_SELECTOR,
        OneOf("spec.metrics[].overrides[].match", ("metric", "customMetric")),
        OneOf("spec.tracing[].customTags{}", _TAG_SOURCES),
    ),
    "EnvoyFilter": (
        *_WORKLOAD_SELECTOR,
        OneOf("spec", ("targetRefs", "workloadSelector")),
        OneOf("spec.configPatches[].match", ("listener", "routeConfiguration", "cluster", "waypoint")),
    ),
    "WasmPlugin": (*_SELECTOR, AtMost("spec.vmConfig.env", 256), AtMost("spec.vmConfig.env[].value", 2048)),
    "TrafficExtension": (*_SELECTOR, OneOf("spec", ("wasm", "lua"))),
    "ProxyConfig": _SELECTOR,
}
"""Kind of an Istio object -> the rules of its schema."""


def check_schema(kind: str, root: Place) -> None:
    """Hold a document against the schema of its kind."""
    for rule in SCHEMAS.get(kind, ()):
        for place in _places(root, rule.path.replace("[]", ".[]").replace("{}", ".{}").split(".")):
            rule.check(place)


def _places(at: Place, steps: list[str]) -> Iterator[Place]:
    """Where a path leads to in a document."""
    if not steps:
        yield at
        return
    value, (step, *rest) = at.given, steps
    if step == "[]" and isinstance(value, Seq):
        for index in range(len(value)):
            yield from _places(at / index, rest)
    elif step == "{}" and isinstance(value, Map):
        for key in value:
            yield from _places(at / MapKey(key), rest)
    elif isinstance(value, Map) and step in value:
        yield from _places(at / step, rest)
