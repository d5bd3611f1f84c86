"""Names that Istio and Kubernetes agree on: host names, identities, labels, annotations."""

from __future__ import annotations

from collections.abc import Mapping

CLUSTER_DOMAIN = "cluster.local"
"""The DNS domain of every cluster (istiod's `--domain`)."""

DEFAULT_CLUSTER = "Kubernetes"
"""The id of the cluster that holds Istio's configuration."""

LABEL_TLS_MODE = "security.istio.io/tlsMode"
LABEL_CANONICAL_NAME = "service.istio.io/canonical-name"
LABEL_CANONICAL_REVISION = "service.istio.io/canonical-revision"
LABEL_WORKLOAD_NAME = "service.istio.io/workload-name"
LABEL_LOCALITY = "topology.istio.io/locality"
LABEL_LOCALITY_OLD = "istio-locality"
LABEL_NETWORK = "topology.istio.io/network"
LABEL_CLUSTER = "topology.istio.io/cluster"
LABEL_SUBZONE = "topology.istio.io/subzone"
LABEL_REGION = "topology.kubernetes.io/region"
LABEL_ZONE = "topology.kubernetes.io/zone"
LABEL_REGION_OLD = "failure-domain.beta.kubernetes.io/region"
LABEL_ZONE_OLD = "failure-domain.beta.kubernetes.io/zone"
LABEL_HOSTNAME = "kubernetes.io/hostname"
LABEL_SERVICE_NAME = "kubernetes.io/service-name"
LABEL_MCS_SERVICE_NAME = "multicluster.kubernetes.io/service-name"
LABEL_POD_TEMPLATE_HASH = "pod-template-hash"
LABEL_AUTO_ALLOCATE = "networking.istio.io/enable-autoallocate-ip"

ANNOTATION_EXPORT_TO = "networking.istio.io/exportTo"
ANNOTATION_CANONICAL_ACCOUNTS = "alpha.istio.io/canonical-serviceaccounts"
ANNOTATION_KUBERNETES_ACCOUNTS = "alpha.istio.io/kubernetes-serviceaccounts"
ANNOTATION_TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution"
ANNOTATION_CONNECT_STRATEGY = "istio.io/connect-strategy"
ANNOTATION_HEALTH_CHECKS = "proxy.istio.io/health-checks-enabled"
ANNOTATION_REGISTRATION_GROUP = "istio.io/autoRegistrationGroup"


def canonical_name(labels: Mapping[str, str], workload: str) -> str:
    """The canonical service name of a workload (spec: clusters 20)."""
    for key in (LABEL_CANONICAL_NAME, "app.kubernetes.io/name", "app"):
        if key in labels:
            return labels[key]
    return workload


def canonical_revision(labels: Mapping[str, str]) -> str:
    """The canonical service revision of a workload; `latest` without any label for it."""
    for key in (LABEL_CANONICAL_REVISION, "app.kubernetes.io/version", "version"):
        if key in labels:
            return labels[key]
    return "latest"


def canonical_labels(labels: Mapping[str, str], workload: str) -> dict[str, str]:
    """The two canonical labels as the injector would set them."""
    return {
        LABEL_CANONICAL_NAME: canonical_name(labels, workload),
        LABEL_CANONICAL_REVISION: canonical_revision(labels),
    }


def kubernetes_host(name: str, namespace: str) -> str:
    """The host name of a Kubernetes Service."""
    return f"{name}.{namespace}.svc.{CLUSTER_DOMAIN}"


def spiffe_id(trust_domain: str, namespace: str, account: str) -> str:
    """The SPIFFE id of a service account; `@` of a trust domain is written as a dot."""
    return f"spiffe://{trust_domain.replace('@', '.')}/ns/{namespace}/sa/{account}"


def with_trust_domain(identity: str, trust_domain: str) -> str | None:
    """The same Istio identity in another trust domain; None if the text is not `spiffe://TD/ns/NS/sa/SA`."""
    parts = identity.removeprefix("spiffe://").split("/")
    if not identity.startswith("spiffe://") or len(parts) != 5 or parts[1] != "ns" or parts[3] != "sa":
        return None
    return spiffe_id(trust_domain, parts[2], parts[4])


def fnv1a(text: str) -> int:
    """The 32-bit FNV-1a hash."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value
