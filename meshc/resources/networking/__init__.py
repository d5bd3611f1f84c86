"""The kinds of networking.istio.io, one frozen class each, with the messages they consist of."""

from meshc.resources.networking.destination_rule import DestinationRule
from meshc.resources.networking.envoy_filter import EnvoyFilter
from meshc.resources.networking.gateway import Gateway
from meshc.resources.networking.proxy_config import ProxyConfig
from meshc.resources.networking.service_entry import ServiceEntry, WorkloadEntry, WorkloadGroup
from meshc.resources.networking.sidecar import Sidecar
from meshc.resources.networking.virtual_service import VirtualService

__all__ = [
    "DestinationRule",
    "EnvoyFilter",
    "Gateway",
    "ProxyConfig",
    "ServiceEntry",
    "Sidecar",
    "VirtualService",
    "WorkloadEntry",
    "WorkloadGroup",
]
