"""Extension providers of the mesh config: a name in, the provider out; and the cluster of the service behind one."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.ir.node import value
from meshc.lower.names import outbound_cluster_name
from meshc.model.api import ExtensionProvider, ProviderRef
from meshc.model.mesh import Mesh
from meshc.model.shared import shared


@value
class ProviderService:
    """The service that a provider's data goes to, as a cluster and as a host name."""

    cluster: str
    hostname: str


def provider_names(references: Iterable[ProviderRef]) -> tuple[str, ...]:
    """The names of a `providers` list."""
    return tuple(reference.name for reference in references)


@shared
def provider(mesh: Mesh, name: str) -> ExtensionProvider | None:
    """The first provider of that name, whatever its case (spec: extensions 4.1)."""
    wanted = name.lower()
    return next((p for p in mesh.config.extension_providers if p.name.lower() == wanted), None)


@shared
def provider_service(mesh: Mesh, service: str, port: int) -> ProviderService | None:
    """The service of a provider, `namespace/hostname` or a hostname that exists in one namespace only.

    Whether anybody can see the service is not asked. None: there is no such service, or several (spec: extensions 4.3).
    """
    hostname = _found_host(mesh, service)
    if hostname is None:
        return None
    return ProviderService(cluster=outbound_cluster_name(port, "", hostname), hostname=hostname)


def _found_host(mesh: Mesh, service: str) -> str | None:
    if service.count("/") == 1:
        namespace, _, hostname = service.partition("/")
        return hostname if any(s.namespace == namespace for s in mesh.services.by_host(hostname)) else None
    return service if len({s.namespace for s in mesh.services.by_host(service)}) == 1 else None
