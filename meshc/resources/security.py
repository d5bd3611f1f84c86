"""security.istio.io: PeerAuthentication, RequestAuthentication and AuthorizationPolicy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Duration, Message, Object, mapping, message, named, resource
from meshc.resources.selector import PolicyTargetReference, WorkloadSelector


@message
class MutualTLS(Message):
    """`mtls`; UNSET inherits."""

    mode: Literal["UNSET", "DISABLE", "PERMISSIVE", "STRICT"] = "UNSET"


@message
class PeerAuthenticationSpec(Message):
    """`spec` of a PeerAuthentication; the keys of `portLevelMtls` are ports of the workload, as text."""

    selector: WorkloadSelector | None = None
    mtls: MutualTLS | None = None
    port_level_mtls: Mapping[str, MutualTLS] = mapping()


@resource("security.istio.io", "v1", "v1beta1")
class PeerAuthentication(Object):
    """Whether workloads accept plaintext, mTLS or both."""

    spec: PeerAuthenticationSpec = PeerAuthenticationSpec()


@message
class JWTHeader(Message):
    """`fromHeaders[]`: a header that holds a token, behind a prefix."""

    name: str = ""
    prefix: str = ""


@message
class ClaimToHeader(Message):
    """`outputClaimToHeaders[]`."""

    header: str = ""
    claim: str = ""


@message
class JWTRule(Message):
    """`jwtRules[]`: how tokens of an issuer are found, verified and passed on."""

    issuer: str = ""
    audiences: tuple[str, ...] = ()
    jwks_uri: str = named("jwksUri", "", "jwks_uri")
    jwks: str = ""
    from_headers: tuple[JWTHeader, ...] = ()
    from_params: tuple[str, ...] = ()
    from_cookies: tuple[str, ...] = ()
    output_payload_to_header: str = ""
    output_claim_to_headers: tuple[ClaimToHeader, ...] = ()
    forward_original_token: bool = False
    timeout: Duration | None = None
    space_delimited_claims: tuple[str, ...] = ()


@message
class RequestAuthenticationSpec(Message):
    """`spec` of a RequestAuthentication."""

    selector: WorkloadSelector | None = None
    target_ref: PolicyTargetReference | None = None
    target_refs: tuple[PolicyTargetReference, ...] = ()
    jwt_rules: tuple[JWTRule, ...] = ()


@resource("security.istio.io", "v1", "v1beta1")
class RequestAuthentication(Object):
    """Which tokens workloads accept."""

    spec: RequestAuthenticationSpec = RequestAuthenticationSpec()


@message
class Source(Message):
    """`from[].source`: who may be the caller; fields are ANDed, the items of a field ORed."""

    principals: tuple[str, ...] = ()
    not_principals: tuple[str, ...] = ()
    request_principals: tuple[str, ...] = ()
    not_request_principals: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    not_namespaces: tuple[str, ...] = ()
    ip_blocks: tuple[str, ...] = ()
    not_ip_blocks: tuple[str, ...] = ()
    remote_ip_blocks: tuple[str, ...] = ()
    not_remote_ip_blocks: tuple[str, ...] = ()
    service_accounts: tuple[str, ...] = ()
    not_service_accounts: tuple[str, ...] = ()
    trust_domains: tuple[str, ...] = ()
    not_trust_domains: tuple[str, ...] = ()


@message
class RuleFrom(Message):
    """`from[]`."""

    source: Source | None = None


@message
class Operation(Message):
    """`to[].operation`: what is called."""

    hosts: tuple[str, ...] = ()
    not_hosts: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    not_ports: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    not_methods: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    not_paths: tuple[str, ...] = ()


@message
class RuleTo(Message):
    """`to[]`."""

    operation: Operation | None = None


@message
class Condition(Message):
    """`when[]`: a condition on an attribute."""

    key: str = ""
    values: tuple[str, ...] = ()
    not_values: tuple[str, ...] = ()


@message
class Rule(Message):
    """`rules[]`; an empty rule matches every request."""

    from_: tuple[RuleFrom, ...] = named("from", ())
    to: tuple[RuleTo, ...] = ()
    when: tuple[Condition, ...] = ()


@message
class ExtensionProvider(Message):
    """`provider` of a CUSTOM policy."""

    name: str = ""


@message
class AuthorizationPolicySpec(Message):
    """`spec` of an AuthorizationPolicy; without rules nothing matches, so that ALLOW denies everything."""

    selector: WorkloadSelector | None = None
    target_ref: PolicyTargetReference | None = None
    target_refs: tuple[PolicyTargetReference, ...] = ()
    rules: tuple[Rule, ...] = ()
    action: Literal["ALLOW", "DENY", "AUDIT", "CUSTOM"] = "ALLOW"
    provider: ExtensionProvider | None = None


@resource("security.istio.io", "v1", "v1beta1")
class AuthorizationPolicy(Object):
    """Who may call what."""

    spec: AuthorizationPolicySpec = AuthorizationPolicySpec()
