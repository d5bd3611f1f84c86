"""istiod's environment flags: the variables of its environment in, typed flags out.

An attribute is the name of the flag in lower case, with the default of release 1.30.3.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.resources.decoding import near_miss
from meshc.resources.go_values import parse_bool, parse_duration, parse_float, parse_int
from meshc.resources.message import Duration
from meshc.source.document import Map, locate

_JITTER = Duration(100_000_000)
_CONNECT_TIMEOUT = Duration(15_000_000_000)

_WITHOUT_EFFECT = frozenset(
    (
        "AMBIENT_SCOPED_ADDRESS_PUSHES",
        "CA_TRUSTED_NODE_ACCOUNTS",
        "CLUSTER_ID",
        "ENABLE_DEBUG_ENDPOINT_AUTH",
        "ENABLE_DEBUG_ON_HTTP",
        "ENABLE_LAZY_SIDECAR_EVALUATION",
        "ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS",
        "EXTERNAL_ISTIOD",
        "ISTIO_DELTA_XDS",
        "ISTIO_MULTIROOT_MESH",
        "JWT_POLICY",
        "KUBECONFIG",
        "PILOT_CERT_PROVIDER",
        "PILOT_CONVERT_SIDECAR_SCOPE_CONCURRENCY",
        "PILOT_DEBOUNCE_AFTER",
        "PILOT_DEBOUNCE_MAX",
        "PILOT_ENABLE_ANALYSIS",
        "PILOT_ENABLE_CA_CRL",
        "PILOT_ENABLE_CDS_CACHE",
        "PILOT_ENABLE_EDS_DEBOUNCE",
        "PILOT_ENABLE_RDS_CACHE",
        "PILOT_ENABLE_SENDING_HBONE",
        "PILOT_ENABLE_STATUS",
        "PILOT_ENABLE_WORKLOAD_ENTRY_AUTOREGISTRATION",
        "PILOT_ENABLE_XDS_CACHE",
        "PILOT_ENABLE_XDS_IDENTITY_CHECK",
        "PILOT_MAX_REQUESTS_PER_SECOND",
        "PILOT_PUSH_THROTTLE",
        "PILOT_XDS_CACHE_SIZE",
        "PLATFORM",
        "POD_NAME",
        "POD_NAMESPACE",
        "ROOT_CA_DIR",
        "SERVICE_ACCOUNT",
        "SHARED_MESH_CONFIG",
        "TRUSTED_GATEWAY_CIDR",
        "VALIDATION_WEBHOOK_CONFIG_NAME",
        "XDS_AUTH",
    )
)
"""Variables of istiod that do not change what a sidecar or gateway gets."""


@frozen
class Features:
    """The flags in force, and in `environment` all variables as they were given."""

    compliance_policy: str = ""
    disable_shadow_host_suffix: bool = True
    disable_track_remaining_cb_metrics: bool = True
    enable_100_continue_headers: bool = True
    enable_enhanced_destinationrule_merge: bool = True
    enable_gateway_api_inference_extension: bool = False
    enable_gateway_api_manual_deployment: bool = True
    enable_hcm_internal_networks: bool = False
    enable_locality_weighted_lb_config: bool = False
    enable_mcs_host: bool = False
    enable_selector_based_k8s_gateway_policy: bool = True
    enable_tls_on_sidecar_ingress: bool = False
    envoy_status_port_enable_proxy_protocol: bool = False
    istio_dual_stack: bool = False
    istio_enable_ipv4_outbound_listener_for_ipv6_clusters: bool = False
    k8s_ingress_ns: str = "istio-system"
    label_canonical_services_for_mesh_external_service_entries: bool = False
    max_connections_per_socket_event_loop: int = 1
    pilot_allow_sidecar_service_inbound_listener_merge: bool = False
    pilot_disable_mx_alpn: bool = False
    pilot_dns_cares_udp_max_queries: int = 100
    pilot_dns_jitter_duration: Duration = _JITTER
    pilot_draining_label: str = "istio.io/draining"
    pilot_enable_absolute_fqdn_vhost_domain: bool = True
    pilot_enable_alpha_gateway_api: bool = False
    pilot_enable_alpn_filter: bool = True
    pilot_enable_ambient: bool = False
    pilot_enable_eds_for_headless_services: bool = False
    pilot_enable_gateway_api: bool = True
    pilot_enable_ip_autoallocate: bool = True
    pilot_enable_k8s_select_workload_entries: bool = True
    pilot_enable_metadata_exchange: bool = True
    pilot_enable_mongo_filter: bool = True
    pilot_enable_multiple_custom_authz_providers: bool = False
    pilot_enable_mysql_filter: bool = False
    pilot_enable_persistent_session_filter: bool = False
    pilot_enable_quic_listeners: bool = False
    pilot_enable_redis_filter: bool = False
    pilot_enable_route_collapse_optimization: bool = True
    pilot_enable_serviceentry_select_pods: bool = True
    pilot_enable_telemetry_label: bool = True
    pilot_enable_workload_entry_healthchecks: bool = True
    pilot_endpoint_telemetry_label: bool = True
    pilot_filter_gateway_cluster_config: bool = False
    pilot_gateway_api_controller_name: str = "istio.io/gateway-controller"
    pilot_gateway_api_default_gatewayclass_name: str = "istio"
    pilot_gateway_transport_socket_connect_timeout: Duration = _CONNECT_TIMEOUT
    pilot_http10: bool = False
    pilot_ip_autoallocate_ipv4_prefix: str = "240.240.0.0/16"
    pilot_ip_autoallocate_ipv6_prefix: str = "2001:2::/48"
    pilot_jwt_enable_remote_jwks: str = "false"
    pilot_mx_additional_labels: tuple[str, ...] = ()
    pilot_persistent_session_header_label: str = "istio.io/persistent-session-header"
    pilot_persistent_session_label: str = "istio.io/persistent-session"
    pilot_scope_gateway_to_namespace: bool = False
    pilot_send_unhealthy_endpoints: bool = False
    pilot_sidecar_pick_best_service_namespace: bool = True
    pilot_sidecar_use_remote_address: bool = False
    pilot_skip_validate_trust_domain: bool = False
    pilot_spawn_upstream_span_for_gateway: bool = True
    pilot_trace_sampling: float = 1.0
    pilot_unified_sidecar_scope: bool = True
    prefer_destinationrule_tls_for_external_services: bool = True
    resolve_hostname_gateways: bool = True
    revision: str = ""
    verify_sds_certificate: bool = True
    environment: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def parse(cls, variables: Mapping[str, Any], sink: Sink, origin: Origin) -> Features:
        """The flags that an environment sets; `origin` is what the variables were read from.

        As in istiod, a flag that cannot be parsed keeps its default.
        """
        environment = {name: _text(value) for name, value in variables.items() if value is not None}
        hints = typing.get_type_hints(cls)
        known = {field.name.upper(): hints[field.name] for field in dataclasses.fields(cls)}
        del known["ENVIRONMENT"]
        flags: dict[str, Any] = {}
        for name, text in environment.items():
            place = _place(variables, name, origin)
            if name not in known:
                _unknown(name, known, sink, place)
                continue
            kind, parse = _PARSERS[known[name]]
            value = parse(text)
            if value is None:
                sink.add("MC0252", place, f"{name} is {text!r}, which is not {kind}; istiod keeps its default")
            else:
                flags[name.lower()] = value
        return cls(**flags, environment=MappingProxyType(environment))


_PARSERS: Mapping[Any, tuple[str, Callable[[str], Any]]] = {
    bool: ("a boolean", parse_bool),
    int: ("a whole number", parse_int),
    float: ("a number", parse_float),
    Duration: ("a duration", parse_duration),
    str: ("a text", str),
    tuple[str, ...]: ("a list", lambda text: tuple(text.split(",")) if text else ()),
}
"""How the text of a flag becomes its value; None where it does not."""


def _text(value: Any) -> str:
    """A value of a YAML file as the environment would have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place(variables: Mapping[str, Any], name: str, origin: Origin) -> Origin:
    mark = variables.marks.get(name) if isinstance(variables, Map) else None
    return origin.at(name, locate(origin.location.file, mark) if mark and origin.location else None)


def _unknown(name: str, known: Iterable[str], sink: Sink, origin: Origin) -> None:
    if name in _WITHOUT_EFFECT:
        sink.add("MC0253", origin, f"{name} changes nothing of what a proxy gets")
        return
    hint = near_miss(name, sorted({*known, *_WITHOUT_EFFECT}))
    if hint:
        sink.add("MC0250", origin, f"istiod has no flag {name}", hint)
    else:
        sink.add("MC0251", origin, f"istiod has no flag {name}; it is a variable that providers can refer to")
