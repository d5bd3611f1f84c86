"""Connection pools of DestinationRules and Sidecars in, limits of a cluster out (spec: clusters 9)."""

from __future__ import annotations

from meshc.ir.cluster import CircuitBreaker, HttpConnectionLimits, RetryBudget, TcpKeepalive
from meshc.ir.duration import SECOND
from meshc.lower.routes.fractions import unsigned
from meshc.model import api
from meshc.model.mesh import Mesh

UNLIMITED = 2**32 - 1
"""istiod's default for every limit, so that Envoy's lower ones do not hold."""


def circuit_breaker(
    mesh: Mesh, pool: api.ConnectionPoolSettings | None, budget: api.RetryBudget | None = None
) -> CircuitBreaker:
    """The limits of a pool; zero means not limited."""
    tcp = (pool and pool.tcp) or api.TcpSettings()
    http = (pool and pool.http) or api.HttpSettings()
    return CircuitBreaker(
        max_connections=_limit(tcp.max_connections),
        max_pending_requests=_limit(http.http1_max_pending_requests),
        max_requests=_limit(http.http2_max_requests),
        max_retries=_limit(http.max_retries),
        retry_budget=_retry_budget(budget) if budget is not None else None,
        track_remaining=not mesh.features.disable_track_remaining_cb_metrics,
    )


def _limit(value: int) -> int:
    return value if value > 0 else UNLIMITED


def _retry_budget(budget: api.RetryBudget) -> RetryBudget:
    percent = 20.0 if budget.percent is None else budget.percent
    return RetryBudget(percent=percent, min_concurrency=budget.min_retry_concurrency or 3)


def connect_timeout(mesh: Mesh, pool: api.ConnectionPoolSettings | None = None) -> int | None:
    """Nanoseconds after which a connection attempt is given up."""
    own = pool.tcp.connect_timeout if pool and pool.tcp else None
    return mesh.config.connect_timeout if own is None else own


def keepalive(mesh: Mesh, pool: api.ConnectionPoolSettings | None = None) -> TcpKeepalive | None:
    """The keepalive of the mesh with that of the pool over it, field by field."""
    own = pool.tcp.tcp_keepalive if pool and pool.tcp else None
    layers = [layer for layer in (own, mesh.config.tcp_keepalive) if layer is not None]
    if not layers:
        return None
    return TcpKeepalive(
        probes=next((layer.probes for layer in layers if layer.probes > 0), None),
        time=next((_seconds(layer.time) for layer in layers if layer.time is not None), None),
        interval=next((_seconds(layer.interval) for layer in layers if layer.interval is not None), None),
    )


def _seconds(nanoseconds: int) -> int:
    """Whole seconds, cut off towards zero."""
    whole = abs(nanoseconds) // SECOND
    return whole if nanoseconds >= 0 else unsigned(-whole)


def http_limits(pool: api.ConnectionPoolSettings | None) -> HttpConnectionLimits | None:
    """Limits on HTTP connections; None if the pool names none.

    A limit on concurrent streams alone gives empty limits: istiod makes the object for it, and it has no place there.
    """
    tcp = (pool and pool.tcp) or api.TcpSettings()
    http = (pool and pool.http) or api.HttpSettings()
    idle = tcp.idle_timeout if http.idle_timeout is None else http.idle_timeout
    requests = http.max_requests_per_connection if http.max_requests_per_connection > 0 else None
    duration = tcp.max_connection_duration
    if idle is None and requests is None and duration is None and http.max_concurrent_streams <= 0:
        return None
    return HttpConnectionLimits(
        idle_timeout=idle, max_requests_per_connection=requests, max_connection_duration=duration
    )
