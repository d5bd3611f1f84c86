"""AuthorizationPolicies of a workload in, the filters that enforce them out: for requests, or for connections.

Policies are those that apply, in istiod's order; gateways and sidecars use the filters alike (spec: inbound 20, 22).
"""

from __future__ import annotations

from meshc.ir.http_filter import HttpFilter
from meshc.ir.network_filter import NetworkFilter
from meshc.ir.node import node
from meshc.ir.security import Rbac, RbacAction
from meshc.lower.notes import Note
from meshc.lower.security.authz_policies import Policies, PolicyRules, all_rules, of_action, rule_name
from meshc.lower.security.authz_rules import Translation
from meshc.lower.security.ext_authz import http_checks, network_checks
from meshc.lower.security.trust_domains import trust_domains
from meshc.model.mesh import Mesh
from meshc.model.shared import shared


@node
class HttpAuthorization:
    """`custom` asks other services, `rbac` decides by rules; `notes` say what of the policies was lost."""

    custom: tuple[HttpFilter, ...]
    rbac: tuple[Rbac, ...]
    notes: tuple[Note, ...]


@node
class NetworkAuthorization:
    """The same for connections."""

    custom: tuple[NetworkFilter, ...]
    rbac: tuple[Rbac, ...]
    notes: tuple[Note, ...]


@shared
def http_authorization(mesh: Mesh, policies: Policies) -> HttpAuthorization:
    """The filters of HTTP connection managers."""
    custom, custom_notes = http_checks(mesh, of_action(policies, "CUSTOM"))
    rbac, notes = _rbac_filters(mesh, policies, tcp=False)
    return HttpAuthorization(custom=custom, rbac=rbac, notes=custom_notes + notes)


@shared
def network_authorization(mesh: Mesh, policies: Policies) -> NetworkAuthorization:
    """The filters of TCP chains."""
    custom, custom_notes = network_checks(mesh, of_action(policies, "CUSTOM"))
    rbac, notes = _rbac_filters(mesh, policies, tcp=True)
    return NetworkAuthorization(custom=custom, rbac=rbac, notes=custom_notes + notes)


_FILTERS = (("AUDIT", RbacAction.LOG), ("DENY", RbacAction.DENY), ("ALLOW", RbacAction.ALLOW))
"""Actions of policies -> of the filters, in the order of the filters."""


def _rbac_filters(mesh: Mesh, policies: Policies, *, tcp: bool) -> tuple[tuple[Rbac, ...], tuple[Note, ...]]:
    made: list[tuple[RbacAction, PolicyRules]] = []
    for name, action in _FILTERS:
        chosen = of_action(policies, name)
        if chosen:
            how = Translation(tcp=tcp, widens=action is not RbacAction.ALLOW, domains=trust_domains(mesh.config))
            made.append((action, all_rules(chosen, action, how, rule_name)))
    filters = tuple(_rbac(action, rules) for action, rules in made)
    return filters, tuple(note for _, rules in made for note in rules.notes)


def _rbac(action: RbacAction, rules: PolicyRules) -> Rbac:
    return Rbac(
        origins=rules.origins,
        rules=rules.enforced,
        shadow_rules=rules.tried,
        shadow_prefix=_shadow_prefix(action, rules.tried is not None),
    )


def _shadow_prefix(action: RbacAction, tried: bool) -> str:
    """istiod names the prefix of ALLOW also where there is nothing to record, and none where AUDIT is tried."""
    if not tried or action is RbacAction.ALLOW:
        return "istio_dry_run_allow_"
    return "istio_dry_run_deny_" if action is RbacAction.DENY else ""
