"""Access logs: what is written for a request or a connection, and where to."""

from __future__ import annotations

import enum

from meshc.ir.node import node, value

JsonText = str
"""A JSON object as text: hashable, and as written by the user."""


@value
class LogFormat:
    """How a line looks: `text` with Envoy's command operators, or `json`, an object whose strings are such text.

    `without_query` names the formatter extension that `%REQ_WITHOUT_QUERY%` needs.
    """

    text: str = ""
    json: JsonText = ""
    omit_empty_values: bool = False
    without_query: bool = False


@value
class LogFilter:
    """When a line is written: `no_route`: only where no filter chain or route matched; `cel`: where this holds.

    The expression may be empty; None is none.
    """

    no_route: bool = False
    cel: str | None = None


@node
class AccessLog:
    """Any access log; `filter` None: everything is written."""

    filter: LogFilter | None = None


@node
class FileLog(AccessLog):
    """Lines appended to a file; Envoy's own if no format is given."""

    path: str
    format: LogFormat | None


class GrpcLogKind(enum.Enum):
    """Which of Envoy's gRPC log messages is sent; a sink may get HTTP entries for TCP connections and the reverse."""

    HTTP = "http"
    TCP = "tcp"


@value
class LogService:
    """The gRPC service that takes log entries."""

    log_name: str
    cluster: str
    authority: str
    filter_state_objects: tuple[str, ...]


@node
class GrpcLog(AccessLog):
    """Entries sent to an Envoy access log service. The headers and trailers are additional ones (HTTP only)."""

    kind: GrpcLogKind
    service: LogService
    request_headers: tuple[str, ...] = ()
    response_headers: tuple[str, ...] = ()
    response_trailers: tuple[str, ...] = ()


@node
class OpenTelemetryLog(AccessLog):
    """Entries sent to an OpenTelemetry collector: a body and attributes."""

    service: LogService
    body: str
    attributes: tuple[tuple[str, str], ...] = ()
    without_query: bool = False
