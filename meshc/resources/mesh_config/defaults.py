"""The MeshConfig that istiod has before it reads one (spec: extensions 3.1 to 3.3)."""

from __future__ import annotations

from meshc.resources.mesh_config.mesh import InboundTrafficPolicy, MeshConfig, OutboundTrafficPolicy
from meshc.resources.mesh_config.providers import (
    EnvoyFileAccessLog,
    ExtensionProvider,
    PrometheusProvider,
    StackdriverProvider,
)
from meshc.resources.mesh_config.proxy import ProxyConfig
from meshc.resources.message import SECOND, Duration
from meshc.resources.networking.common import LocalityLoadBalancerSetting

DEFAULT_PROXY_CONFIG = ProxyConfig(
    config_path="./etc/istio/proxy",
    binary_path="/usr/local/bin/envoy",
    service_cluster="istio-proxy",
    drain_duration=Duration(45 * SECOND),
    termination_drain_duration=Duration(5 * SECOND),
    proxy_admin_port=15000,
    control_plane_auth_policy="MUTUAL_TLS",
    discovery_address="istiod.istio-system.svc:15012",
    stat_name_length=189,
    status_port=15020,
)
"""The `defaultConfig` of a mesh that sets none of it."""

DEFAULT_MESH_CONFIG = MeshConfig(
    proxy_listen_port=15001,
    proxy_inbound_listen_port=15006,
    connect_timeout=Duration(10 * SECOND),
    protocol_detection_timeout=Duration(0),
    ingress_class="istio",
    ingress_service="istio-ingressgateway",
    ingress_controller_mode="STRICT",
    enable_tracing=True,
    default_config=DEFAULT_PROXY_CONFIG,
    outbound_traffic_policy=OutboundTrafficPolicy(mode="ALLOW_ANY"),
    inbound_traffic_policy=InboundTrafficPolicy(),
    enable_auto_mtls=True,
    trust_domain="cluster.local",
    default_service_export_to=("*",),
    default_virtual_service_export_to=("*",),
    default_destination_rule_export_to=("*",),
    root_namespace="istio-system",
    locality_lb_setting=LocalityLoadBalancerSetting(enabled=True),
    dns_refresh_rate=Duration(60 * SECOND),
    enable_prometheus_merge=True,
    extension_providers=(
        ExtensionProvider(name="prometheus", prometheus=PrometheusProvider()),
        ExtensionProvider(name="stackdriver", stackdriver=StackdriverProvider()),
        ExtensionProvider(name="envoy", envoy_file_access_log=EnvoyFileAccessLog(path="/dev/stdout")),
    ),
)
"""istiod's own defaults. They name no default provider: `defaultProviders.metrics: [prometheus]` of an installed mesh
comes from its Helm chart, that is, from the mesh config that the user gives."""
