"""Network filters: what handles the bytes of a connection, in a filter chain."""

from __future__ import annotations

from meshc.ir.access_log import AccessLog
from meshc.ir.duration import Duration
from meshc.ir.node import value


@value
class NetworkFilter:
    """Any network filter. Subclasses are the kinds; the security ones stand in `ir.security`."""


@value
class WeightedCluster:
    """One of several destinations, with its share."""

    cluster: str
    weight: int


@value
class Tunnel:
    """HTTP tunnelling of a TCP stream: CONNECT (or POST) to `hostname`, which is `host:port`."""

    hostname: str
    use_post: bool = False


@value
class TcpProxy(NetworkFilter):
    """Forwards a connection to `cluster`, or to one of `weighted` (then `cluster` is empty)."""

    stat_prefix: str
    cluster: str = ""
    weighted: tuple[WeightedCluster, ...] = ()
    idle_timeout: Duration | None = None
    max_connection_duration: Duration | None = None
    hash_source_ip: bool = False
    tunnel: Tunnel | None = None
    access_logs: tuple[AccessLog, ...] = ()


@value
class MongoProxy(NetworkFilter):
    """Reads the MongoDB protocol for statistics."""

    stat_prefix: str


@value
class MySqlProxy(NetworkFilter):
    """Reads the MySQL protocol for statistics."""

    stat_prefix: str


@value
class RedisProxy(NetworkFilter):
    """Proxies the Redis protocol to one cluster, in the place of `TcpProxy`."""

    stat_prefix: str
    cluster: str
    op_timeout: Duration


@value
class SniDynamicForwardProxy(NetworkFilter):
    """Resolves the SNI of a connection at run time; `port` is the one to connect to."""

    dns_cache: str
    port: int


@value
class PeerExchange(NetworkFilter):
    """Istio's metadata exchange over TCP: peers tell each other who they are, with additional labels if any."""

    additional_labels: tuple[str, ...] = ()
