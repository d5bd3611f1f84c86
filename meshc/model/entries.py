"""WorkloadEntries and the inline endpoints of ServiceEntries as workloads (spec: gateways 12, clusters 18.3)."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.findings import Origin
from meshc.model import locality, names
from meshc.model.created import created
from meshc.model.service import Created
from meshc.model.workloads import WORKLOAD_ENTRY, Workload
from meshc.resources.go_values import is_ip, is_true
from meshc.resources.networking.service_entry import WorkloadEntry, WorkloadEntrySpec

UNIX_PREFIX = "unix://"


def may_serve(address: str) -> bool:
    """Whether a service without DNS may have an endpoint at this address; none at all leads through a gateway."""
    return not address or is_ip(address)


def of_entry(entry: WorkloadEntry, cluster_id: str, trust_domain: str, health_checks: bool) -> Workload:
    """The workload of a WorkloadEntry; its metadata labels override those of its spec.

    `health_checks` is the flag PILOT_ENABLE_WORKLOAD_ENTRY_HEALTHCHECKS.
    """
    meta = entry.meta
    name = meta.annotations.get(names.ANNOTATION_REGISTRATION_GROUP) or meta.labels.get(names.LABEL_WORKLOAD_NAME)
    return _workload(
        entry.spec,
        labels={**entry.spec.labels, **meta.labels},
        name=meta.name,
        namespace=meta.namespace,
        workload_name=name or meta.name,
        annotations=meta.annotations,
        cluster_id=cluster_id,
        trust_domain=trust_domain,
        ready=not health_checks or is_healthy(entry),
        age=created(meta),
        origin=entry.origin,
    )


def of_inline(spec: WorkloadEntrySpec, name: str, namespace: str, trust_domain: str, origin: Origin) -> Workload:
    """The workload of an inline endpoint, under the name that istiod makes for it."""
    return _workload(
        spec,
        labels=spec.labels,
        name=name,
        namespace=namespace,
        workload_name=name,
        annotations={},
        cluster_id=names.DEFAULT_CLUSTER,
        trust_domain=trust_domain,
        ready=True,
        age=0.0,
        origin=origin,
    )


def is_healthy(entry: WorkloadEntry) -> bool:
    """A WorkloadEntry whose health is checked needs the condition `Healthy`."""
    if not is_true(entry.meta.annotations.get(names.ANNOTATION_HEALTH_CHECKS, "")):
        return True
    return any(c.type == "Healthy" and c.status == "True" for c in entry.status.conditions)


def _workload(
    spec: WorkloadEntrySpec,
    *,
    labels: Mapping[str, str],
    name: str,
    namespace: str,
    workload_name: str,
    annotations: Mapping[str, str],
    cluster_id: str,
    trust_domain: str,
    ready: bool,
    age: Created,
    origin: Origin,
) -> Workload:
    where = spec.locality or locality.of_labels(labels)
    account = spec.service_account
    return Workload(
        kind=WORKLOAD_ENTRY,
        name=name,
        namespace=namespace,
        labels=labels,
        topology_labels=locality.augment(labels, cluster_id, where, "", spec.network),
        annotations=annotations,
        ips=(spec.address,),
        account=account,
        identity=names.spiffe_id(trust_domain, namespace, account) if account else "",
        node_name="",
        locality=where,
        workload_name=workload_name,
        owner="",
        network=spec.network,
        cluster_id=cluster_id,
        ports={(port, "TCP"): number for port, number in spec.ports.items()},
        weight=spec.weight,
        ready=ready,
        created=age,
        tls_mode=labels.get(names.LABEL_TLS_MODE, "istio" if account else "disabled"),
        containers=(),
        arguments=(),
        origin=origin,
    )
