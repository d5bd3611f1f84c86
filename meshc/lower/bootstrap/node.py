"""The node of a bootstrap: cluster, locality, and metadata with what the agent adds (spec: extensions 1.3 to 1.5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from meshc.model import locality, names
from meshc.scope.proxy import Proxy

_UNNAMED = "istio-proxy"
_APP_LABELS = ("app", "app.kubernetes.io/name", names.LABEL_CANONICAL_NAME)
_CANONICAL_LABELS = (names.LABEL_CANONICAL_NAME, "app.kubernetes.io/name", "app")


def node_cluster(proxy: Proxy) -> str:
    """The cluster of the node, which is its service in traces too."""
    config = proxy.config
    match config.tracing_service_name:
        case "CANONICAL_NAME_ONLY":
            return _canonical(proxy) or _derived(proxy)
        case "CANONICAL_NAME_AND_NAMESPACE":
            name = _canonical(proxy) or _UNNAMED
            return f"{name}.{proxy.namespace}" if proxy.namespace else _canonical(proxy) or _derived(proxy)
        case "APP_LABEL_AND_NAMESPACE":
            return _derived(proxy)
    given = config.service_cluster or ""
    return given if given not in ("", _UNNAMED) else _derived(proxy)


def _derived(proxy: Proxy) -> str:
    """The application's label, else the workload, with the namespace."""
    name = _first(proxy, _APP_LABELS) or proxy.metadata.get("WORKLOAD_NAME") or _UNNAMED
    return f"{name}.{proxy.namespace}" if proxy.namespace else _UNNAMED


def _canonical(proxy: Proxy) -> str:
    """The canonical name of the service; empty if the proxy has none."""
    name = _first(proxy, _CANONICAL_LABELS) or proxy.metadata.get("WORKLOAD_NAME") or ""
    return "" if name == _UNNAMED else name


def _first(proxy: Proxy, keys: tuple[str, ...]) -> str:
    labels = proxy.metadata.get("LABELS", {})
    return str(next((labels[key] for key in keys if key in labels), ""))


def node_locality(metadata: Mapping[str, Any]) -> tuple[str, str, str]:
    """Region, zone and subzone that the pod's own labels declare; istiod goes by the node that the pod runs on."""
    return locality.split(locality.of_labels(metadata.get("LABELS", {})))


def node_metadata(proxy: Proxy) -> dict[str, Any]:
    """The metadata that istiod sees, without what is empty, and what else the agent puts there; sorted by key."""
    made = {key: value for key, value in proxy.metadata.items() if value not in ("", None)}
    made.setdefault("ENVOY_SKIP_DEPRECATED_LOGS", "true")
    declared = locality.of_labels(made.get("LABELS", {}))
    if declared:
        made["LABELS"] = {**made["LABELS"], names.LABEL_LOCALITY_OLD: declared}
    if proxy.config.control_plane_auth_policy == "MUTUAL_TLS":
        made.setdefault("PILOT_SAN", [_control_plane(proxy.config.discovery_address)])
    if proxy.pod is not None:
        made.setdefault("OWNER", proxy.pod.owner_url)
        made.setdefault("POD_PORTS", _pod_ports(proxy.pod.container_ports))
    return dict(sorted(made.items()))


def _control_plane(address: str) -> str:
    """The name in the control plane's certificate."""
    host = address.rpartition(":")[0] or address
    return "istiod.istio-system.svc" if host == "localhost" else host


def _pod_ports(ports: tuple[tuple[str, int, str], ...]) -> str:
    """The ports of the containers as the injector hands them on: JSON in a text."""
    listed = ({"name": name, "containerPort": number, "protocol": transport} for name, number, transport in ports)
    return json.dumps([{key: value for key, value in port.items() if value} for port in listed], separators=(",", ":"))
