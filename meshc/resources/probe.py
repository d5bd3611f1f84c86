"""Istio's ReadinessProbe: the health check of a workload by its agent."""

from __future__ import annotations

from meshc.resources.message import Int32, Message, UInt32, message


@message
class HTTPHeader(Message):
    """`httpGet.httpHeaders[]`."""

    name: str = ""
    value: str = ""


@message
class HTTPHealthCheckConfig(Message):
    """Healthy if a GET is answered with 200 to 399."""

    path: str = ""
    port: UInt32 = 0
    host: str = ""
    scheme: str = ""
    http_headers: tuple[HTTPHeader, ...] = ()


@message
class TCPHealthCheckConfig(Message):
    """Healthy if a connection is accepted."""

    host: str = ""
    port: UInt32 = 0


@message
class ExecHealthCheckConfig(Message):
    """Healthy if a command exits with 0."""

    command: tuple[str, ...] = ()


@message
class GrpcHealthCheckConfig(Message):
    """Healthy if the gRPC health service says so."""

    port: UInt32 = 0
    service: str = ""


@message
class ReadinessProbe(Message):
    """How, and how often, a workload is probed; one of the four methods is set."""

    initial_delay_seconds: Int32 = 0
    timeout_seconds: Int32 = 0
    period_seconds: Int32 = 0
    success_threshold: Int32 = 0
    failure_threshold: Int32 = 0
    http_get: HTTPHealthCheckConfig | None = None
    tcp_socket: TCPHealthCheckConfig | None = None
    exec: ExecHealthCheckConfig | None = None
    grpc: GrpcHealthCheckConfig | None = None
