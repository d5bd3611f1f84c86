"""networking.istio.io EnvoyFilter: patches of the generated Envoy configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Int32, Message, Object, Struct, UInt32, mapping, message, resource
from meshc.resources.networking.common import WorkloadSelector
from meshc.resources.selector import PolicyTargetReference

ApplyTo = Literal[
    "INVALID",
    "LISTENER",
    "FILTER_CHAIN",
    "NETWORK_FILTER",
    "HTTP_FILTER",
    "ROUTE_CONFIGURATION",
    "VIRTUAL_HOST",
    "HTTP_ROUTE",
    "CLUSTER",
    "EXTENSION_CONFIG",
    "BOOTSTRAP",
    "LISTENER_FILTER",
]


@message
class ProxyMatch(Message):
    """Proxies by version (a regular expression) and node metadata."""

    proxy_version: str = ""
    metadata: Mapping[str, str] = mapping()


@message
class SubFilterMatch(Message):
    """A filter inside of a network filter: an HTTP filter of the connection manager."""

    name: str = ""


@message
class FilterMatch(Message):
    """A network filter."""

    name: str = ""
    sub_filter: SubFilterMatch | None = None


@message
class FilterChainMatch(Message):
    """A filter chain of a listener."""

    name: str = ""
    sni: str = ""
    transport_protocol: str = ""
    application_protocols: str = ""
    filter: FilterMatch | None = None
    destination_port: UInt32 = 0


@message
class ListenerMatch(Message):
    """A listener, and what to find in it."""

    port_number: UInt32 = 0
    port_name: str = ""
    filter_chain: FilterChainMatch | None = None
    listener_filter: str = ""
    name: str = ""


@message
class RouteMatch(Message):
    """A route of a virtual host."""

    name: str = ""
    action: Literal["ANY", "ROUTE", "REDIRECT", "DIRECT_RESPONSE"] = "ANY"


@message
class VirtualHostMatch(Message):
    """A virtual host of a route configuration."""

    name: str = ""
    domain_name: str = ""
    route: RouteMatch | None = None


@message
class RouteConfigurationMatch(Message):
    """A route configuration, and what to find in it."""

    port_number: UInt32 = 0
    port_name: str = ""
    gateway: str = ""
    vhost: VirtualHostMatch | None = None
    name: str = ""


@message
class ClusterMatch(Message):
    """A cluster."""

    port_number: UInt32 = 0
    service: str = ""
    subset: str = ""
    name: str = ""


@message
class WaypointMatch(Message):
    """A filter or route of a waypoint proxy."""

    port_number: UInt32 = 0
    filter: FilterMatch | None = None
    route: RouteMatch | None = None


@message
class EnvoyConfigObjectMatch(Message):
    """`match`: where a patch applies; at most one kind of object is set."""

    context: Literal["ANY", "SIDECAR_INBOUND", "SIDECAR_OUTBOUND", "GATEWAY", "WAYPOINT"] = "ANY"
    proxy: ProxyMatch | None = None
    listener: ListenerMatch | None = None
    route_configuration: RouteConfigurationMatch | None = None
    cluster: ClusterMatch | None = None
    waypoint: WaypointMatch | None = None


@message
class Patch(Message):
    """`patch`: what is done; `value` is the Envoy message as JSON."""

    operation: Literal[
        "INVALID", "MERGE", "ADD", "REMOVE", "INSERT_BEFORE", "INSERT_AFTER", "INSERT_FIRST", "REPLACE"
    ] = "INVALID"
    value: Struct = None
    filter_class: Literal["UNSPECIFIED", "AUTHN", "AUTHZ", "STATS"] = "UNSPECIFIED"


@message
class EnvoyConfigObjectPatch(Message):
    """`configPatches[]`."""

    apply_to: ApplyTo = "INVALID"
    match: EnvoyConfigObjectMatch | None = None
    patch: Patch | None = None


@message
class EnvoyFilterSpec(Message):
    """`spec` of an EnvoyFilter."""

    workload_selector: WorkloadSelector | None = None
    target_refs: tuple[PolicyTargetReference, ...] = ()
    config_patches: tuple[EnvoyConfigObjectPatch, ...] = ()
    priority: Int32 = 0


@resource("networking.istio.io", "v1alpha3")
class EnvoyFilter(Object):
    """Patches for the proxies that it selects."""

    spec: EnvoyFilterSpec = EnvoyFilterSpec()
