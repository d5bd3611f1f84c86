"""ServiceEntries: the services and the endpoints that they declare (spec: gateways 11 to 13, listeners 5.4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from meshc.findings import Sink
from meshc.frozen import frozen
from meshc.model import auto_addresses, names, protocol
from meshc.model.created import created
from meshc.model.endpoint import Endpoint
from meshc.model.endpoints import Instance
from meshc.model.entries import UNIX_PREFIX, may_serve, of_inline
from meshc.model.service import UNSPECIFIED, Registry, Resolution, Service, ServicePort
from meshc.model.slices import entry_endpoint
from meshc.model.traffic_distribution import of_service
from meshc.model.workloads import Workload, Workloads
from meshc.resources.core import Namespace
from meshc.resources.features import Features
from meshc.resources.go_values import is_ip, parse_prefix
from meshc.resources.networking import ServiceEntry
from meshc.resources.networking.service_entry import ServicePort as EntryPort

_RESOLUTIONS = {
    "NONE": Resolution.PASSTHROUGH,
    "STATIC": Resolution.CLIENT_SIDE_LB,
    "DNS": Resolution.DNS,
    "DNS_ROUND_ROBIN": Resolution.DNS_ROUND_ROBIN,
    "DYNAMIC_DNS": Resolution.DYNAMIC_DNS,
}


@frozen
class EntryServices:
    """A ServiceEntry with the services it expands to: one per host and address."""

    entry: ServiceEntry
    services: tuple[Service, ...]


def expand(
    entries: Iterable[ServiceEntry],
    namespaces: Mapping[str, Namespace],
    default_export: frozenset[str],
    features: Features,
    sink: Sink,
) -> tuple[EntryServices, ...]:
    """The services of all entries, the oldest entry first. `default_export` is the mesh's `defaultServiceExportTo`."""
    ordered = sorted(entries, key=lambda e: (created(e.meta), e.meta.namespace, e.meta.name))
    made = []
    for entry in ordered:
        pattern = _pattern(entry, namespaces.get(entry.meta.namespace), default_export, features)
        services = tuple(_services(entry, pattern, features.pilot_enable_ip_autoallocate, sink))
        made.append(EntryServices(entry, services))
    return tuple(made) if features.pilot_enable_ip_autoallocate else _with_hashed_addresses(made)


def instances(
    expanded: Iterable[EntryServices], workloads: Workloads, trust_domain: str, features: Features
) -> Iterator[Instance]:
    """The endpoints of all entries with the services they serve: by entry, then service, then workload, then port."""
    for one in expanded:
        members = _members(one.entry, workloads, trust_domain, features)
        for service in one.services:
            for member in members:
                for declared, port in zip(one.entry.spec.ports, service.ports, strict=True):
                    yield Instance(service, port, _endpoint(member, declared))
            if _resolves_itself(one.entry):
                for declared, port in zip(one.entry.spec.ports, service.ports, strict=True):
                    yield Instance(service, port, _host_endpoint(one.entry, service, declared))


def shard(made: Iterable[Instance]) -> dict[tuple[str, str], list[Endpoint]]:
    """The endpoints by host and namespace; of a DNS_ROUND_ROBIN service only the first of each port counts."""
    endpoints: dict[tuple[str, str], list[Endpoint]] = {}
    single: set[tuple[str, str, int]] = set()
    for one in made:
        key = (one.service.hostname, one.service.namespace)
        if one.service.resolution is Resolution.DNS_ROUND_ROBIN:
            if (*key, one.port.number) in single:
                continue
            single.add((*key, one.port.number))
        endpoints.setdefault(key, []).append(one.endpoint)
    return endpoints


def _pattern(
    entry: ServiceEntry, namespace: Namespace | None, default_export: frozenset[str], features: Features
) -> Service:
    """The entry's service but for host and address."""
    meta, spec = entry.meta, entry.spec
    external = spec.location == "MESH_EXTERNAL"
    strategy = meta.annotations.get(names.ANNOTATION_CONNECT_STRATEGY, "")
    labels: Mapping[str, str] = meta.labels
    if external and features.label_canonical_services_for_mesh_external_service_entries:
        labels = with_canonical_labels(meta.name, labels)
    return Service(
        hostname="",
        name="",
        namespace=meta.namespace,
        registry=Registry.EXTERNAL,
        created=created(meta),
        resolution=_RESOLUTIONS[spec.resolution],
        ports=tuple(ServicePort(p.name, p.number, protocol.parse(p.protocol), p.target_port) for p in spec.ports),
        origin=entry.origin,
        mesh_external=external,
        labels=labels,
        selector=spec.workload_selector.labels if spec.workload_selector is not None else None,
        export_to=frozenset(spec.export_to) or default_export,
        exported_by_default=not spec.export_to,
        accounts=spec.subject_alt_names,
        traffic_distribution=of_service(None, meta, namespace),
        race_first_connect=strategy.upper() == "RACE_FIRST_TCP_CONNECT",
    )


