"""Security: TLS that a listener terminates, and the filters that decide who may enter."""

from __future__ import annotations

import enum

from meshc.findings import Origin
from meshc.ir.conditions import Condition, TextMatch
from meshc.ir.duration import Duration
from meshc.ir.http_filter import HttpFilter
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.node import node, value
from meshc.ir.tls import SecretReference, TlsParameters


@value
class ClientValidation:
    """What a client's certificate is held against: `roots`, and what else narrows it down (empty: anything goes).

    `public_keys` and `hashes` are SHA-256 digests, of the key (Base64) and of the certificate (hexadecimal).
    """

    roots: SecretReference | None
    names: tuple[TextMatch, ...] = ()
    public_keys: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    crl_file: str = ""


@value
class DownstreamTls:
    """TLS that a filter chain terminates. Without `validation` a client's certificate is not looked at.

    `parameters` None: everything is left to Envoy. `over_quic`: the handshake is QUIC's.
    """

    certificates: tuple[SecretReference, ...]
    alpn: tuple[str, ...]
    parameters: TlsParameters | None = None
    validation: ClientValidation | None = None
    require_client_certificate: bool = False
    over_quic: bool = False


class RbacAction(enum.Enum):
    """What happens to what the rules match."""

    ALLOW = "ALLOW"
    DENY = "DENY"
    LOG = "LOG"


@value
class RbacPolicy:
    """One rule: met if one of `permissions` and one of `principals` is. `name` is unique in the filter."""

    name: str
    origin: Origin
    permissions: tuple[Condition, ...]
    principals: tuple[Condition, ...]


@node
class RbacRules:
    """Rules of one action, shared by the filters of the same policies; ALLOW without policies lets nothing pass."""

    action: RbacAction
    policies: tuple[RbacPolicy, ...]


@value
class Rbac(HttpFilter, NetworkFilter):
    """Enforces `rules`; of `shadow_rules` it only records, under `shadow_prefix`, what they would do.

    `origins` are the AuthorizationPolicies it is made from.
    """

    origins: tuple[Origin, ...]
    rules: RbacRules | None = None
    shadow_rules: RbacRules | None = None
    shadow_prefix: str = ""


@value
class GrpcAuthorizer:
    """An authorization service that speaks Envoy's gRPC protocol. `timeout` in nanoseconds."""

    cluster: str
    authority: str
    timeout: Duration


@value
class HttpAuthorizer:
    """An authorization service that is sent the request itself. `timeout` in nanoseconds.

    `add_headers` are put on the check; the other lists name headers of its answer, by whether it allows the request.
    """

    cluster: str
    uri: str
    timeout: Duration
    path_prefix: str = ""
    add_headers: tuple[tuple[str, str], ...] = ()
    upstream_headers: tuple[TextMatch, ...] = ()
    denied_client_headers: tuple[TextMatch, ...] = ()
    allowed_client_headers: tuple[TextMatch, ...] = ()


@value
class CheckedBody:
    """How much of a request's body an authorization service gets."""

    max_bytes: int
    allow_partial: bool
    as_bytes: bool


@value
class ExtAuthz(HttpFilter):
    """Asks a service about the requests that the RBAC filter before it marked with a policy named `policy_prefix`...

    `error_status` is the status of answers when the service cannot be asked, unless `fail_open`; None: Envoy's default.
    """

    origins: tuple[Origin, ...]
    authorizer: GrpcAuthorizer | HttpAuthorizer
    policy_prefix: str
    fail_open: bool = False
    clear_route_cache: bool = False
    error_status: int | None = None
    body: CheckedBody | None = None
    checked_headers: tuple[TextMatch, ...] = ()


@value
class NetworkExtAuthz(NetworkFilter):
    """The same for connections, which only a gRPC service can be asked about."""

    origins: tuple[Origin, ...]
    authorizer: GrpcAuthorizer
    policy_prefix: str
    fail_open: bool = False


@value
class RemoteKeys:
    """Keys that the proxy fetches itself. `timeout` in nanoseconds."""

    uri: str
    cluster: str
    timeout: Duration


@value
class TokenHeader:
    """A header that holds a token, behind a prefix."""

    name: str
    prefix: str = ""


@value
class JwtProvider:
    """An issuer of tokens: how they are found and verified, and what becomes of them. `keys`: a JWKS, or where it is.

    `payload_header` gets the payload, `claim_headers` are (header, claim) pairs; `list_claims` are split at spaces.
    """

    name: str
    origin: Origin
    issuer: str
    keys: str | RemoteKeys
    list_claims: tuple[str, ...]
    audiences: tuple[str, ...] = ()
    headers: tuple[TokenHeader, ...] = ()
    params: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    forward: bool = False
    payload_header: str = ""
    claim_headers: tuple[tuple[str, str], ...] = ()
    clear_route_cache: bool = False


@value
class JwtAuthentication(HttpFilter):
    """Verifies tokens of any of the providers; a request without any token passes, one with a bad token does not."""

    providers: tuple[JwtProvider, ...]
