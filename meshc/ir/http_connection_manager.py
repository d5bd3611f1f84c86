"""The HTTP connection manager: the network filter that turns a connection into requests."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from meshc.ir.access_log import AccessLog
from meshc.ir.address import PrefixRange
from meshc.ir.duration import Duration
from meshc.ir.http_filter import HttpFilter
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.node import node, value
from meshc.ir.tracing import Tracing

if TYPE_CHECKING:
    from meshc.ir.route import RouteConfiguration


class ClientCert(enum.Enum):
    """What happens to the x-forwarded-client-cert header; the values are Envoy's and Istio's."""

    SANITIZE = "SANITIZE"
    FORWARD_ONLY = "FORWARD_ONLY"
    APPEND_FORWARD = "APPEND_FORWARD"
    SANITIZE_SET = "SANITIZE_SET"
    ALWAYS_FORWARD_ONLY = "ALWAYS_FORWARD_ONLY"


@value
class ClientCertDetails:
    """Parts of the client's certificate that the header names; None: not set."""

    subject: bool | None = None
    cert: bool = False
    chain: bool = False
    dns: bool = False
    uri: bool = False


@value
class Http1:
    """HTTP/1 options; all off is written as an empty message."""

    accept_http10: bool = False
    allow_absolute_url: bool = False
    preserve_header_case: bool = False


class Codec(enum.Enum):
    """How the version of HTTP is found: from the bytes, or always HTTP/3 (QUIC)."""

    AUTO = "AUTO"
    HTTP3 = "HTTP3"


@node
class HttpSettings:
    """All of a connection manager that its listener does not decide: listeners of one workload share it.

    `server_name` empty: Envoy's own; `pass_server_header`: the upstream's is kept. `http1`, `http2`: None or False
    leave the options out.
    """

    filters: tuple[HttpFilter, ...]
    codec: Codec = Codec.AUTO
    tracing: Tracing | None = None
    access_logs: tuple[AccessLog, ...] = ()
    http1: Http1 | None = None
    http2: bool = False
    idle_timeout: Duration | None = None
    server_name: str = ""
    pass_server_header: bool = False
    use_remote_address: bool = False
    xff_trusted_hops: int = 0
    internal_ranges: tuple[PrefixRange, ...] = ()
    forward_client_cert: ClientCert | None = None
    client_cert_details: ClientCertDetails | None = None
    generate_request_id: bool = True
    request_id_sampling: bool = True
    append_forwarded_port: bool = False
    normalize_path: bool = True
    merge_slashes: bool = False
    unescape_slashes: bool = False
    proxy_100_continue: bool = True


OF_WORKLOAD = HttpSettings(filters=())
"""Stands for settings that are different for each workload that has the listener."""


@value
class HttpConnectionManager(NetworkFilter):
    """Requests of a connection; `routes` is the name of routes to be fetched (RDS), or the routes themselves."""

    stat_prefix: str
    routes: str | RouteConfiguration
    settings: HttpSettings
