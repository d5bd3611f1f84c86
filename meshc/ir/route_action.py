"""What happens to a request that a route takes."""

from __future__ import annotations

import enum

from meshc.ir.duration import Duration
from meshc.ir.node import value


class Denominator(enum.Enum):
    """What a numerator is a share of."""

    HUNDRED = 100
    MILLION = 1_000_000


@value
class Fraction:
    """A share of requests."""

    numerator: int
    denominator: Denominator = Denominator.HUNDRED


@value
class HeaderAddition:
    """A header to write: over an existing one, or as a further value."""

    name: str
    value: str
    overwrite: bool


@value
class HeaderChanges:
    """Headers added to and removed from requests and responses, in order."""

    request_add: tuple[HeaderAddition, ...] = ()
    request_remove: tuple[str, ...] = ()
    response_add: tuple[HeaderAddition, ...] = ()
    response_remove: tuple[str, ...] = ()

    def followed_by(self, other: HeaderChanges) -> HeaderChanges:
        """These changes, then those."""
        return HeaderChanges(
            request_add=self.request_add + other.request_add,
            request_remove=self.request_remove + other.request_remove,
            response_add=self.response_add + other.response_add,
            response_remove=self.response_remove + other.response_remove,
        )


NO_CHANGES = HeaderChanges()


@value
class RetryPolicy:
    """When and how often a request is sent again.

    `host_attempts`: how often another host is looked for (0: not set); `avoid_previous_hosts`: hosts that failed are
    skipped; `prefer_other_priorities`: so are their priorities. Durations in nanoseconds.
    """

    retry_on: str
    attempts: int
    host_attempts: int = 0
    avoid_previous_hosts: bool = False
    prefer_other_priorities: bool = False
    status_codes: tuple[int, ...] = ()
    per_try_timeout: Duration | None = None
    back_off: Duration | None = None


@value
class Mirror:
    """A copy of `share` of the requests goes to `cluster`; `keep_host`: under the same host, without `-shadow`."""

    cluster: str
    share: Fraction
    keep_host: bool


@value
class HeaderHash:
    """Requests with the same value of a header go to the same endpoint."""

    header: str


@value
class CookieHash:
    """Requests with the same cookie go to the same endpoint; with a `ttl` the proxy sets a missing cookie."""

    cookie: str
    path: str = ""
    ttl: Duration | None = None
    attributes: tuple[tuple[str, str], ...] = ()


@value
class SourceAddressHash:
    """Requests from the same address go to the same endpoint, if `enabled`."""

    enabled: bool


@value
class QueryHash:
    """Requests with the same value of a query parameter go to the same endpoint."""

    parameter: str


HashPolicy = HeaderHash | CookieHash | SourceAddressHash | QueryHash


@value
class RegexRewrite:
    """Replaces what a regex matches in the path."""

    pattern: str
    substitution: str


@value
class WeightedCluster:
    """One of several destinations, with what is changed for it alone. `host_rewrite` empty: the host stays."""

    cluster: str
    weight: int
    headers: HeaderChanges = NO_CHANGES
    host_rewrite: str = ""


@value
class StreamDuration:
    """Limits of a whole stream; 0: no limit."""

    limit: Duration
    grpc_timeout_limit: Duration


@value
class Forward:
    """The request goes to a cluster, or to one of several by weight.

    Rewrites are empty or None where nothing is rewritten. `timeout` 0: no limit; `grpc_timeout_limit` bounds what a
    gRPC client may ask for, None: not set. `append_forwarded_host`: the original host goes along as x-forwarded-host.
    `missing_is_error`: a cluster that does not exist is the server's error (500), not an unavailable service (503).
    """

    to: str | tuple[WeightedCluster, ...]
    timeout: Duration
    grpc_timeout_limit: Duration | None = None
    stream_duration: StreamDuration | None = None
    retries: RetryPolicy | None = None
    host_rewrite: str = ""
    prefix_rewrite: str = ""
    regex_rewrite: RegexRewrite | None = None
    append_forwarded_host: bool = False
    mirrors: tuple[Mirror, ...] = ()
    hash_policies: tuple[HashPolicy, ...] = ()
    missing_is_error: bool = False


@value
class Redirect:
    """The client is sent elsewhere; empty or None: that part of the URL stays.

    `path` is always written: it replaces the whole path, or with `prefix_only` what the route matched of it.
    """

    path: str
    host: str = ""
    scheme: str = ""
    port: int | None = None
    code: int = 301
    prefix_only: bool = False


@value
class DirectResponse:
    """The proxy answers itself."""

    status: int
    body: str | bytes | None = None


Action = Forward | Redirect | DirectResponse
