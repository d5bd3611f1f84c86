"""Sources of trace tag values, shared by Telemetry and the mesh's `defaultConfig.tracing`."""

from __future__ import annotations

from meshc.resources.message import Message, message


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
