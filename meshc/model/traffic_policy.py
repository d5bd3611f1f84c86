"""Traffic policy in force: a DestinationRule, a port and a subset in, the settings that count out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshc.model.node import node
from meshc.model.service import ServicePort
from meshc.resources.networking.common import ConnectionPoolSettings
from meshc.resources.networking.destination_rule import (
    ClientTLSSettings,
    LoadBalancerSettings,
    OutlierDetection,
    PortTrafficPolicy,
    ProxyProtocol,
    RetryBudget,
    Subset,
    TrafficPolicy,
    TunnelSettings,
)

if TYPE_CHECKING:
    from meshc.model.destination_rules import DestinationRule


@node
class Policy:
    """The settings for one port of one host or subset; None where nothing is set."""

    connection_pool: ConnectionPoolSettings | None = None
    load_balancer: LoadBalancerSettings | None = None
    outlier_detection: OutlierDetection | None = None
    tls: ClientTLSSettings | None = None
    proxy_protocol: ProxyProtocol | None = None
    tunnel: TunnelSettings | None = None
    retry_budget: RetryBudget | None = None


NO_POLICY = Policy()


def effective_policy(rule: DestinationRule | None, port: ServicePort, subset: Subset | None = None) -> Policy:
    """What a rule says about a port, of a subset or of the host as a whole (spec: clusters 7).

    Settings of a port replace those of the destination altogether; only a subset's port settings leave the base's PROXY
    protocol, tunnel and retry budget alone, which they cannot carry.
    """
    if rule is None:
        return NO_POLICY
    base = _at_port(rule.traffic_policy, port)
    if subset is None or subset.traffic_policy is None:
        return base
    port_policy = _port_settings(subset.traffic_policy, port)
    if port_policy is None:
        return _overlay(base, subset.traffic_policy)
    return Policy(
        connection_pool=port_policy.connection_pool,
        load_balancer=port_policy.load_balancer,
        outlier_detection=port_policy.outlier_detection,
        tls=port_policy.tls,
        proxy_protocol=base.proxy_protocol,
        tunnel=base.tunnel,
        retry_budget=base.retry_budget,
    )


def _port_settings(policy: TrafficPolicy, port: ServicePort) -> PortTrafficPolicy | None:
    settings = policy.port_level_settings
    return next((p for p in settings if p.port is not None and p.port.number == port.number), None)


def _at_port(policy: TrafficPolicy | None, port: ServicePort) -> Policy:
    if policy is None:
        return NO_POLICY
    chosen = _port_settings(policy, port)
    if chosen is None:
        return _overlay(NO_POLICY, policy)
    return Policy(
        connection_pool=chosen.connection_pool,
        load_balancer=chosen.load_balancer,
        outlier_detection=chosen.outlier_detection,
        tls=chosen.tls,
    )


def _overlay(base: Policy, policy: TrafficPolicy) -> Policy:
    """Each setting of `policy` in place of the base's, as a whole."""
    return Policy(
        connection_pool=policy.connection_pool or base.connection_pool,
        load_balancer=policy.load_balancer or base.load_balancer,
        outlier_detection=policy.outlier_detection or base.outlier_detection,
        tls=policy.tls or base.tls,
        proxy_protocol=policy.proxy_protocol or base.proxy_protocol,
        tunnel=policy.tunnel or base.tunnel,
        retry_budget=policy.retry_budget or base.retry_budget,
    )
