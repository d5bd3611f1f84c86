"""Addresses: sockets that are listened on, and ranges of IP addresses."""

from __future__ import annotations

from meshc.ir.node import value


@value
class Address:
    """Where a listener listens: an IP address and a port; or, with port 0, the path of a unix domain socket."""

    host: str
    port: int


@value
class PrefixRange:
    """A range of IP addresses; `address` as written, host bits included."""

    address: str
    length: int
