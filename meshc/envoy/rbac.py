"""RBAC filters in, their configurations for HTTP and for TCP out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import cidr_range
from meshc.frozen import frozen
from meshc.ir import conditions as ir
from meshc.ir.security import Rbac, RbacRules

_STAT_PREFIX = "tcp."
_URI_TEMPLATE = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig"


@lru_cache(maxsize=1024)
def http_rbac(node: Rbac) -> tuple[str, Any]:
    """Name and packed configuration of an HTTP filter."""
    return "envoy.filters.http.rbac", _config("envoy.extensions.filters.http.rbac.v3.RBAC", node)


@lru_cache(maxsize=1024)
def network_rbac(node: Rbac) -> tuple[str, Any]:
    """Name and packed configuration of a network filter."""
    kind = "envoy.extensions.filters.network.rbac.v3.RBAC"
    return "envoy.filters.network.rbac", _config(kind, node, stat_prefix=_STAT_PREFIX)


def _config(kind: str, node: Rbac, **fields: Any) -> Any:
    rules = None if node.rules is None else _rules(node.rules)
    shadow = None if node.shadow_rules is None else _rules(node.shadow_rules)
    config = message_class(kind)(
        rules=rules, shadow_rules=shadow, shadow_rules_stat_prefix=node.shadow_prefix, **fields
    )
    return pack(config)


def _rules(rules: RbacRules) -> dict[str, Any]:
    policies = {
        policy.name: {
            "permissions": [_PERMISSIONS.encode(condition) for condition in policy.permissions],
            "principals": [_PRINCIPALS.encode(condition) for condition in policy.principals],
        }
        for policy in rules.policies
    }
    return {"action": rules.action.value, "policies": policies}


def string_matcher(match: ir.TextMatch) -> dict[str, Any]:
    """An `envoy.type.matcher.v3.StringMatcher`, as keyword values."""
    if match.kind is ir.TextKind.REGEX:
        return {"safe_regex": {"regex": match.text}}
    return {match.kind.value: match.text, "ignore_case": match.ignore_case}


def metadata_matcher(node: ir.MetadataIs) -> dict[str, Any]:
    """An `envoy.type.matcher.v3.MetadataMatcher`, as keyword values."""
    path = [{"key": key} for key in node.path]
    return {"filter": node.filter, "path": path, "value": _value_matcher(node.match)}


def _value_matcher(match: ir.MetadataMatch) -> dict[str, Any]:
    if isinstance(match, ir.Either):
        return {"or_match": {"value_matchers": [_value_matcher(one) for one in match.matches]}}
    if isinstance(match, ir.ListItem):
        return {"list_match": {"one_of": _value_matcher(match.match)}}
    return {"string_match": string_matcher(match)}


def _header(node: ir.HeaderIs) -> dict[str, Any]:
    found = {"present_match": True} if node.match is None else {"string_match": string_matcher(node.match)}
    return {"name": node.name, **found}


def _template(node: ir.PathFits) -> dict[str, Any]:
    return {"name": "uri-template", "typed_config": _packed_template(node.template)}


@cache
def _packed_template(template: str) -> Any:
    return pack(message_class(_URI_TEMPLATE)(path_template=template))


Leaf = tuple[str, Callable[[Any], Any]]
"""The field of a condition, and what it is set to."""


@frozen
class _Language:
    """`Permission` or `Principal`: the same trees, with other names for their nodes."""

    every: str
    some: str
    members: str
    negation: str
    leaves: dict[type[ir.Condition], Leaf]

    def encode(self, node: ir.Condition) -> dict[str, Any]:
        """A condition as keyword values."""
        if isinstance(node, ir.AllOf):
            return {self.every: {self.members: self._each(node.conditions)}}
        if isinstance(node, ir.AnyOf):
            return {self.some: {self.members: self._each(node.conditions)}}
        if isinstance(node, ir.Not):
            return {self.negation: self.encode(node.condition)}
        name, value = self.leaves[type(node)]
        return {name: value(node)}

    def _each(self, nodes: Sequence[ir.Condition]) -> list[dict[str, Any]]:
        return [self.encode(node) for node in nodes]


_COMMON: dict[type[ir.Condition], Leaf] = {
    ir.Anything: ("any", lambda _: True),
    ir.HeaderIs: ("header", _header),
    ir.MetadataIs: ("metadata", metadata_matcher),
    ir.PathIs: ("url_path", lambda node: {"path": string_matcher(node.match)}),
}
_PERMISSIONS = _Language(
    every="and_rules",
    some="or_rules",
    members="rules",
    negation="not_rule",
    leaves={
        **_COMMON,
        ir.PathFits: ("uri_template", _template),
        ir.ServerNameIs: ("requested_server_name", lambda node: string_matcher(node.match)),
        ir.DestinationAddressIn: ("destination_ip", lambda node: cidr_range(node.range)),
        ir.DestinationPortIs: ("destination_port", lambda node: node.port),
    },
)
_PRINCIPALS = _Language(
    every="and_ids",
    some="or_ids",
    members="ids",
    negation="not_id",
    leaves={
        **_COMMON,
        ir.IdentityIs: ("authenticated", lambda node: {"principal_name": string_matcher(node.match)}),
        ir.PeerAddressIn: ("direct_remote_ip", lambda node: cidr_range(node.range)),
        ir.ClientAddressIn: ("remote_ip", lambda node: cidr_range(node.range)),
    },
)
