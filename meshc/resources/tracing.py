"""What Telemetry, the mesh's `defaultConfig.tracing` and its tracing providers share: tags and propagation formats."""

from __future__ import annotations

from typing import Literal

from meshc.resources.message import Message, message

TraceContext = Literal["UNSPECIFIED", "W3C_TRACE_CONTEXT", "GRPC_BIN", "CLOUD_TRACE_CONTEXT", "B3"]
"""How OpenCensus passes a trace on."""


@message
class LiteralTag(Message):
    """`literal`: the value itself."""

    value: str = ""


@message
class EnvironmentTag(Message):
    """`environment`: a variable of the proxy."""

    name: str = ""
    default_value: str = ""


@message
class RequestHeaderTag(Message):
    """`header`: a header of the request."""

    name: str = ""
    default_value: str = ""
