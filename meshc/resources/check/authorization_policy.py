"""AuthorizationPolicies in, what istiod holds against them out (spec: tooling 20, inbound 24)."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.resources.check.addresses import ip_or_cidr_fault
from meshc.resources.check.authorization_values import (
    account_fault,
    condition_key_fault,
    path_fault,
    port_fault,
    trust_domain_fault,
)
from meshc.resources.check.place import Place
from meshc.resources.check.selectors import check_attachment
from meshc.resources.security import AuthorizationPolicy, AuthorizationPolicySpec, Condition, Operation, Rule, Source

MAX_ACCOUNTS = 16

_IDENTITY_KEYS = ("source.namespace", "source.serviceAccount", "source.trustDomain", "source.principal")
_CLAIM_KEYS = "request.auth."
_ADDRESS_KEYS = ("source.ip", "remote.ip", "destination.ip")

Values = Mapping[str, tuple[str, ...]]


def check_authorization_policy(policy: AuthorizationPolicy, root: Place) -> None:
    """Selector or targets, action and rules."""
    at, spec = root / "spec", policy.spec
    check_attachment(at, spec)
    _check_action(at, spec)
    for entry, rule in at.each("rules", spec.rules):
        _check_rule(entry, rule)
    if spec.action == "CUSTOM":
        for entry, rule in at.each("rules", spec.rules):
            _check_custom(entry, rule)
    if spec.action == "DENY":
        for entry, rule in at.each("rules", spec.rules):
            _check_deny(entry, rule)


def _check_action(at: Place, spec: AuthorizationPolicySpec) -> None:
    """CUSTOM and DENY without rules would match nothing; a provider decides for CUSTOM alone."""
    if spec.action in ("CUSTOM", "DENY"):
        (at / "rules").need(spec.rules, f"a rule for action {spec.action}")
    if spec.action == "CUSTOM" and spec.rules:
        (at / "provider" / "name").need(spec.provider is not None and spec.provider.name, "the name of the provider")
    if spec.provider is not None and spec.action != "CUSTOM":
        (at / "provider").tell("MC0424", f"provider does not fit action {spec.action}")


def _check_rule(at: Place, rule: Rule) -> None:
    for entry, source in at.each("from", rule.from_):
        if (entry / "source").need(source.source is not None, "source") and source.source is not None:
            _check_source(entry / "source", source.source)
    for entry, to in at.each("to", rule.to):
        if (entry / "operation").need(to.operation is not None, "operation") and to.operation is not None:
            _check_operation(entry / "operation", to.operation)
    for entry, condition in at.each("when", rule.when):
        _check_condition(entry, condition)


def source_fields(source: Source) -> Values:
    """The fields of a source by their names in the manifest."""
    return {
        "principals": source.principals,
        "notPrincipals": source.not_principals,
        "requestPrincipals": source.request_principals,
        "notRequestPrincipals": source.not_request_principals,
        "namespaces": source.namespaces,
        "notNamespaces": source.not_namespaces,
        "ipBlocks": source.ip_blocks,
        "notIpBlocks": source.not_ip_blocks,
        "remoteIpBlocks": source.remote_ip_blocks,
        "notRemoteIpBlocks": source.not_remote_ip_blocks,
        "serviceAccounts": source.service_accounts,
        "notServiceAccounts": source.not_service_accounts,
        "trustDomains": source.trust_domains,
        "notTrustDomains": source.not_trust_domains,
    }


def operation_fields(operation: Operation) -> Values:
    """The fields of an operation by their names in the manifest."""
    return {
        "hosts": operation.hosts,
        "notHosts": operation.not_hosts,
        "ports": operation.ports,
        "notPorts": operation.not_ports,
        "methods": operation.methods,
        "notMethods": operation.not_methods,
        "paths": operation.paths,
        "notPaths": operation.not_paths,
    }


def _check_values(at: Place, fields: Values, what: str) -> None:
    if not any(fields.values()):
        at.tell("MC0412", f"the {what} is empty")
    for field, values in fields.items():
        for entry, value in at.each(field, values):
            entry.need(value, "the value")


def _check_source(at: Place, source: Source) -> None:
    fields = source_fields(source)
    _check_values(at, fields, "source")
    for field in ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks"):
        for entry, block in at.each(field, fields[field]):
            entry.judge("MC0410", ip_or_cidr_fault(block))
    for field in ("serviceAccounts", "notServiceAccounts"):
        _check_accounts(at, field, fields)
    for field in ("trustDomains", "notTrustDomains"):
        for entry, domain in at.each(field, fields[field]):
            entry.judge("MC0431", trust_domain_fault(domain))


def _check_accounts(at: Place, field: str, fields: Values) -> None:
    """Service accounts already say who the caller is, so that other identities beside them are refused."""
    accounts = fields[field]
    if not accounts:
        return
    others = ("principals", "notPrincipals", "namespaces", "notNamespaces")
    for other in (name for name in others if fields[name]):
        (at / field).tell("MC0413", f"{field} cannot stand beside {other}")
    if len(accounts) > MAX_ACCOUNTS:
        (at / field).tell("MC0427", f"{len(accounts)} service accounts; {MAX_ACCOUNTS} are allowed")
    for entry, account in at.each(field, accounts):
        entry.judge("MC0431", account_fault(account) if account else "")


def _check_operation(at: Place, operation: Operation) -> None:
    fields = operation_fields(operation)
    _check_values(at, fields, "operation")
    for field in ("ports", "notPorts"):
        for entry, port in at.each(field, fields[field]):
            entry.judge("MC0402", port_fault(port))
    for field in ("paths", "notPaths"):
        for entry, path in at.each(field, fields[field]):
            entry.judge("MC0430", path_fault(path))


def _check_condition(at: Place, condition: Condition) -> None:
    if not (at / "key").need(condition.key, "the key"):
        return
    (at / "key").judge("MC0416", condition_key_fault(condition.key))
    if not (condition.values or condition.not_values):
        at.tell("MC0412", f"values or notValues for {condition.key} is missing")
    for field, values in (("values", condition.values), ("notValues", condition.not_values)):
        for entry, value in at.each(field, values):
            if not entry.need(value, "the value"):
                continue
            if condition.key in _ADDRESS_KEYS:
                entry.judge("MC0410", ip_or_cidr_fault(value))
            elif condition.key == "destination.port":
                entry.judge("MC0402", port_fault(value))


def _check_custom(at: Place, rule: Rule) -> None:
    """Who the caller is, is not known yet when a provider is asked."""
    for place, source in at.each("from", rule.from_):
        fields = source_fields(source.source) if source.source is not None else {}
        for field, values in fields.items():
            if values and not field.lower().endswith("ipblocks"):
                (place / "source" / field).tell("MC0423", f"{field} is not supported by action CUSTOM")
    for place, condition in at.each("when", rule.when):
        if condition.key in _IDENTITY_KEYS or condition.key.startswith(_CLAIM_KEYS):
            (place / "key").tell("MC0423", f"{condition.key} is not supported by action CUSTOM")


def _check_deny(at: Place, rule: Rule) -> None:
    """Conditions that only HTTP can answer are left out for TCP; with nothing else left, every connection is denied."""
    sources = [s.source for s in rule.from_ if s.source is not None]
    operations = [t.operation for t in rule.to if t.operation is not None]
    by_source = bool(sources) and not any(_is_for_tcp(source) for source in sources)
    by_operation = bool(operations) and not any(o.ports or o.not_ports for o in operations)
    if (by_source and not operations) or by_operation:
        at.tell(
            "MC0454", "the rule holds attributes of HTTP alone, so that all traffic to TCP ports is denied", "add ports"
        )


def _is_for_tcp(source: Source) -> bool:
    fields = source_fields(source)
    return any(
        fields[name]
        for name in fields
        if name.removeprefix("not").lower()
        in ("principals", "namespaces", "ipblocks", "remoteipblocks", "serviceaccounts")
    )
