"""Load balancer settings of a traffic policy in, the algorithm of a cluster out (spec: clusters 11)."""

from __future__ import annotations

from meshc.ir.cluster import LbPolicy, LbSettings, LeastRequest, Maglev, RingHash, RoundRobin, SlowStart
from meshc.model import api

Algorithm = tuple[LbPolicy, LbSettings | None]


def passes_through(settings: api.LoadBalancerSettings | None) -> bool:
    """`simple: PASSTHROUGH`: connections go where the client meant them to."""
    return settings is not None and settings.simple == "PASSTHROUGH"


def algorithm(settings: api.LoadBalancerSettings | None) -> Algorithm:
    """The algorithm and its settings; least request unless something else is asked for."""
    settings = settings or api.LoadBalancerSettings()
    chosen = _simple(settings)
    return chosen if settings.consistent_hash is None else _hash(settings.consistent_hash, chosen)


def _simple(settings: api.LoadBalancerSettings) -> Algorithm:
    start = _slow_start(settings)
    if settings.simple == "RANDOM":
        return LbPolicy.RANDOM, None
    if settings.simple == "ROUND_ROBIN":
        return LbPolicy.ROUND_ROBIN, RoundRobin(slow_start=start) if start is not None else None
    return LbPolicy.LEAST_REQUEST, LeastRequest(slow_start=start) if start is not None else None


def _hash(settings: api.ConsistentHashLB, before: Algorithm) -> Algorithm:
    """Hashing; as in istiod, a hash without a size leaves the slow start of the default algorithm behind."""
    left = before[1]
    if settings.maglev is not None:
        size = settings.maglev.table_size
        return LbPolicy.MAGLEV, Maglev(table_size=size) if size else left
    if settings.ring_hash is not None:
        size = settings.ring_hash.minimum_ring_size
        return LbPolicy.RING_HASH, RingHash(minimum_ring_size=size) if size else left
    return LbPolicy.RING_HASH, RingHash(minimum_ring_size=settings.minimum_ring_size or 1024)


def _slow_start(settings: api.LoadBalancerSettings) -> SlowStart | None:
    warmup = settings.warmup
    if warmup is not None:
        return SlowStart(
            window=warmup.duration,
            aggression=1.0 if warmup.aggression is None else warmup.aggression,
            min_weight_percent=10.0 if warmup.minimum_percent is None else warmup.minimum_percent,
        )
    if settings.warmup_duration_secs is not None:
        return SlowStart(window=settings.warmup_duration_secs)
    return None
