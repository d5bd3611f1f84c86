"""Names of clusters, of their statistics and of objects, as every other resource refers to them (spec: clusters 3)."""

from __future__ import annotations

from meshc.ir.node import value
from meshc.model.service import Service, ServicePort
from meshc.scope.sidecar import OutboundPolicy

BLACK_HOLE_CLUSTER = "BlackHoleCluster"
PASSTHROUGH_CLUSTER = "PassthroughCluster"
INBOUND_PASSTHROUGH_CLUSTER = "InboundPassthroughCluster"
EXTERNAL_SDS_CLUSTER = "sds-external"
UNKNOWN_CLUSTER = "UnknownService"


def outbound_cluster_name(port: int, subset: str, hostname: str) -> str:
    """The cluster of a service port, or of a subset of it. `port` is the service's."""
    return f"outbound|{port}|{subset}|{hostname}"


def destination_cluster_name(port: int, subset: str, host: str) -> str:
    """The cluster of a destination, whether or not such a service exists; without a host it can be none."""
    return outbound_cluster_name(port, subset, host) if host else UNKNOWN_CLUSTER


def catch_all_cluster(policy: OutboundPolicy) -> str:
    """Where traffic to unknown destinations goes: where it was going to, to the egress proxy, or nowhere."""
    if not policy.allow_any:
        return BLACK_HOLE_CLUSTER
    egress = policy.egress_proxy
    if egress is None:
        return PASSTHROUGH_CLUSTER
    return destination_cluster_name(egress.port.number if egress.port is not None else 0, egress.subset, egress.host)


def config_path(kind: str, namespace: str, name: str) -> str:
    """The object that something comes from, as istiod notes it in metadata. `kind` is as in `virtual-service`."""
    return f"/apis/networking.istio.io/v1/namespaces/{namespace}/{kind}/{name}"


def inbound_cluster_name(port: int) -> str:
    """The cluster of a port of the workload itself."""
    return f"inbound|{port}||"


def sni_name(port: int, subset: str, hostname: str) -> str:
    """The SNI of mutual TLS within the mesh, and the cluster that a gateway passes it on to (SNI-DNAT)."""
    return f"outbound_.{port}_.{subset}_.{hostname}"


@value
class StatNames:
    """What the variables of a pattern for the names of statistics stand for: a service and one of its ports."""

    qualified: str
    hostname: str
    short: str
    port: int
    port_name: str


def stat_names(service: Service, port: ServicePort) -> StatNames:
    """The names of a service, which are all its hostname unless it is a Kubernetes Service, and those of its port."""
    kubernetes = service.is_kubernetes
    return StatNames(
        qualified=f"{service.name}.{service.namespace}" if kubernetes else service.hostname,
        hostname=service.hostname,
        short=service.name if kubernetes else service.hostname,
        port=port.number,
        port_name=port.name,
    )


def expand_stat_name(pattern: str, names: StatNames, subset: str = "", target_port: int | None = 0) -> str:
    """A pattern of mesh config (as `outboundClusterStatName`) with its variables replaced, in istiod's order.

    `target_port` None: that variable is left as it is.
    """
    replacements = {
        "%SERVICE%": names.qualified,
        "%SERVICE_FQDN%": names.hostname,
        "%SERVICE_NAME%": names.short,
        "%SUBSET_NAME%": subset,
        "%TARGET_PORT%": "%TARGET_PORT%" if target_port is None else str(target_port),
        "%SERVICE_PORT%": str(names.port),
        "%SERVICE_PORT_NAME%": names.port_name,
    }
    for variable, text in replacements.items():
        pattern = pattern.replace(variable, text)
    return pattern
