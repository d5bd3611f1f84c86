"""AuthorizationPolicies of action CUSTOM in, the filters that ask authorization services out (spec: inbound 25).

A first filter marks what the rules match, a second one asks the service about what is marked. Where the service cannot
be asked, what the rules match is denied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.ir.http_filter import HttpFilter
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.security import ExtAuthz, GrpcAuthorizer, NetworkExtAuthz, Rbac, RbacAction, RbacRules
from meshc.lower.notes import Note
from meshc.lower.security.authz_policies import Policies, PolicyRules, all_rules, is_dry_run, rule_name
from meshc.lower.security.authz_rules import Translation
from meshc.lower.security.ext_authz_providers import Authorizer, authorizer
from meshc.lower.security.trust_domains import trust_domains
from meshc.model.api import AuthorizationPolicy
from meshc.model.mesh import Mesh

_NAME = "istio-ext-authz"
_DENIED = "-deny-due-to-bad-CUSTOM-action"


@frozen
class _Check:
    """The policies that ask one provider; `authorizer` is a text if it cannot be asked, which says why."""

    provider: str
    authorizer: Authorizer | str
    policies: Policies

    @property
    def prefix(self) -> str:
        """What the names of the rules start with."""
        return f"{_NAME}-{self.provider}" if self.provider else _NAME

    def rules(self, mesh: Mesh, *, tcp: bool) -> PolicyRules:
        """The rules; they are those of a filter that would deny."""
        how = Translation(tcp=tcp, widens=True, domains=trust_domains(mesh.config))
        return all_rules(self.policies, RbacAction.DENY, how, self._rule_name)

    def _rule_name(self, policy: AuthorizationPolicy, index: int) -> str:
        return f"{self.prefix}-{rule_name(policy, index)}"


def http_checks(mesh: Mesh, policies: Policies) -> tuple[tuple[HttpFilter, ...], tuple[Note, ...]]:
    """The filters of HTTP connection managers, two for each service that can be asked."""
    filters: list[HttpFilter] = []
    notes: list[Note] = []
    for check in _checks(mesh, policies):
        rules = check.rules(mesh, tcp=False)
        notes.extend((*_fault_notes(check), *_dry_run_notes(check), *rules.notes))
        filters.append(_marking(check, rules))
        if isinstance(check.authorizer, Authorizer):
            filters.append(_http_filter(check, check.authorizer, rules))
    return tuple(filters), tuple(notes)


def network_checks(mesh: Mesh, policies: Policies) -> tuple[tuple[NetworkFilter, ...], tuple[Note, ...]]:
    """The filters of TCP chains; a service that speaks HTTP is not asked about connections."""
    filters: list[NetworkFilter] = []
    notes: list[Note] = []
    for check in _checks(mesh, policies):
        asked = check.authorizer
        if isinstance(asked, Authorizer) and not isinstance(asked.service, GrpcAuthorizer):
            notes.extend(_http_only_notes(check))
            continue
        rules = check.rules(mesh, tcp=True)
        notes.extend((*_fault_notes(check), *rules.notes))
        filters.append(_marking(check, rules))
        if isinstance(asked, Authorizer) and isinstance(asked.service, GrpcAuthorizer):
            filters.append(
                NetworkExtAuthz(
                    origins=rules.origins,
                    authorizer=asked.service,
                    policy_prefix=check.prefix,
                    fail_open=asked.fail_open,
                )
            )
    return tuple(filters), tuple(notes)


def _checks(mesh: Mesh, policies: Policies) -> Iterator[_Check]:
    """One check per provider, by name. istiod refuses several on one workload unless a flag says otherwise."""
    by_provider: dict[str, list[AuthorizationPolicy]] = {}
    for policy in policies:
        by_provider.setdefault(policy.spec.provider.name if policy.spec.provider else "", []).append(policy)
    names = sorted(by_provider)
    several = len(names) > 1 and not mesh.features.pilot_enable_multiple_custom_authz_providers
    fault = f"a workload can have one authorization provider only, and this one has {', '.join(names)}"
    for name in names:
        yield _Check(name, fault if several else authorizer(mesh, name), tuple(by_provider[name]))


def _marking(check: _Check, rules: PolicyRules) -> Rbac:
    """The first filter. Shadow rules mark, so that those of a dry run end up where others are enforced."""
    enforced = rules.enforced or RbacRules(action=RbacAction.DENY, policies=())
    if isinstance(check.authorizer, Authorizer):
        return Rbac(origins=rules.origins, rules=rules.tried, shadow_rules=enforced, shadow_prefix="istio_ext_authz_")
    denied = tuple(replace(rule, name=rule.name + _DENIED) for rule in enforced.policies)
    return Rbac(origins=rules.origins, rules=RbacRules(action=RbacAction.DENY, policies=denied))


def _http_filter(check: _Check, asked: Authorizer, rules: PolicyRules) -> ExtAuthz:
    return ExtAuthz(
        origins=rules.origins,
        authorizer=asked.service,
        policy_prefix=check.prefix,
        fail_open=asked.fail_open,
        clear_route_cache=asked.clear_route_cache,
        error_status=asked.error_status,
        body=asked.body,
        checked_headers=asked.checked_headers,
    )


def _fault_notes(check: _Check) -> Iterator[Note]:
    if isinstance(check.authorizer, str):
        for policy in check.policies:
            message = f"{check.authorizer}; what the policy matches is denied"
            yield Note(code="MC0655", origin=_provider_origin(policy), message=message)


def _dry_run_notes(check: _Check) -> Iterator[Note]:
    """istiod swaps the two sets of rules, so that a dry run bites."""
    if isinstance(check.authorizer, Authorizer):
        for policy in filter(is_dry_run, check.policies):
            message = "istiod does not try a CUSTOM policy: what it matches is denied"
            yield Note(code="MC0658", origin=policy.origin, message=message)


def _http_only_notes(check: _Check) -> Iterator[Note]:
    for policy in check.policies:
        message = f"authorization provider `{check.provider}` speaks HTTP and is not asked about TCP connections"
        yield Note(code="MC0656", origin=_provider_origin(policy), message=message)


def _provider_origin(policy: AuthorizationPolicy) -> Origin:
    provider = policy.spec.provider
    return policy.origin if provider is None else policy.origin_of(provider, "spec.provider")
