"""AuthorizationPolicies of one action in, their rules out: those enforced, and those of a dry run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from meshc.findings import Origin
from meshc.ir.node import value
from meshc.ir.security import RbacAction, RbacPolicy, RbacRules
from meshc.lower.notes import Note
from meshc.lower.security.authz_rules import Translation, policy_rules
from meshc.model.api import AuthorizationPolicy, parse_bool

Policies = tuple[AuthorizationPolicy, ...]

RuleName = Callable[[AuthorizationPolicy, int], str]
"""Names a rule by its place in its policy."""

_DRY_RUN = "istio.io/dry-run"


@value
class PolicyRules:
    """The rules of policies of one action; a set is None if there is no policy for it. `notes`: what was lost."""

    origins: tuple[Origin, ...]
    enforced: RbacRules | None
    tried: RbacRules | None
    notes: tuple[Note, ...]


def of_action(policies: Policies, action: str) -> Policies:
    """The policies of an action, in their order."""
    return tuple(policy for policy in policies if policy.spec.action == action)


def rule_name(policy: AuthorizationPolicy, index: int) -> str:
    """The name of a rule in a filter, which is what the proxy tells about it."""
    return f"ns[{policy.meta.namespace}]-policy[{policy.meta.name}]-rule[{index}]"


def all_rules(policies: Policies, action: RbacAction, how: Translation, name: RuleName) -> PolicyRules:
    """The rules of policies, translated. Policies annotated as a dry run are tried, the others enforced."""
    notes: list[Note] = []
    sets: dict[bool, list[RbacPolicy]] = {}
    for policy in policies:
        made, lost = policy_rules(policy, how, partial(name, policy))
        sets.setdefault(is_dry_run(policy), []).extend(made)
        notes.extend(lost)
    rules = {tried: RbacRules(action=action, policies=tuple(made)) for tried, made in sets.items()}
    return PolicyRules(
        origins=tuple(policy.origin for policy in policies),
        enforced=rules.get(False),
        tried=rules.get(True),
        notes=tuple(notes),
    )


def is_dry_run(policy: AuthorizationPolicy) -> bool:
    """The policy is to be tried, not enforced."""
    return bool(parse_bool(policy.meta.annotations.get(_DRY_RUN, "")))
