"""A proxy in; all of it that its clusters depend on, endpoints apart, out. Proxies with equal facts share clusters."""

from __future__ import annotations

from meshc.frozen import frozen
from meshc.ir.cluster import DnsFamily
from meshc.model.mesh import Mesh
from meshc.scope.proxy import IpMode, Proxy, ProxyKind


@frozen
class ClientCertificates:
    """Files in the proxy that stand for its identity, from before there were workload certificates."""

    chain: str
    key: str
    roots: str


@frozen
class ClusterClient:
    """What clusters depend on of the proxy that gets them.

    `preserve_case`: HTTP/1 header names are kept as they are. `file_credentials`: files are served by a server of their
    own. `credential_socket`: a credential provider stands beside the proxy.
    """

    is_router: bool
    dns_family: DnsFamily
    preserve_case: bool = False
    certificates: ClientCertificates | None = None
    file_credentials: bool = False
    credential_socket: bool = False


def cluster_client(mesh: Mesh, proxy: Proxy) -> ClusterClient:
    """The facts of a proxy, from its addresses, its metadata and its ProxyConfig."""
    metadata = proxy.metadata
    chain = metadata.get("TLS_CLIENT_CERT_CHAIN", "")
    headers = proxy.config.proxy_headers
    return ClusterClient(
        is_router=proxy.kind is ProxyKind.ROUTER,
        dns_family=_dns_family(mesh, proxy.ip_mode),
        preserve_case=bool(headers and headers.preserve_http1_header_case),
        certificates=ClientCertificates(
            chain, metadata.get("TLS_CLIENT_KEY", ""), metadata.get("TLS_CLIENT_ROOT_CERT", "")
        )
        if chain
        else None,
        file_credentials=metadata.get("file-credential") == "true",
        credential_socket=metadata.get("credential") == "true",
    )


def _dns_family(mesh: Mesh, mode: IpMode) -> DnsFamily:
    """The addresses that names are resolved to (spec: clusters 5.1)."""
    features = mesh.features
    if mode is IpMode.IPV4:
        return DnsFamily.V4_ONLY
    if mode is IpMode.IPV6:
        both = features.istio_enable_ipv4_outbound_listener_for_ipv6_clusters
        return DnsFamily.ALL if both else DnsFamily.V6_ONLY
    return DnsFamily.ALL if features.istio_dual_stack else DnsFamily.V4_ONLY
