"""Ports of Kubernetes Services whose protocol nobody declares."""

from __future__ import annotations

from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol, of_kubernetes_port
from meshc.resources.check.place import Places
from meshc.resources.core import Service
from meshc.resources.load import Objects

_OF_ISTIO = "istio"


def lint_service_ports(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Say which ports proxies have to sniff the protocol of; Istio's own Services are left alone."""
    for service in objects.by_kind(Service):
        if _OF_ISTIO in service.meta.labels or service.meta.labels.get("release") == _OF_ISTIO:
            continue
        for place, port in (places.of(service) / "spec").each("ports", service.spec.ports):
            found = of_kubernetes_port(port.port, port.name, port.protocol, port.app_protocol)
            if found is Protocol.AUTO:
                named = f"named {port.name!r}" if port.name else "without a name"
                place.tell("MC0594", f"port {port.port} {named} declares no protocol, so that proxies sniff it")
