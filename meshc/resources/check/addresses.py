"""Addresses: IP addresses, CIDR ranges, Unix sockets and protocols in, what istiod holds against them out."""

from __future__ import annotations

from meshc.resources.check.place import Fault
from meshc.resources.go_values import is_ip, parse_prefix

UNIX = "unix://"

HTTP_PROTOCOLS = frozenset(("http", "http2", "http_proxy", "grpc", "grpc-web"))
TLS_PROTOCOLS = frozenset(("https", "tls"))
TCP_CLASS = frozenset(("tcp", "https", "tls", "mongo", "redis", "mysql"))
PROTOCOLS = HTTP_PROTOCOLS | TCP_CLASS | {"udp"}


def is_cidr(text: str) -> bool:
    """A range as address/bits; bits of the host may be set."""
    return "/" in text and parse_prefix(text) is not None


def ip_fault(text: str) -> Fault:
    """An IP address."""
    return "" if is_ip(text) else f"{text!r} is no IP address"


def ip_or_cidr_fault(text: str) -> Fault:
    """An IP address, or a range as address/bits."""
    return "" if is_ip(text) or is_cidr(text) else f"{text!r} is neither an IP address nor a CIDR range"


def unix_fault(address: str) -> Fault:
    """What follows `unix://`: an absolute path, or an abstract name with `@`."""
    if address.startswith("@") or (address.startswith("/") and not address.endswith("/")):
        return ""
    return f"{UNIX}{address} is no Unix socket: an absolute path or @name"


def bind_fault(bind: str) -> Fault:
    """What a listener binds to: an IP address or a Unix socket; empty for the default."""
    if bind.startswith(UNIX):
        return unix_fault(bind.removeprefix(UNIX))
    return ip_fault(bind) if bind else ""


def protocol_fault(protocol: str, *, optional: bool = False) -> Fault:
    """A protocol in any letter case; where it is optional, an empty one is detected."""
    if protocol.lower() in PROTOCOLS or (optional and not protocol):
        return ""
    return f"{protocol!r} is no protocol: {', '.join(sorted(PROTOCOLS))}"
