"""Checks of single objects: typed objects and their documents in, what istiod and its schemas refuse or warn of out.

One file per kind says what istiod's admission does (spec: tooling 19 to 21, 32); nothing here changes an object, and
`meshc compile` does not ask, since istiod uses what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from meshc.resources.check.authorization_policy import check_authorization_policy
from meshc.resources.check.destination_rule import check_destination_rule
from meshc.resources.check.envoy_filter import check_envoy_filter
from meshc.resources.check.extensions import check_traffic_extension, check_wasm_plugin
from meshc.resources.check.gateway import check_gateway
from meshc.resources.check.metadata import check_metadata
from meshc.resources.check.peer_authentication import check_peer_authentication
from meshc.resources.check.place import Place, Places
from meshc.resources.check.proxy_config import check_proxy_config_resource
from meshc.resources.check.request_authentication import check_request_authentication
from meshc.resources.check.schema import check_schema
from meshc.resources.check.service_entry import check_service_entry, check_workload_entry
from meshc.resources.check.sidecar import check_sidecar
from meshc.resources.check.telemetry import check_telemetry
from meshc.resources.check.virtual_service import check_virtual_service
from meshc.resources.check.workload_group import check_workload_group
from meshc.resources.extensions import TrafficExtension, WasmPlugin
from meshc.resources.features import Features
from meshc.resources.message import Object
from meshc.resources.networking import (
    DestinationRule,
    EnvoyFilter,
    Gateway,
    ProxyConfig,
    ServiceEntry,
    Sidecar,
    VirtualService,
    WorkloadEntry,
    WorkloadGroup,
)
from meshc.resources.security import AuthorizationPolicy, PeerAuthentication, RequestAuthentication
from meshc.resources.telemetry import Telemetry

Check = Callable[[Any, Place], None]
"""A check of a kind: an object of it, and the place of its document."""

_CHECKS: Mapping[type[Object], Check] = {
    AuthorizationPolicy: check_authorization_policy,
    DestinationRule: check_destination_rule,
    EnvoyFilter: check_envoy_filter,
    Gateway: check_gateway,
    PeerAuthentication: check_peer_authentication,
    ProxyConfig: check_proxy_config_resource,
    RequestAuthentication: check_request_authentication,
    Sidecar: check_sidecar,
    Telemetry: check_telemetry,
    TrafficExtension: check_traffic_extension,
    VirtualService: check_virtual_service,
    WasmPlugin: check_wasm_plugin,
    WorkloadEntry: check_workload_entry,
    WorkloadGroup: check_workload_group,
}


def check_objects(objects: Iterable[Object], features: Features, places: Places) -> None:
    """Check every object of Istio's."""
    for thing in objects:
        place = places.of(thing)
        if isinstance(thing, ServiceEntry):
            if check_metadata(thing, place):
                check_service_entry(thing, place, features.pilot_enable_ip_autoallocate)
                check_schema(thing.meta.kind, place)
        elif type(thing) in _CHECKS and check_metadata(thing, place):
            _CHECKS[type(thing)](thing, place)
            check_schema(thing.meta.kind, place)
