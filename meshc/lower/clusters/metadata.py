"""What filters and telemetry are to know of a cluster (spec: clusters 13)."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.ir.cluster import ClusterMetadata, MetadataExchange, ServiceReference
from meshc.lower.clusters.targets import ClusterTarget
from meshc.lower.names import config_path
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.service import Service
from meshc.model.shared import shared


def service_references(mesh: Mesh, services: Iterable[Service]) -> tuple[ServiceReference, ...]:
    """The services as telemetry names them; none if istiod's `PILOT_ENABLE_TELEMETRY_LABEL` is off."""
    if not mesh.features.pilot_enable_telemetry_label:
        return ()
    return tuple(ServiceReference(host=s.hostname, name=s.name, namespace=s.namespace) for s in services)


def rule_path(rule: DestinationRule) -> str:
    """The rule as a path of the Kubernetes API; of a merged rule the first one."""
    return config_path("destination-rule", rule.namespace, rule.name)


def outbound_metadata(mesh: Mesh, target: ClusterTarget) -> ClusterMetadata | None:
    """The metadata of a cluster of a service; None if there is nothing to tell."""
    service, tls = target.service, target.policy.tls
    made = ClusterMetadata(
        services=() if target.is_forward_proxy else service_references(mesh, (service,)),
        external=service.mesh_external and target.subset is None and not target.sni_dnat,
        config=rule_path(target.rule) if target.rule is not None else "",
        subset=target.subset_name,
        no_alpn_override=tls is not None and tls.mode in ("SIMPLE", "MUTUAL"),
    )
    return made if made != ClusterMetadata() else None


@shared
def metadata_exchange(mesh: Mesh) -> MetadataExchange | None:
    """The exchange that every outbound cluster begins connections with; None if it is switched off."""
    if not mesh.features.pilot_enable_metadata_exchange:
        return None
    return MetadataExchange(additional_labels=tuple(sorted(set(mesh.features.pilot_mx_additional_labels))))
