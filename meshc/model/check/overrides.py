"""DestinationRules that replace another namespace's rule for the clients of their own namespace."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.findings import Sink
from meshc.model.destination_rules import DestinationRule, HostRules
from meshc.model.mesh import Mesh
from meshc.model.service import Service


def report_overrides(mesh: Mesh, sink: Sink) -> None:
    """Say where a client's namespace has a rule for a host whose owner exports one too: istiod never joins the two."""
    rules = mesh.destination_rules
    for namespace, hosts in rules.local.items():
        if namespace == rules.root_namespace:
            continue
        for service in _services(mesh, hosts):
            if service.namespace == namespace:
                continue
            found, owners = (
                hosts.find(service.hostname),
                rules.exported_to(namespace, service.namespace, service.hostname),
            )
            if found and owners:
                _report(namespace, service, found[0], owners[-1], sink)


def _services(mesh: Mesh, hosts: HostRules) -> Iterable[Service]:
    if hosts.wildcard:
        return mesh.services.all
    return (service for host in hosts.exact for service in mesh.services.by_host(host))


def _report(namespace: str, service: Service, rule: DestinationRule, owner: DestinationRule, sink: Sink) -> None:
    text = f"for clients of {namespace}, {rule.origin} takes the place of this rule for {service.hostname}"
    sink.add("MC0515", owner.origin, text)
