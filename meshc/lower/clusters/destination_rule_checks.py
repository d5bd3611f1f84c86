"""Checks of DestinationRules: the rules of the mesh in, findings about what has no effect for any client out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshc.findings import Sink
from meshc.model.api import (
    ClientTLSSettings,
    DestinationRuleResource,
    LoadBalancerSettings,
    Message,
    OutlierDetection,
    PortTrafficPolicy,
    TrafficPolicy,
)
from meshc.model.mesh import Mesh

_OF_DESTINATION = (
    ("connection_pool", "connectionPool"),
    ("load_balancer", "loadBalancer"),
    ("outlier_detection", "outlierDetection"),
    ("tls", "tls"),
    ("proxy_protocol", "proxyProtocol"),
    ("tunnel", "tunnel"),
    ("retry_budget", "retryBudget"),
)
"""Attribute and name of the settings of a traffic policy."""

_CERTIFICATE = (("client_certificate", "clientCertificate"), ("private_key", "privateKey"))
_FILES = (*_CERTIFICATE, ("ca_certificates", "caCertificates"), ("ca_crl", "caCrl"))
_TLS_FIELDS = (*_FILES, ("credential_name", "credentialName"))


class _Remark(NamedTuple):
    """A finding about a part of a rule; `field` is its path within the rule."""

    code: str
    part: Message
    field: str
    text: str


def check_destination_rules(mesh: Mesh, sink: Sink) -> None:
    """Say what of DestinationRules istiod ignores."""
    rules = dict.fromkeys(source for rule in mesh.destination_rules.all for source in rule.sources)
    for rule in rules:
        for remark in _remarks(rule):
            sink.add(remark.code, rule.origin_of(remark.part, remark.field), remark.text)


def _remarks(rule: DestinationRuleResource) -> Iterator[_Remark]:
    top = rule.spec.traffic_policy
    if top is not None:
        yield from _policy_remarks(top, "spec.trafficPolicy", None)
    for index, subset in enumerate(rule.spec.subsets):
        if subset.traffic_policy is not None:
            yield from _policy_remarks(subset.traffic_policy, f"spec.subsets[{index}].trafficPolicy", top)


def _policy_remarks(policy: TrafficPolicy, field: str, base: TrafficPolicy | None) -> Iterator[_Remark]:
    """Remarks on a policy; `base` is what a subset's policy completes."""
    detects = policy.outlier_detection is not None or (base is not None and base.outlier_detection is not None)
    yield from _part_remarks(policy, field, detects)
    for index, port in enumerate(policy.port_level_settings):
        place = f"{field}.portLevelSettings[{index}]"
        yield from _part_remarks(port, place, port.outlier_detection is not None)
        yield from _lost_at_port(policy, port, place, base is not None)


def _part_remarks(part: TrafficPolicy | PortTrafficPolicy, field: str, detects: bool) -> Iterator[_Remark]:
    if part.load_balancer is not None:
        yield from _balancer_remarks(part.load_balancer, f"{field}.loadBalancer", detects)
    if part.outlier_detection is not None:
        yield from _detection_remarks(part.outlier_detection, f"{field}.outlierDetection")
    if part.tls is not None:
        yield from _tls_remarks(part.tls, f"{field}.tls")


def _lost_at_port(policy: TrafficPolicy, port: PortTrafficPolicy, field: str, of_subset: bool) -> Iterator[_Remark]:
    """Settings of a port replace those of the destination altogether; a subset keeps what ports cannot have."""
    own = _OF_DESTINATION[:4] if of_subset else _OF_DESTINATION
    lost = [
        name for attribute, name in own if getattr(policy, attribute) is not None and not getattr(port, attribute, None)
    ]
    if lost and port.port is not None:
        text = f"port {port.port.number} does not inherit {', '.join(lost)} of the trafficPolicy that it stands in"
        yield _Remark("MC0622", port, field, text)


def _balancer_remarks(balancer: LoadBalancerSettings, field: str, detects: bool) -> Iterator[_Remark]:
    setting = balancer.locality_lb_setting
    if setting is not None and (setting.failover or setting.failover_priority):
        place = f"{field}.localityLbSetting"
        if setting.distribute:
            yield _Remark("MC0620", setting, place, "distribute is set, so failover and failoverPriority do nothing")
        elif not detects:
            text = "failover needs outlierDetection in the same policy: without it no endpoint ever counts as failed"
            yield _Remark("MC0620", setting, place, text)
    if balancer.simple in ("RANDOM", "PASSTHROUGH") and (balancer.warmup or balancer.warmup_duration_secs is not None):
        yield _Remark("MC0625", balancer, field, f"{balancer.simple} knows no warmup")


def _detection_remarks(detection: OutlierDetection, field: str) -> Iterator[_Remark]:
    if detection.consecutive_errors:
        yield _Remark("MC0621", detection, field, "istiod ignores consecutiveErrors; write consecutive5xxErrors")
    if detection.consecutive_local_origin_failures and not detection.split_external_local_origin_errors:
        text = "consecutiveLocalOriginFailures counts only with splitExternalLocalOriginErrors: true"
        yield _Remark("MC0621", detection, field, text)


def _tls_remarks(tls: ClientTLSSettings, field: str) -> Iterator[_Remark]:
    unused = [name for attribute, name in _unused(tls) if getattr(tls, attribute)]
    if unused:
        by = "credentialName" if tls.credential_name and tls.mode in ("SIMPLE", "MUTUAL") else f"mode {tls.mode}"
        yield _Remark("MC0623", tls, field, f"{', '.join(unused)} play no part with {by}")
    if tls.mode == "MUTUAL" and not tls.credential_name and not (tls.client_certificate and tls.private_key):
        text = "mode MUTUAL needs clientCertificate and privateKey, or credentialName: connections are plaintext"
        yield _Remark("MC0624", tls, field, text)


def _unused(tls: ClientTLSSettings) -> tuple[tuple[str, str], ...]:
    """The fields about certificates that the mode does not read; a credential replaces files."""
    if tls.mode in ("DISABLE", "ISTIO_MUTUAL"):
        return _TLS_FIELDS
    if tls.credential_name:
        return _FILES
    return _CERTIFICATE if tls.mode == "SIMPLE" else ()
