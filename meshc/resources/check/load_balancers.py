"""Load balancer settings in, what istiod holds against them out (spec: tooling 20, DestinationRule)."""

from __future__ import annotations

from math import isqrt

from meshc.resources.check.localities import check_localities
from meshc.resources.check.names import check_distinct
from meshc.resources.check.numbers import check_duration
from meshc.resources.check.place import Place
from meshc.resources.networking.destination_rule import (
    ConsistentHashLB,
    HTTPCookie,
    LoadBalancerSettings,
    MagLev,
    WarmupConfiguration,
)

MAGLEV_BELOW = 5_000_011
PERCENT = 100


def check_load_balancer(at: Place, balancer: LoadBalancerSettings | None, *, has_outlier_detection: bool) -> None:
    """The load balancing of a host, subset or port."""
    if balancer is None:
        return
    if balancer.consistent_hash is not None:
        _check_consistent_hash(at / "consistentHash", balancer.consistent_hash)
    check_duration(at / "warmupDurationSecs", balancer.warmup_duration_secs)
    if balancer.warmup is not None:
        _check_warmup(at / "warmup", balancer.warmup)
    check_localities(
        at / "localityLbSetting", balancer.locality_lb_setting, has_outlier_detection=has_outlier_detection
    )


def _check_consistent_hash(at: Place, hashing: ConsistentHashLB) -> None:
    if hashing.http_cookie is not None:
        _check_cookie(at / "httpCookie", hashing.http_cookie)
    if hashing.minimum_ring_size:
        ring = at / "minimumRingSize"
        ring.tell("MC0451", "minimumRingSize is deprecated", "use ringHash.minimumRingSize")
        if hashing.ring_hash is not None or hashing.maglev is not None:
            ring.tell("MC0413", "minimumRingSize cannot stand beside ringHash or maglev")
    if hashing.maglev is not None:
        _check_maglev(at / "maglev" / "tableSize", hashing.maglev)


def _check_cookie(at: Place, cookie: HTTPCookie) -> None:
    (at / "name").need(cookie.name, "the name of the cookie")
    for entry, attribute in at.each("attributes", cookie.attributes):
        (entry / "name").need(attribute.name, "the name of the attribute")
    check_distinct(at, "attributes", [a.name for a in cookie.attributes], "attribute")


def _check_maglev(at: Place, maglev: MagLev) -> None:
    size = maglev.table_size
    if size == 0:
        at.tell("MC0412", "the size of the table is missing")
    elif size >= MAGLEV_BELOW:
        at.tell("MC0414", f"table size {size} is not below {MAGLEV_BELOW}")
    elif not _is_prime(size):
        at.tell("MC0414", f"table size {size} is no prime number")


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, isqrt(number) + 1))


def _check_warmup(at: Place, warmup: WarmupConfiguration) -> None:
    if (at / "duration").need(warmup.duration is not None, "the duration of the warmup"):
        check_duration(at / "duration", warmup.duration)
    if warmup.minimum_percent is not None and warmup.minimum_percent > PERCENT:
        (at / "minimumPercent").tell("MC0414", f"{warmup.minimum_percent:g} is above {PERCENT}")
    if warmup.aggression is not None and warmup.aggression < 1:
        (at / "aggression").tell("MC0414", f"{warmup.aggression:g} is below 1")
