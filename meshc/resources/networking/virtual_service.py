"""networking.istio.io VirtualService: how requests to hosts are routed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Double, Duration, Int32, Message, Object, UInt32, mapping, message, named, resource
from meshc.resources.networking.common import Destination, HTTPRetry, StringMatch


@message
class Percent(Message):
    """A percentage, 0 to 100."""

    value: Double = 0.0


@message
class HeaderOperations(Message):
    """Changes to headers; `set` replaces, `add` appends."""

    set: Mapping[str, str] = mapping()
    add: Mapping[str, str] = mapping()
    remove: tuple[str, ...] = ()


@message
class Headers(Message):
    """Changes to the headers of request and response."""

    request: HeaderOperations | None = None
    response: HeaderOperations | None = None


@message
class HTTPMatchRequest(Message):
    """`http[].match[]`: conditions that must all hold."""

    name: str = ""
    uri: StringMatch | None = None
    scheme: StringMatch | None = None
    method: StringMatch | None = None
    authority: StringMatch | None = None
    headers: Mapping[str, StringMatch] = mapping()
    port: UInt32 = 0
    source_labels: Mapping[str, str] = mapping()
    gateways: tuple[str, ...] = ()
    query_params: Mapping[str, StringMatch] = mapping()
    ignore_uri_case: bool = False
    without_headers: Mapping[str, StringMatch] = mapping()
    source_namespace: str = ""
    stat_prefix: str = ""


@message
class HTTPRouteDestination(Message):
    """`http[].route[]`: a weighted destination."""

    destination: Destination | None = None
    weight: Int32 = 0
    headers: Headers | None = None


@message
class HTTPRedirect(Message):
    """`http[].redirect`; of `port` and `derivePort` one is set."""

    uri: str = ""
    authority: str = ""
    port: UInt32 | None = None
    derive_port: Literal["FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"] | None = None
    scheme: str = ""
    redirect_code: UInt32 = 0


@message
class HTTPBody(Message):
    """Body of a direct response; one field is set."""

    string: str | None = None
    bytes_: bytes | None = named("bytes")


@message
class HTTPDirectResponse(Message):
    """`http[].directResponse`."""

    status: UInt32 = 0
    body: HTTPBody | None = None


@message
class Delegate(Message):
    """`http[].delegate`: the VirtualService that holds the routes below this one."""

    name: str = ""
    namespace: str = ""


@message
class RegexRewrite(Message):
    """`rewrite.uriRegexRewrite`."""

    match: str = ""
    rewrite: str = ""


@message
class HTTPRewrite(Message):
    """`http[].rewrite`."""

    uri: str = ""
    authority: str = ""
    uri_regex_rewrite: RegexRewrite | None = None


@message
class HTTPFaultDelay(Message):
    """`fault.delay`; `percent` is the deprecated whole number, `exponentialDelay` has no effect."""

    percent: Int32 = 0
    fixed_delay: Duration | None = None
    exponential_delay: Duration | None = None
    percentage: Percent | None = None


GRPC_STATUSES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
"""The statuses of gRPC by name; the place of each is its number."""


@message
class HTTPFaultAbort(Message):
    """`fault.abort`; one of the error fields is set."""

    http_status: Int32 | None = None
    grpc_status: str | None = None
    http2_error: str | None = None
    percentage: Percent | None = None


@message
class HTTPFaultInjection(Message):
    """`http[].fault`."""

    delay: HTTPFaultDelay | None = None
    abort: HTTPFaultAbort | None = None


@message
class HTTPMirrorPolicy(Message):
    """`http[].mirrors[]`."""

    destination: Destination | None = None
    percentage: Percent | None = None


@message
class CorsPolicy(Message):
    """`http[].corsPolicy`; `allowOrigin` is the deprecated list of exact origins."""

    allow_origin: tuple[str, ...] = ()
    allow_origins: tuple[StringMatch, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age: Duration | None = None
    allow_credentials: bool | None = None
    unmatched_preflights: Literal["UNSPECIFIED", "FORWARD", "IGNORE"] = "UNSPECIFIED"


@message
class HTTPRoute(Message):
    """`http[]`: what happens to requests that any of `match` holds for."""

    name: str = ""
    match: tuple[HTTPMatchRequest, ...] = ()
    route: tuple[HTTPRouteDestination, ...] = ()
    redirect: HTTPRedirect | None = None
    direct_response: HTTPDirectResponse | None = None
    delegate: Delegate | None = None
    rewrite: HTTPRewrite | None = None
    timeout: Duration | None = None
    retries: HTTPRetry | None = None
    fault: HTTPFaultInjection | None = None
    mirror: Destination | None = None
    mirrors: tuple[HTTPMirrorPolicy, ...] = ()
    mirror_percent: UInt32 | None = named("mirrorPercent", None, "mirror_percent")
    mirror_percentage: Percent | None = None
    cors_policy: CorsPolicy | None = None
    headers: Headers | None = None


@message
class RouteDestination(Message):
    """`tls[].route[]` and `tcp[].route[]`."""

    destination: Destination | None = None
    weight: Int32 = 0


@message
class L4MatchAttributes(Message):
    """`tcp[].match[]`; `sourceSubnet` is accepted and has no effect."""

    destination_subnets: tuple[str, ...] = ()
    port: UInt32 = 0
    source_subnet: str = ""
    source_labels: Mapping[str, str] = mapping()
    gateways: tuple[str, ...] = ()
    source_namespace: str = ""


@message
class TLSMatchAttributes(Message):
    """`tls[].match[]`."""

    sni_hosts: tuple[str, ...] = ()
    destination_subnets: tuple[str, ...] = ()
    port: UInt32 = 0
    source_labels: Mapping[str, str] = mapping()
    gateways: tuple[str, ...] = ()
    source_namespace: str = ""


@message
class TLSRoute(Message):
    """`tls[]`."""

    match: tuple[TLSMatchAttributes, ...] = ()
    route: tuple[RouteDestination, ...] = ()


@message
class TCPRoute(Message):
    """`tcp[]`."""

    match: tuple[L4MatchAttributes, ...] = ()
    route: tuple[RouteDestination, ...] = ()


@message
class VirtualServiceSpec(Message):
    """`spec` of a VirtualService."""

    hosts: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    http: tuple[HTTPRoute, ...] = ()
    tls: tuple[TLSRoute, ...] = ()
    tcp: tuple[TCPRoute, ...] = ()
    export_to: tuple[str, ...] = ()


@resource("networking.istio.io", "v1", "v1beta1", "v1alpha3")
class VirtualService(Object):
    """Routing rules for hosts."""

    spec: VirtualServiceSpec = VirtualServiceSpec()
