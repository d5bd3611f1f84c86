"""Credential names and file paths in, references to secrets out (spec: clusters 12.5, gateways 8.3)."""

from __future__ import annotations

from meshc.ir.tls import WORKLOAD_CERTIFICATE, WORKLOAD_ROOTS, SecretReference, SecretSource
from meshc.lower.telemetry.providers import provider_service
from meshc.model.mesh import Mesh
from meshc.model.shared import shared

CONFIG_MAP = "configmap://"
KUBERNETES_SECRET = "kubernetes://"
GATEWAY_SECRET = "kubernetes-gateway://"
_WITH_SCHEME = (CONFIG_MAP, KUBERNETES_SECRET, GATEWAY_SECRET)
_BUILT_IN = {"builtin://": WORKLOAD_CERTIFICATE, "builtin://-cacert": WORKLOAD_ROOTS}
_INVALID = "invalid://"
_SDS = "sds://"


def credential(name: str, credential_socket: bool) -> SecretReference:
    """The secret of a credential name; that of its roots is asked for by the name with `-cacert` appended.

    `credential_socket`: a credential provider stands beside the proxy and answers for `sds://` names; without one they
    are Kubernetes Secrets like names without a scheme.

    >>> credential("shop-cert", False).name
    'kubernetes://shop-cert'
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    if name.startswith(_SDS) and credential_socket:
        return SecretReference(name=name, source=SecretSource.EXTERNAL)
    if name.startswith(_INVALID):
        name = _INVALID
    elif not name.startswith(_WITH_SCHEME):
        name = KUBERNETES_SECRET + name.removeprefix(_SDS)
    return SecretReference(name=name, source=SecretSource.CONTROL_PLANE)


def server_credential(mesh: Mesh, name: str, credential_socket: bool) -> SecretReference:
    """The same for a server that terminates TLS: `sds://` names may also be of a provider in the mesh config."""
    provider = _provider_cluster(mesh) if name.startswith(_SDS) and not credential_socket else ""
    if provider:
        return SecretReference(name=name.removeprefix(_SDS), source=SecretSource.PROVIDER, cluster=provider)
    return credential(name, credential_socket)


@shared
def _provider_cluster(mesh: Mesh) -> str:
    """The cluster of the first SDS provider, whatever its name; empty if there is none, or no service behind it."""
    provider = next((p.sds for p in mesh.config.extension_providers if p.sds is not None), None)
    found = provider_service(mesh, provider.service, provider.port) if provider is not None else None
    return found.cluster if found is not None else ""


def file_certificate(chain: str, key: str, source: SecretSource) -> SecretReference:
    """A certificate and its key in files of the proxy."""
    return SecretReference(name=f"file-cert:{chain}~{key}", source=source)


def file_roots(path: str, source: SecretSource) -> SecretReference:
    """Trusted roots in a file of the proxy; `system` for those of the operating system."""
    return SecretReference(name=f"file-root:{path}", source=source)
