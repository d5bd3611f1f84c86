"""Istio's protocols of a port, and the classes that listeners are chosen by."""

from __future__ import annotations

import enum


class Protocol(enum.Enum):
    """A port's protocol as Istio names it; `AUTO` is its `UnsupportedProtocol`: undeclared, to be sniffed."""

    HTTP = "HTTP"
    HTTP2 = "HTTP2"
    HTTP_PROXY = "HTTP_PROXY"
    GRPC = "GRPC"
    GRPC_WEB = "GRPC-Web"
    HTTPS = "HTTPS"
    TLS = "TLS"
    TCP = "TCP"
    MONGO = "Mongo"
    REDIS = "Redis"
    MYSQL = "MySQL"
    UDP = "UDP"
    AUTO = "UnsupportedProtocol"

    @property
    def is_http(self) -> bool:
        """HTTP, HTTP/2, gRPC and their kin: traffic with routes."""
        return self in _HTTP

    @property
    def is_http2(self) -> bool:
        """Protocols that mean HTTP/2 to the server."""
        return self in _HTTP2

    @property
    def is_tls(self) -> bool:
        """Opaque TLS: chosen by SNI."""
        return self in _TLS

    @property
    def is_tcp(self) -> bool:
        """Everything that gets a TCP listener, opaque TLS included."""
        return self in _TCP


_HTTP = frozenset({Protocol.HTTP, Protocol.HTTP2, Protocol.HTTP_PROXY, Protocol.GRPC, Protocol.GRPC_WEB})
_HTTP2 = frozenset({Protocol.HTTP2, Protocol.GRPC, Protocol.GRPC_WEB})
_TLS = frozenset({Protocol.HTTPS, Protocol.TLS})
_TCP = _TLS | {Protocol.TCP, Protocol.MONGO, Protocol.REDIS, Protocol.MYSQL}

_BY_NAME = {p.value.lower(): p for p in Protocol if p is not Protocol.AUTO}
_WELL_KNOWN_TCP = frozenset({25, 53, 3306, 27017})
_APP_PROTOCOLS = {
    "kubernetes.io/h2c": Protocol.HTTP2,
    "kubernetes.io/ws": Protocol.HTTP,
    "kubernetes.io/wss": Protocol.HTTPS,
}


def parse(text: str) -> Protocol:
    """The protocol of that name, whatever its case; `AUTO` for an unknown or empty one (spec: listeners 5.4)."""
    return _BY_NAME.get(text.lower(), Protocol.AUTO)


def of_kubernetes_port(number: int, name: str, transport: str, app_protocol: str | None) -> Protocol:
    """The protocol of a Kubernetes Service port: `appProtocol`, else the name's prefix (spec: listeners 5.2)."""
    if transport == "UDP":
        return Protocol.UDP
    if app_protocol is not None and app_protocol in _APP_PROTOCOLS:
        return _APP_PROTOCOLS[app_protocol]
    text = name if app_protocol is None else app_protocol
    if text[:8].lower() == "grpc-web":
        return Protocol.GRPC_WEB
    found = _BY_NAME.get(text.partition("-")[0].lower())
    if found is not None and found is not Protocol.GRPC_WEB:
        return found
    return Protocol.TCP if number in _WELL_KNOWN_TCP else Protocol.AUTO
