"""ServiceEntries, WorkloadEntries and WorkloadGroups in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

from collections.abc import Collection

from meshc.resources.check.addresses import (
    HTTP_PROTOCOLS,
    TCP_CLASS,
    TLS_PROTOCOLS,
    UNIX,
    ip_or_cidr_fault,
    protocol_fault,
    unix_fault,
)
from meshc.resources.check.names import (
    check_distinct,
    check_export_to,
    check_labels,
    dns_label_fault,
    fqdn_fault,
    is_partial_wildcard,
    wildcard_host_fault,
)
from meshc.resources.check.numbers import check_port
from meshc.resources.check.place import Place
from meshc.resources.check.selectors import check_selector
from meshc.resources.go_values import is_ip
from meshc.resources.networking import ServiceEntry, WorkloadEntry
from meshc.resources.networking.service_entry import ServiceEntrySpec, WorkloadEntrySpec

AUTO_ALLOCATE_LABEL = "networking.istio.io/enable-autoallocate-ip"

_DYNAMIC_PROTOCOLS = ("http", "tls", "grpc", "http2")


def check_service_entry(entry: ServiceEntry, root: Place, auto_allocate: bool) -> None:
    """A ServiceEntry; `auto_allocate` is istiod's PILOT_ENABLE_IP_AUTOALLOCATE."""
    at, spec = root / "spec", entry.spec
    selector = spec.workload_selector
    check_selector(at / "workloadSelector", selector.labels if selector is not None else None, "labels")
    if selector is not None and spec.endpoints:
        (at / "endpoints").tell("MC0413", "endpoints cannot stand beside workloadSelector")
    _check_hosts(at, spec)
    for place, address in at.each("addresses", spec.addresses):
        place.judge("MC0410", ip_or_cidr_fault(address))
        if "/" in address and spec.resolution not in ("NONE", "STATIC"):
            place.tell("MC0424", f"the range {address} does not fit resolution {spec.resolution}")
    opted_out = entry.meta.labels.get(AUTO_ALLOCATE_LABEL, "").lower() == "false"
    _check_ports(at, spec, addressed=auto_allocate and spec.resolution != "NONE" and not opted_out)
    _check_resolution(at, spec)
    check_export_to(at, entry.meta.namespace, spec.export_to, service_entry=True)


def _check_hosts(at: Place, spec: ServiceEntrySpec) -> None:
    (at / "hosts").need(spec.hosts, "a host")
    for place, host in at.each("hosts", spec.hosts):
        if host == "*":
            place.tell("MC0404", "'*' is no host of a ServiceEntry")
            continue
        sound = place.judge("MC0404", wildcard_host_fault(host))
        if sound and is_partial_wildcard(host) and spec.resolution != "DYNAMIC_DNS":
            place.tell("MC0468", f"{host!r} has a wildcard that is not its whole first label: no host matches it")
    if len(spec.hosts) > 1 and spec.resolution != "NONE":
        for place, port in at.each("ports", spec.ports):
            if port.protocol.lower() not in HTTP_PROTOCOLS | TLS_PROTOCOLS:
                text = f"port {port.number} of protocol {port.protocol or 'TCP'} cannot serve several hosts"
                (place / "protocol").tell("MC0424", f"{text}: nothing in its traffic tells them apart")


def _check_ports(at: Place, spec: ServiceEntrySpec, *, addressed: bool) -> None:
    """Names and numbers are unique. Without an address of its own, TCP traffic is told apart by its port alone."""
    check_distinct(at, "ports", [port.name for port in spec.ports], "port name")
    check_distinct(at, "ports", [str(port.number) for port in spec.ports], "port number")
    for place, port in at.each("ports", spec.ports):
        check_port(place / "number", port.number)
        if port.target_port:
            check_port(place / "targetPort", port.target_port)
        (place / "name").judge("MC0403", dns_label_fault(port.name))
        (place / "protocol").judge("MC0405", protocol_fault(port.protocol, optional=True))
        if not spec.addresses and not addressed and port.protocol in ("", "TCP"):
            place.tell("MC0453", f"port {port.number} takes TCP, and there is no address by which to know the service")


