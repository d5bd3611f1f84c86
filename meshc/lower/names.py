"""Names of clusters and of their statistics, as every other resource refers to them (spec: clusters 3)."""

from __future__ import annotations

from meshc.model.service import Service, ServicePort

BLACK_HOLE_CLUSTER = "BlackHoleCluster"
PASSTHROUGH_CLUSTER = "PassthroughCluster"
INBOUND_PASSTHROUGH_CLUSTER = "InboundPassthroughCluster"
EXTERNAL_SDS_CLUSTER = "sds-external"


def outbound_cluster_name(port: int, subset: str, hostname: str) -> str:
    """The cluster of a service port, or of a subset of it. `port` is the service's."""
    return f"outbound|{port}|{subset}|{hostname}"


def inbound_cluster_name(port: int) -> str:
    """The cluster of a port of the workload itself."""
    return f"inbound|{port}||"


def sni_name(port: int, subset: str, hostname: str) -> str:
    """The SNI of mutual TLS within the mesh, and the cluster that a gateway passes it on to (SNI-DNAT)."""
    return f"outbound_.{port}_.{subset}_.{hostname}"


def expand_stat_name(pattern: str, service: Service, port: ServicePort, subset: str = "", target_port: int = 0) -> str:
    """A pattern of mesh config (as `outboundClusterStatName`) with its variables replaced, in istiod's order."""
    kubernetes = service.is_kubernetes
    replacements = (
        ("%SERVICE%", f"{service.name}.{service.namespace}" if kubernetes else service.hostname),
        ("%SERVICE_FQDN%", service.hostname),
        ("%SERVICE_NAME%", service.name if kubernetes else service.hostname),
        ("%SUBSET_NAME%", subset),
        ("%TARGET_PORT%", str(target_port)),
        ("%SERVICE_PORT%", str(port.number)),
        ("%SERVICE_PORT_NAME%", port.name),
    )
    for variable, text in replacements:
        pattern = pattern.replace(variable, text)
    return pattern
