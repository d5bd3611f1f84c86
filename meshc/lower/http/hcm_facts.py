"""The key of a connection manager's settings: everything they depend on besides the mesh."""

from __future__ import annotations

from meshc.ir.http_filter import HttpFilter
from meshc.ir.node import node, value
from meshc.lower.http.traffic import Traffic
from meshc.lower.http.workload_facts import WorkloadFacts


@node
class SecurityFilters:
    """Filters made of security policies, by their places in the order; of inbound and gateway traffic only."""

    custom: tuple[HttpFilter, ...] = ()
    authentication: tuple[HttpFilter, ...] = ()
    authorization: tuple[HttpFilter, ...] = ()


NO_SECURITY = SecurityFilters()


@value
class HcmFacts:
    """What the settings of one connection manager depend on.

    `http2`: the port declares HTTP/2. `http3`: requests come over QUIC. `grpc_web`: gRPC-Web. `dns_cache`: the cache of
    a wildcard service that is resolved at run time, empty for others. `explicit_proxy`: the listener of
    `proxyHttpPort`, clients' HTTP proxy.
    """

    traffic: Traffic
    workload: WorkloadFacts
    security: SecurityFilters = NO_SECURITY
    http2: bool = False
    http3: bool = False
    grpc_web: bool = False
    dns_cache: str = ""
    explicit_proxy: bool = False
