"""Endpoints that Kubernetes would have written into EndpointSlices for a Service and the pods it selects."""

from __future__ import annotations

import ipaddress

from meshc.model import names
from meshc.model.pods import addresses, is_ready, named_ports
from meshc.resources import discovery
from meshc.resources.core import ObjectReference, Service, ServicePort
from meshc.resources.go_values import is_ip
from meshc.resources.message import Meta
from meshc.resources.pod import Pod


def assumed_slice(service: Service, pod: Pod) -> discovery.EndpointSlice | None:
    """The slice of one pod of a Service, with the ports that lead somewhere in it; None if the pod cannot serve."""
    if pod.status.phase in ("Succeeded", "Failed"):
        return None
    family = _family(service)
    found = [a for a in addresses(pod) if is_ip(a) and ipaddress.ip_address(a).version == family]
    if not found:
        return None
    ready = is_ready(pod)
    leaving = pod.meta.deletion_timestamp is not None
    endpoint = discovery.Endpoint(
        at=pod.at,
        addresses=(found[0],),
        conditions=discovery.EndpointConditions(
            ready=service.spec.publish_not_ready_addresses or (ready and not leaving),
            serving=ready,
            terminating=leaving,
        ),
        target_ref=ObjectReference(kind="Pod", namespace=pod.meta.namespace, name=pod.meta.name),
        node_name=pod.spec.node_name or None,
    )
    return discovery.EndpointSlice(
        at=service.at,
        meta=Meta(
            kind="EndpointSlice",
            name=f"{service.meta.name}-{pod.meta.name}",
            namespace=service.meta.namespace,
            labels={names.LABEL_SERVICE_NAME: service.meta.name},
            file=service.meta.file,
        ),
        address_type="IPv4" if family == 4 else "IPv6",
        endpoints=(endpoint,),
        ports=_ports(service, pod),
    )


def _family(service: Service) -> int:
    """The IP version of the Service's first address."""
    if service.spec.ip_families:
        return 4 if service.spec.ip_families[0] == "IPv4" else 6
    address = service.spec.cluster_ip
    return ipaddress.ip_address(address).version if is_ip(address) else 4


def _ports(service: Service, pod: Pod) -> tuple[discovery.EndpointPort, ...]:
    made = []
    for port in service.spec.ports:
        number = _number(port, pod)
        if number:
            made.append(
                discovery.EndpointPort(
                    name=port.name, protocol=port.protocol, port=number, app_protocol=port.app_protocol
                )
            )
    return tuple(made)


def _number(port: ServicePort, pod: Pod) -> int:
    target = port.target_port or port.port
    return target if isinstance(target, int) else named_ports(pod).get((target, port.protocol), 0)
