"""Bootstrap: a proxy in, what it starts with before istiod configures it out (spec: extensions 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from meshc.ir.bootstrap import AgentPaths, Bootstrap, IpFamily, Ports
from meshc.ir.cluster import DnsFamily
from meshc.lower.bootstrap.collectors import access_log_service, host_and_port, metrics_service, tracer
from meshc.lower.bootstrap.node import node_cluster, node_locality, node_metadata
from meshc.lower.bootstrap.stats import stats
from meshc.model.api import ProxyConfig, parse_int
from meshc.scope.proxy import PROMETHEUS_PORT, STATUS_PORT, IpMode, Proxy

_UNLIMITED = 2**31 - 1
_CONNECTION_LIMIT = "overload.global_downstream_max_connections"
_DEFAULT_SOCKET = "socket"

_RUNTIME: dict[str, bool | str] = {
    "re2.max_program_size.error_level": "32768",
    "envoy.deprecated_features:envoy.config.listener.v3.Listener.hidden_envoy_deprecated_use_original_dst": True,
    "envoy.reloadable_features.http_reject_path_with_fragment": False,
    "envoy.reloadable_features.fixed_heap_use_allocated": True,
    "envoy.reloadable_features.coalesce_lb_rebuilds_on_batch_update": False,
}
"""The runtime values that every proxy starts with."""


def bootstrap(proxy: Proxy, dual_stack: bool = False) -> Bootstrap:
    """What the agent would start the proxy with.

    The agent's environment is what the proxy's configuration puts into it (`proxyMetadata`). `dual_stack`: the mesh
    uses both families where a proxy has both.
    """
    config, metadata = proxy.config, proxy.metadata
    environment = config.proxy_metadata
    family = _family(proxy, dual_stack or environment.get("ISTIO_DUAL_STACK") == "true")
    discovery = metadata.get("METADATA_DISCOVERY") == "true"
    return Bootstrap(
        node_id=proxy.id,
        node_cluster=node_cluster(proxy),
        locality=node_locality(metadata),
        metadata=node_metadata(proxy),
        runtime=_runtime(config),
        stats=stats(proxy, discovery),
        family=family,
        ports=Ports(
            admin=config.proxy_admin_port,
            agent=config.status_port,
            readiness=_port(metadata, "ENVOY_STATUS_PORT") or STATUS_PORT,
            prometheus=_port(metadata, "ENVOY_PROMETHEUS_PORT") or PROMETHEUS_PORT,
        ),
        agent=AgentPaths(
            config=config.config_path,
            identity_socket=metadata.get("WORKLOAD_IDENTITY_SOCKET_FILE") or _DEFAULT_SOCKET,
            serves_files=metadata.get("file-credential") == "true",
        ),
        connection_limit=_connection_limit(config),
        delta_xds=environment.get("ISTIO_DELTA_XDS") != "false",
        metadata_discovery=discovery,
        prometheus_loopback=environment.get("METRICS_LOCALHOST_ACCESS_ONLY") == "true",
        compress_stats=config.stats_compression is not False,
        readiness_proxy_protocol=environment.get("ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL") == "true",
        tracer=tracer(proxy),
        metrics_service=metrics_service(proxy),
        access_log_service=access_log_service(proxy),
        statsd=host_and_port(config.statsd_udp_address),
        outlier_log=metadata.get("OUTLIER_LOG_PATH", ""),
        load_reports=_load_reports(metadata.get("LOAD_STATS_CONFIG_JSON", "")),
        origin=proxy.origin,
    )


def _port(metadata: Mapping[str, Any], key: str) -> int | None:
    """A port of metadata, which may be written as text; None if it is no number."""
    return parse_int(str(metadata.get(key)))


def _family(proxy: Proxy, dual_stack: bool) -> IpFamily:
    """IPv6 only where a proxy has nothing else; both where it has both and the mesh uses both."""
    if proxy.ip_mode is IpMode.IPV6:
        return IpFamily(wildcard="::", loopback="::1", dns=DnsFamily.V6_ONLY)
    if proxy.ip_mode is IpMode.DUAL and dual_stack:
        return IpFamily(
            wildcard="0.0.0.0", loopback="127.0.0.1", dns=DnsFamily.ALL, also_wildcard="::", also_loopback="::1"
        )
    return IpFamily(wildcard="0.0.0.0", loopback="127.0.0.1", dns=DnsFamily.V4_ONLY)


def _runtime(config: ProxyConfig) -> dict[str, bool | str]:
    """The runtime values with the proxy's own over them; an empty text removes one (spec: extensions 1.7)."""
    values = dict(_RUNTIME)
    if config.proxy_metadata.get("COMPLIANCE_POLICY") == "fips-140-2":
        values["envoy.reloadable_features.google_grpc_disable_tls_13"] = True
    if config.proxy_metadata.get("HTTP_STRIP_FRAGMENT_FROM_PATH_UNSAFE_IF_DISABLED") == "false":
        values["envoy.reloadable_features.http_strip_fragment_from_path_unsafe_if_disabled"] = "false"
    for key, text in sorted(config.runtime_values.items()):
        if text:
            values[key] = text == "true" if text in ("true", "false") else text
        else:
            values.pop(key, None)
    return values


def _connection_limit(config: ProxyConfig) -> int:
    """The agent's environment goes before the runtime value; what is no number counts for nothing."""
    given = config.proxy_metadata.get("ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS")
    number = parse_int(given or config.runtime_values.get(_CONNECTION_LIMIT, ""))
    return _UNLIMITED if number is None else number


def _load_reports(text: str) -> dict[str, Any] | None:
    """The configuration of load reports that the node's metadata carries as JSON."""
    try:
        value = json.loads(text) if text else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
