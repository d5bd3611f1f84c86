"""A DestinationRule with a consistent hash and a destination in, what a route hashes out (spec: routes 13)."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.ir.route_action import CookieHash, HashPolicy, HeaderHash, QueryHash, SourceAddressHash
from meshc.model.api import ConsistentHashLB, Destination, LoadBalancerSettings, TrafficPolicy
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.shared import shared
from meshc.scope.sidecar import SelectedRules


@node
class HashingRules:
    """Of the rules that some proxies use, those with a consistent hash, by host; routes take nothing of any other."""

    by_host: Mapping[str, DestinationRule]


@shared
def hashing_rules(mesh: Mesh, rules: SelectedRules) -> HashingRules:
    """Those of the rules for outbound traffic that have a consistent hash."""
    return HashingRules({host: rule for host, rule in rules.outbound.items() if has_hash(mesh, rule)})


@shared
def has_hash(mesh: Mesh, rule: DestinationRule) -> bool:
    """Some part of the rule asks for consistent hashing."""
    policies = (rule.traffic_policy, *(subset.traffic_policy for subset in rule.subsets))
    return any(_has_hash(policy) for policy in policies if policy is not None)


def _has_hash(policy: TrafficPolicy) -> bool:
    balancers = (policy.load_balancer, *(setting.load_balancer for setting in policy.port_level_settings))
    return any(_consistent_hash(balancer) is not None for balancer in balancers)


def service_hash(rule: DestinationRule, port: int) -> ConsistentHashLB | None:
    """The hash for a service port that no VirtualService routes to: that of the port, else the rule's own."""
    return _port_hash(rule.traffic_policy, port) or _own_hash(rule.traffic_policy)


def destination_hash(rule: DestinationRule, destination: Destination) -> ConsistentHashLB | None:
    """The hash for a destination of a VirtualService: the subset's, else the rule's; in each the port's first.

    Settings of a port count only if the destination names its port.
    """
    subset = next((s.traffic_policy for s in rule.subsets if s.name == destination.subset), None)
    port = destination.port.number if destination.port is not None else 0
    for policy in (subset, rule.traffic_policy):
        found = (_port_hash(policy, port) if port else None) or _own_hash(policy)
        if found is not None:
            return found
    return None


def hash_policy(consistent_hash: ConsistentHashLB | None) -> HashPolicy | None:
    """What is hashed; None if there is no hash or it names no key. `useSourceIp: false` still makes a policy."""
    if consistent_hash is None:
        return None
    if consistent_hash.http_header_name is not None:
        return HeaderHash(header=consistent_hash.http_header_name)
    if consistent_hash.http_cookie is not None:
        cookie = consistent_hash.http_cookie
        attributes = tuple((attribute.name, attribute.value) for attribute in cookie.attributes)
        return CookieHash(cookie=cookie.name, path=cookie.path, ttl=cookie.ttl, attributes=attributes)
    if consistent_hash.use_source_ip is not None:
        return SourceAddressHash(enabled=consistent_hash.use_source_ip)
    if consistent_hash.http_query_parameter_name is not None:
        return QueryHash(parameter=consistent_hash.http_query_parameter_name)
    return None


def _own_hash(policy: TrafficPolicy | None) -> ConsistentHashLB | None:
    return _consistent_hash(policy.load_balancer) if policy is not None else None


def _port_hash(policy: TrafficPolicy | None, port: int) -> ConsistentHashLB | None:
    """The hash of the first settings of the port."""
    if policy is None:
        return None
    settings = (s for s in policy.port_level_settings if s.port is not None and s.port.number == port)
    first = next(settings, None)
    return _consistent_hash(first.load_balancer) if first is not None else None


def _consistent_hash(balancer: LoadBalancerSettings | None) -> ConsistentHashLB | None:
    return balancer.consistent_hash if balancer is not None else None
