"""Proxies: a workload in; out the Envoy beside it, as it introduces itself to istiod (spec: extensions 1.2 to 1.5)."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Mapping
from typing import Any

from meshc.findings import Origin, Sink
from meshc.model import locality, names, node_metadata
from meshc.model.api import ProxyConfig, is_ip, is_true
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.proxy_config import effective_proxy_config
from meshc.model.workloads import Workload

STATUS_PORT = 15021
PROMETHEUS_PORT = 15090

_INTERCEPTION_MODE = "sidecar.istio.io/interceptionMode"
_META_PREFIX = "ISTIO_META_"


class ProxyKind(enum.Enum):
    """What a proxy does: it stands beside an application, or it is a gateway."""

    SIDECAR = "sidecar"
    ROUTER = "router"


class IpMode(enum.Enum):
    """The families of a proxy's addresses."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"
    DUAL = "Dual"


@node
class Proxy:
    """One proxy of the mesh.

    `id` and `metadata` are what it connects with. `pod` is the pod that istiod knows it by, None for a machine or a pod
    that is unknown in the proxy's cluster. `own_labels` are those of its pod, `labels` are augmented with the topology
    labels; both are what istiod selects it by. `locality` is `region/zone/subzone`. `config` is its ProxyConfig.
    """

    kind: ProxyKind
    name: str
    namespace: str
    id: str
    dns_domain: str
    metadata: Mapping[str, Any]
    labels: Mapping[str, str]
    own_labels: Mapping[str, str]
    ips: tuple[str, ...]
    ip_mode: IpMode
    account: str
    cluster_id: str
    network: str
    locality: str
    node_name: str
    config: ProxyConfig
    pod: Workload | None
    origin: Origin

    def flag(self, key: str) -> bool:
        """A boolean of the metadata, which may be written as text; what Go cannot parse is false."""
        return is_true(str(self.metadata.get(key, "")))

    def node(self) -> dict[str, Any]:
        """The node as plain values: `id`, and `metadata` with its keys sorted."""
        return {"id": self.id, "metadata": dict(sorted(self.metadata.items()))}


def make_proxy(
    mesh: Mesh, workload: Workload, kind: ProxyKind, cluster_id: str, overrides: Mapping[str, Any], sink: Sink
) -> Proxy:
    """The proxy of a workload. `overrides` replace whole keys of the node metadata."""
    config = effective_proxy_config(
        mesh.config,
        mesh.proxy_configs,
        workload.namespace,
        workload.labels,
        workload.annotations,
        workload.origin,
        sink,
    )
    metadata = {**_metadata(mesh, workload, kind, cluster_id, config), **overrides}
    if "PROXY_CONFIG" in overrides:
        config = node_metadata.of_report(overrides["PROXY_CONFIG"], workload.origin, sink) or config
    return _proxy(mesh, workload, kind, metadata, config)


def _proxy(mesh: Mesh, workload: Workload, kind: ProxyKind, metadata: Mapping[str, Any], config: ProxyConfig) -> Proxy:
    namespace = str(metadata["NAMESPACE"]) or workload.namespace
    ips = tuple(ip for ip in str(metadata["INSTANCE_IPS"]).split(",") if is_ip(ip))
    cluster, network = str(metadata["CLUSTER_ID"]), str(metadata.get("NETWORK", ""))
    pod = _known_pod(mesh, workload, cluster, namespace, ips)
    where, labels = _place_and_labels(mesh, pod, namespace, ips, metadata)
    node_name = str(metadata.get("NODE_NAME", ""))
    domain = f"{workload.namespace}.svc.{names.CLUSTER_DOMAIN}"
    return Proxy(
        kind=kind,
        name=workload.name,
        namespace=namespace,
        id="~".join((kind.value, workload.address, f"{workload.name}.{workload.namespace}", domain)),
        dns_domain=domain,
        metadata=metadata,
        labels=locality.augment(labels, cluster, where, node_name, network),
        own_labels=labels,
        ips=ips,
        ip_mode=ip_mode(ips),
        account=str(metadata.get("SERVICE_ACCOUNT", "")),
        cluster_id=cluster,
        network=network,
        locality=where,
        node_name=node_name,
        config=config,
        pod=pod,
        origin=workload.origin,
    )


