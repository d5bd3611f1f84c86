"""A port's protocol, the client and a connection pool in, the HTTP options of a cluster out (spec: clusters 6)."""

from __future__ import annotations

from dataclasses import replace

from meshc.ir.cluster import HttpOptions, UpstreamProtocol
from meshc.lower.clusters.client import ClusterClient
from meshc.lower.clusters.connection_pool import http_limits
from meshc.model import api
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol


def of_protocol(protocol: Protocol, client: ClusterClient) -> HttpOptions | None:
    """What the protocol of the port asks for; None: no options. Sidecars follow the client where it is sniffed."""
    if protocol.is_http2:
        return HttpOptions(protocol=UpstreamProtocol.HTTP2)
    if protocol is Protocol.AUTO and not client.is_router:
        return HttpOptions(protocol=UpstreamProtocol.DOWNSTREAM, preserve_case=client.preserve_case)
    if client.preserve_case and (protocol.is_http or protocol is Protocol.AUTO):
        return HttpOptions(preserve_case=True)
    return None


def upgraded(
    mesh: Mesh, options: HttpOptions | None, protocol: Protocol, pool: api.ConnectionPoolSettings | None
) -> HttpOptions | None:
    """The options after the upgrade to HTTP/2, which only happens where nothing else chose a protocol."""
    if options is None and _upgrades(mesh, protocol, (pool and pool.http) or api.HttpSettings()):
        return HttpOptions(protocol=UpstreamProtocol.HTTP2)
    return options


def _upgrades(mesh: Mesh, protocol: Protocol, http: api.HttpSettings) -> bool:
    if http.use_client_protocol:
        return False
    if http.h2_upgrade_policy == "DEFAULT":
        return protocol.is_http and mesh.config.h2_upgrade_policy == "UPGRADE"
    return http.h2_upgrade_policy == "UPGRADE"


def limited(options: HttpOptions | None, pool: api.ConnectionPoolSettings | None) -> HttpOptions | None:
    """The options with the limits of the pool; `useClientProtocol` replaces the protocol last of all."""
    http = (pool and pool.http) or api.HttpSettings()
    limits = http_limits(pool)
    if limits is not None:
        options = replace(options or HttpOptions(), limits=limits)
        if options.protocol is UpstreamProtocol.HTTP2 and http.max_concurrent_streams > 0:
            options = replace(options, max_concurrent_streams=http.max_concurrent_streams)
    if http.use_client_protocol:
        options = _following_client(options or HttpOptions())
    return options


def _following_client(options: HttpOptions) -> HttpOptions:
    """The protocol of the client; only an explicit HTTP/1 choice keeps its settings."""
    preserve_case = options.preserve_case and options.protocol is UpstreamProtocol.HTTP1
    return replace(options, protocol=UpstreamProtocol.DOWNSTREAM, preserve_case=preserve_case, max_concurrent_streams=0)
