"""Access log formats: what mesh config or a provider says in, a `LogFormat` with Istio's defaults filled in out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from meshc.ir.access_log import LogFormat

TEXT_FORMAT = (
    '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% '
    '%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% '
    '%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" '
    '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% '
    "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n"
)
"""Istio's line (spec: listeners 18.3)."""

JSON_FORMAT = {
    "start_time": "%START_TIME%",
    "route_name": "%ROUTE_NAME%",
    "method": "%REQ(:METHOD)%",
    "path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
    "protocol": "%PROTOCOL%",
    "response_code": "%RESPONSE_CODE%",
    "response_flags": "%RESPONSE_FLAGS%",
    "response_code_details": "%RESPONSE_CODE_DETAILS%",
    "connection_termination_details": "%CONNECTION_TERMINATION_DETAILS%",
    "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%",
    "duration": "%DURATION%",
    "upstream_service_time": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
    "x_forwarded_for": "%REQ(X-FORWARDED-FOR)%",
    "user_agent": "%REQ(USER-AGENT)%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "authority": "%REQ(:AUTHORITY)%",
    "upstream_host": "%UPSTREAM_HOST%",
    "upstream_cluster": "%UPSTREAM_CLUSTER_RAW%",
    "upstream_local_address": "%UPSTREAM_LOCAL_ADDRESS%",
    "downstream_local_address": "%DOWNSTREAM_LOCAL_ADDRESS%",
    "downstream_remote_address": "%DOWNSTREAM_REMOTE_ADDRESS%",
    "requested_server_name": "%REQUESTED_SERVER_NAME%",
    "upstream_transport_failure_reason": "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
}
"""Istio's JSON object (spec: listeners 18.3)."""

_WITHOUT_QUERY = "%REQ_WITHOUT_QUERY"


def text_format(text: str, omit_empty: bool = False) -> LogFormat:
    """A line of text, Istio's own if empty; it always ends with a newline."""
    line = text or TEXT_FORMAT
    return LogFormat(
        text=line if line.endswith("\n") else line + "\n",
        omit_empty_values=omit_empty,
        without_query=needs_query_formatter(line),
    )


def json_format(fields: Mapping[str, Any], omit_empty: bool = False) -> LogFormat:
    """A JSON object."""
    return LogFormat(
        json=json.dumps(fields, sort_keys=True),
        omit_empty_values=omit_empty,
        without_query=any(map(needs_query_formatter, fields.values())),
    )


def mesh_format(encoding: str, text: str) -> LogFormat:
    """`accessLogFormat` under `accessLogEncoding`; JSON that is no object counts as none (spec: extensions 4.3)."""
    if encoding != "JSON":
        return text_format(text)
    fields = json_object(text)
    return json_format(JSON_FORMAT if fields is None else fields)


def needs_query_formatter(item: object) -> bool:
    """Whether a format names `%REQ_WITHOUT_QUERY%`, which is an extension; istiod looks no deeper than at strings."""
    return isinstance(item, str) and _WITHOUT_QUERY in item


def json_object(text: str) -> Mapping[str, Any] | None:
    """The JSON object that a text is, None if it is none."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
