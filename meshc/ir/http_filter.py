"""HTTP filters: what handles the requests of an HTTP connection manager."""

from __future__ import annotations

import enum

from meshc.ir.node import value


@value
class HttpFilter:
    """Any HTTP filter. Subclasses are the kinds; the security ones stand in `ir.security`."""


class Peer(enum.Enum):
    """The other side of a request: the client that sent it, or the server it goes to."""

    DOWNSTREAM = "downstream"
    UPSTREAM = "upstream"


@value
class PeerMetadata(HttpFilter):
    """Istio's metadata exchange over HTTP headers: finds out who `peer` is and tells it who we are.

    `skip_external`: nothing is told to clusters outside of the mesh. `additional_labels`: pod labels told besides the
    usual ones.
    """

    peer: Peer
    skip_external: bool = False
    additional_labels: tuple[str, ...] = ()


@value
class GrpcWeb(HttpFilter):
    """Translates gRPC-Web to gRPC."""


@value
class GrpcStats(HttpFilter):
    """Counts gRPC messages."""


@value
class AlpnOverride(HttpFilter):
    """Istio's ALPN filter: tells the server's sidecar by ALPN which HTTP version is inside the mTLS."""


@value
class Fault(HttpFilter):
    """Injects the faults that routes ask for."""


@value
class Cors(HttpFilter):
    """Answers for the CORS policies of routes."""


@value
class StatefulSession(HttpFilter):
    """Keeps sessions on one endpoint where routes ask for it."""


@value
class DynamicForwardProxy(HttpFilter):
    """Resolves the host of a request at run time."""

    dns_cache: str


@value
class Router(HttpFilter):
    """Sends requests where their route says; always the last."""

    suppress_envoy_headers: bool = False