def with_canonical_labels(name: str, labels: Mapping[str, str]) -> Mapping[str, str]:
    """The labels with canonical name and revision, made up from the usual ones or from the object's name."""
    if names.LABEL_CANONICAL_NAME in labels and names.LABEL_CANONICAL_REVISION in labels:
        return labels
    return {**labels, **names.canonical_labels(labels, name)}


def _services(entry: ServiceEntry, pattern: Service, read_status: bool, sink: Sink) -> Iterator[Service]:
    addresses = []
    for index, text in enumerate(entry.spec.addresses):
        if (address := normal_address(text)) is None:
            origin = entry.origin_of(entry.spec, f"spec.addresses[{index}]")
            sink.add("MC0561", origin, f"{text} is neither an IP address nor a CIDR, so istiod ignores it")
        else:
            addresses.append(address)
    for host in entry.spec.hosts:
        for address in addresses if entry.spec.addresses else (UNSPECIFIED,):
            yield dataclasses.replace(
                pattern,
                hostname=host,
                name=host,
                address=address,
                auto_addresses=auto_addresses.of_status(entry, host) if read_status else auto_addresses.NONE,
            )


def normal_address(text: str) -> str | None:
    """An address as it stands; a prefix of full length becomes the bare address; None if it is neither."""
    if is_ip(text):
        return text
    prefix = parse_prefix(text)
    if prefix is None:
        return None
    return str(prefix.ip) if prefix.network.prefixlen == prefix.max_prefixlen else text


def _with_hashed_addresses(made: Sequence[EntryServices]) -> tuple[EntryServices, ...]:
    hashed = auto_addresses.by_hash(service for one in made for service in one.services)
    return tuple(
        EntryServices(
            one.entry,
            tuple(
                dataclasses.replace(s, auto_addresses=hashed.get(f"{s.namespace}/{s.hostname}", auto_addresses.NONE))
                if s.address == UNSPECIFIED
                else s
                for s in one.services
            ),
        )
        for one in made
    )


def _resolves_itself(entry: ServiceEntry) -> bool:
    spec = entry.spec
    return not spec.endpoints and spec.workload_selector is None and spec.resolution in ("DNS", "DNS_ROUND_ROBIN")


def _members(entry: ServiceEntry, workloads: Workloads, trust_domain: str, features: Features) -> list[Workload]:
    """The workloads behind an entry: those that it selects, else its inline endpoints.

    Of a pod's addresses only the first one counts unless istiod supports dual stack.
    """
    meta, spec = entry.meta, entry.spec
    if spec.workload_selector is None:
        return [
            of_inline(
                spec=endpoint,
                name=f"{meta.name}-{index}",
                namespace=meta.namespace,
                trust_domain=trust_domain,
                origin=entry.origin_of(endpoint, f"spec.endpoints[{index}]"),
            )
            for index, endpoint in enumerate(spec.endpoints)
        ]
    by_name = spec.resolution in ("DNS", "DNS_ROUND_ROBIN")
    pods = features.pilot_enable_serviceentry_select_pods
    selected = workloads.select(meta.namespace, spec.workload_selector.labels)
    usable = [w for w in selected if w.ready and (pods if w.is_pod else by_name or may_serve(w.address))]
    if features.istio_dual_stack:
        return usable
    return [dataclasses.replace(w, ips=w.ips[:1]) if len(w.ips) > 1 else w for w in usable]


def _endpoint(member: Workload, declared: EntryPort) -> Endpoint:
    number = member.port(declared.name) or declared.target_port or declared.number
    if member.address.startswith(UNIX_PREFIX):
        member, number = dataclasses.replace(member, ips=(member.address.removeprefix(UNIX_PREFIX),)), 0
    return entry_endpoint(member, number, declared.name, declared.number)


def _host_endpoint(entry: ServiceEntry, service: Service, declared: EntryPort) -> Endpoint:
    """The host itself, which the proxy resolves."""
    return Endpoint(
        addresses=(service.hostname,),
        port=declared.target_port or declared.number,
        port_name=declared.name,
        labels={},
        origin=service.origin,
        service_port=declared.number,
        workload_name=entry.meta.name,
        namespace=entry.meta.namespace,
    )
