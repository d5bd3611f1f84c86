"""What of a proxy shapes its HTTP connection managers: node metadata and the `proxyHeaders` of its ProxyConfig."""

from __future__ import annotations

from meshc.ir.duration import Duration
from meshc.ir.http_connection_manager import ClientCert, ClientCertDetails
from meshc.ir.node import value
from meshc.model.api import (
    ForwardClientCertDetails,
    MeshConfig,
    ProxyHeaders,
    SetCurrentClientCertDetails,
    Topology,
    parse_duration,
)
from meshc.scope.proxy import Proxy, ProxyKind

_SETTING = (ClientCert.APPEND_FORWARD, ClientCert.SANITIZE_SET)
"""What makes a gateway write the header; only then does it matter what is written."""


@value
class HttpFacts:
    """Facts of one proxy that all of its connection managers follow (spec: extensions 3.3).

    `accept_http10` and `idle_timeout` (which TCP follows too) are asked for by metadata. `server_name` empty: not
    given. `metadata_in_mesh`: metadata is exchanged with services of the mesh only. `client_cert` and
    `client_cert_details` are those of traffic that arrives from outside the workload. `xff_trusted_hops`: proxies in
    front of a gateway that are believed about the client.
    """

    accept_http10: bool = False
    idle_timeout: Duration | None = None
    preserve_header_case: bool = False
    server_name: str = ""
    pass_server_header: bool = False
    generate_request_id: bool = True
    suppress_envoy_headers: bool = False
    metadata_in_mesh: bool = False
    append_forwarded_port: bool = False
    client_cert: ClientCert = ClientCert.APPEND_FORWARD
    client_cert_details: ClientCertDetails | None = ClientCertDetails(subject=True, dns=True, uri=True)
    xff_trusted_hops: int = 0


def http_facts(proxy: Proxy) -> HttpFacts:
    """The facts of a proxy."""
    headers = proxy.config.proxy_headers or ProxyHeaders()
    server, request_id, debug = headers.server, headers.request_id, headers.envoy_debug_headers
    metadata, port = headers.metadata_exchange_headers, headers.x_forwarded_port
    topology = (proxy.config.gateway_topology or Topology()) if proxy.kind is ProxyKind.ROUTER else None
    client_cert, details = _of_headers(headers) if topology is None else _of_topology(topology)
    return HttpFacts(
        accept_http10=proxy.metadata.get("HTTP10") == "1",
        idle_timeout=_idle_timeout(proxy),
        preserve_header_case=bool(headers.preserve_http1_header_case),
        server_name=server.value if server and not server.disabled else "",
        pass_server_header=bool(server and server.disabled),
        generate_request_id=not (request_id and request_id.disabled),
        suppress_envoy_headers=bool(debug and debug.disabled),
        metadata_in_mesh=bool(metadata and metadata.mode == "IN_MESH"),
        append_forwarded_port=bool(port and port.enabled),
        client_cert=client_cert,
        client_cert_details=details,
        xff_trusted_hops=topology.num_trusted_proxies if topology is not None else 0,
    )


def _idle_timeout(proxy: Proxy) -> Duration | None:
    """`IDLE_TIMEOUT`; one that is no Go duration counts as none."""
    return parse_duration(str(proxy.metadata.get("IDLE_TIMEOUT", "")))


def _of_headers(headers: ProxyHeaders) -> tuple[ClientCert, ClientCertDetails | None]:
    """What a sidecar tells of its clients' certificates: the `proxyHeaders` decide."""
    details = _details(headers.set_current_client_cert_details or SetCurrentClientCertDetails())
    return _client_cert(headers.forwarded_client_cert, ClientCert.APPEND_FORWARD), details


def _of_topology(topology: Topology) -> tuple[ClientCert, ClientCertDetails | None]:
    """What a gateway tells of them: its `gatewayTopology` decides, `proxyHeaders` do not (spec: gateways 6)."""
    client_cert = _client_cert(topology.forward_client_cert_details, ClientCert.SANITIZE_SET)
    details = ClientCertDetails(subject=True, cert=True, dns=True, uri=True) if client_cert in _SETTING else None
    return client_cert, details


def _client_cert(setting: ForwardClientCertDetails, default: ClientCert) -> ClientCert:
    return default if setting == "UNDEFINED" else ClientCert(setting)


def _details(settings: SetCurrentClientCertDetails) -> ClientCertDetails:
    """Subject, URI and DNS names are told unless switched off; the certificate and its chain only if switched on."""
    return ClientCertDetails(
        subject=settings.subject is not False,
        cert=bool(settings.cert),
        chain=bool(settings.chain),
        dns=settings.dns is not False,
        uri=settings.uri is not False,
    )


@value
class PathNormalization:
    """How request paths are normalised before they are matched."""

    normalize: bool
    merge_slashes: bool
    unescape_slashes: bool


def path_normalization(config: MeshConfig) -> PathNormalization:
    """The mesh's `pathNormalization` (spec: extensions 3.2)."""
    level = config.path_normalization.normalization if config.path_normalization else "DEFAULT"
    return PathNormalization(
        normalize=level != "NONE",
        merge_slashes=level in ("MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"),
        unescape_slashes=level == "DECODE_AND_MERGE_SLASHES",
    )