def ip_mode(ips: tuple[str, ...]) -> IpMode:
    """The families of addresses; none counts as IPv4."""
    versions = {ipaddress.ip_address(ip).version for ip in ips}
    if versions == {4, 6}:
        return IpMode.DUAL
    return IpMode.IPV6 if versions == {6} else IpMode.IPV4


def _metadata(mesh: Mesh, workload: Workload, kind: ProxyKind, cluster_id: str, config: ProxyConfig) -> dict[str, Any]:
    labels = {k: v for k, v in workload.labels.items() if k != names.LABEL_POD_TEMPLATE_HASH}
    metadata: dict[str, Any] = {
        "APP_CONTAINERS": ",".join(name for name in workload.containers if name != "istio-proxy"),
        "CLUSTER_ID": cluster_id,
        "ENVOY_PROMETHEUS_PORT": PROMETHEUS_PORT,
        "ENVOY_STATUS_PORT": STATUS_PORT,
        "INSTANCE_IPS": ",".join(workload.ips),
        "INTERCEPTION_MODE": _interception_mode(workload, kind, config),
        "ISTIO_VERSION": mesh.profile.istio_version,
        "LABELS": labels,
        "MESH_ID": mesh.config.trust_domain,
        "METADATA_DISCOVERY": "false",
        "NAME": workload.name,
        "NAMESPACE": workload.namespace,
        "NODE_NAME": workload.node_name,
        "PROXY_CONFIG": node_metadata.reported(config),
        "SERVICE_ACCOUNT": workload.account,
        "WORKLOAD_IDENTITY_SOCKET_FILE": "socket",
        "WORKLOAD_NAME": workload.labels.get(names.LABEL_WORKLOAD_NAME) or workload.owner or workload.name,
    }
    if workload.annotations:
        metadata["ANNOTATIONS"] = dict(workload.annotations)
    for key, value in config.proxy_metadata.items():
        if key.startswith(_META_PREFIX):
            metadata.setdefault(key.removeprefix(_META_PREFIX), value)
    return metadata


def _interception_mode(workload: Workload, kind: ProxyKind, config: ProxyConfig) -> str:
    annotated = workload.annotations.get(_INTERCEPTION_MODE, "") if kind is ProxyKind.SIDECAR else ""
    return annotated or config.interception_mode


def _known_pod(mesh: Mesh, workload: Workload, cluster: str, namespace: str, ips: tuple[str, ...]) -> Workload | None:
    """The pod that the registry of the proxy's cluster has for it: by name, else by its first address."""
    found = mesh.workloads.pod(workload.namespace, workload.name, cluster)
    if found is not None and found.namespace == namespace:
        return found
    at_address = mesh.workloads.by_ip(ips[0]) if ips else ()
    return next(
        (w for w in at_address if w.is_pod and w.cluster_id == cluster and w.namespace == namespace),
        None,
    )


def _place_and_labels(
    mesh: Mesh, pod: Workload | None, namespace: str, ips: tuple[str, ...], metadata: Mapping[str, Any]
) -> tuple[str, Mapping[str, str]]:
    """Locality and labels: the pod's, else those of a ServiceEntry endpoint at its address, else the reported ones."""
    if pod is not None:
        return pod.locality, {**metadata.get("STATIC_LABELS", {}), **pod.labels}
    for ip in ips:
        for instance in mesh.endpoints.owners(ip, namespace):
            return instance.endpoint.locality, {**metadata.get("STATIC_LABELS", {}), **instance.endpoint.labels}
    reported = metadata.get("LABELS", {})
    return locality.of_labels(reported), reported