def _check_resolution(at: Place, spec: ServiceEntrySpec) -> None:
    match spec.resolution:
        case "NONE":
            if spec.endpoints:
                (at / "endpoints").tell("MC0424", "endpoints do not fit resolution NONE")
            if spec.workload_selector is not None:
                (at / "workloadSelector").tell("MC0458", "workloadSelector has no effect with resolution NONE")
        case "STATIC":
            _check_static(at, spec)
        case "DYNAMIC_DNS":
            _check_dynamic(at, spec)
        case _:
            _check_dns(at, spec)


def _check_static(at: Place, spec: ServiceEntrySpec) -> None:
    names = {port.name for port in spec.ports}
    for place, endpoint in at.each("endpoints", spec.endpoints):
        _check_endpoint_ports(place, endpoint, names)
        address = place / "address"
        if endpoint.address.startswith(UNIX):
            _check_socket(place, endpoint)
            if len(spec.ports) != 1:
                address.tell("MC0424", f"the socket {endpoint.address} needs exactly one port of the service")
        elif not endpoint.address and endpoint.network:
            address.tell("MC0459", f"the endpoint in network {endpoint.network!r} has no address")
        elif not is_ip(endpoint.address):
            address.tell("MC0410", f"{endpoint.address!r} is neither an IP address nor a {UNIX} socket")
        check_labels(place, "labels", endpoint.labels)


def _check_dns(at: Place, spec: ServiceEntrySpec) -> None:
    """Without endpoints the hosts themselves are resolved."""
    if not spec.endpoints:
        for place, host in at.each("hosts", spec.hosts):
            if not place.judge("MC0404", fqdn_fault(host), "with DNS resolution it needs endpoints"):
                break
    if spec.resolution == "DNS_ROUND_ROBIN" and len(spec.endpoints) > 1:
        (at / "endpoints").tell("MC0427", "resolution DNS_ROUND_ROBIN knows one endpoint")
    names = {port.name for port in spec.ports}
    for place, endpoint in at.each("endpoints", spec.endpoints):
        _check_endpoint_ports(place, endpoint, names)
        if not is_ip(endpoint.address):
            (place / "address").judge("MC0410", fqdn_fault(endpoint.address))
        check_labels(place, "labels", endpoint.labels)
    if len(spec.hosts) > 1 and spec.addresses and any(port.protocol.lower() in TCP_CLASS for port in spec.ports):
        (at / "addresses").tell("MC0470", "TCP traffic to these addresses goes to one of the hosts")


def _check_dynamic(at: Place, spec: ServiceEntrySpec) -> None:
    for place, host in at.each("hosts", spec.hosts):
        if not host.startswith("*"):
            place.tell("MC0404", f"{host!r} has no wildcard, as resolution DYNAMIC_DNS needs")
    for field, values in (("addresses", spec.addresses), ("endpoints", spec.endpoints)):
        if values:
            (at / field).tell("MC0424", f"{field} do not fit resolution DYNAMIC_DNS")
    for place, port in at.each("ports", spec.ports):
        if port.protocol.lower() not in _DYNAMIC_PROTOCOLS:
            text = f"protocol {port.protocol!r} does not fit resolution DYNAMIC_DNS"
            (place / "protocol").tell("MC0424", f"{text}: HTTP, HTTP2, GRPC or TLS")


def _check_endpoint_ports(at: Place, endpoint: WorkloadEntrySpec, names: Collection[str]) -> None:
    for place, name, number in at.entries("ports", endpoint.ports):
        place.judge("MC0424", "" if name in names else f"no port of the service has the name {name!r}")
        check_port(place, number)


def _check_socket(at: Place, endpoint: WorkloadEntrySpec) -> None:
    (at / "address").judge("MC0410", unix_fault(endpoint.address.removeprefix(UNIX)))
    if endpoint.ports:
        (at / "ports").tell("MC0424", f"ports do not fit the socket {endpoint.address}")


def check_workload_entry(entry: WorkloadEntry, root: Place) -> None:
    """A WorkloadEntry."""
    at, workload = root / "spec", entry.spec
    address = at / "address"
    if workload.address.startswith(UNIX):
        _check_socket(at, workload)
    elif workload.address:
        if not is_ip(workload.address):
            address.judge("MC0410", fqdn_fault(workload.address))
    elif workload.network:
        address.tell("MC0459", f"the workload in network {workload.network!r} has no address")
    else:
        address.tell("MC0412", "address is missing")
    for place, name, number in at.entries("ports", workload.ports):
        place.judge("MC0403", dns_label_fault(name))
        check_port(place, number)
    check_labels(at, "labels", workload.labels)
