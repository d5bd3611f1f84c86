"""Attachment: which policies apply to a workload, by selector or by target reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from meshc.model.label_index import selects
from meshc.resources.message import Meta
from meshc.resources.selector import PolicyTargetReference, WorkloadSelector

GATEWAY_NAME_LABEL = "gateway.networking.k8s.io/gateway-name"
"""Label of the pods of a Gateway API gateway; without it a workload cannot be a target."""

GATEWAY_GROUP = "gateway.networking.k8s.io"


class AttachableSpec(Protocol):
    """The part of a policy's spec that says what it applies to."""

    @property
    def selector(self) -> WorkloadSelector | None:
        """`selector`."""

    @property
    def target_ref(self) -> PolicyTargetReference | None:
        """`targetRef`, the older form."""

    @property
    def target_refs(self) -> tuple[PolicyTargetReference, ...]:
        """`targetRefs`."""


class Attachable(Protocol):
    """A policy of a kind that is attached by selector or by target."""

    @property
    def meta(self) -> Meta:
        """`metadata`."""

    @property
    def spec(self) -> AttachableSpec:
        """`spec`."""


A = TypeVar("A", bound=Attachable)


def targets(spec: AttachableSpec) -> tuple[PolicyTargetReference, ...]:
    """The target references: `targetRefs`, or the older single `targetRef` if there are none."""
    if spec.target_refs:
        return spec.target_refs
    return (spec.target_ref,) if spec.target_ref is not None else ()


def is_namespace_wide(spec: AttachableSpec) -> bool:
    """Neither labels nor targets narrow the policy down."""
    return not targets(spec) and (spec.selector is None or not spec.selector.match_labels)


def attaches(
    policy: Attachable, namespace: str, labels: Mapping[str, str], gateway_name: str | None, selectors_on_gateways: bool
) -> bool:
    """Whether a policy applies to a workload (spec: inbound 16).

    `gateway_name` is the workload's Gateway, None for any other workload, to which a policy with targets never applies.
    `selectors_on_gateways` is istiod's ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY.
    """
    references, selector = targets(policy.spec), policy.spec.selector
    if references:
        return policy.meta.namespace == namespace and is_target(references, namespace, gateway_name)
    return is_selected(
        selector.match_labels if selector is not None else {}, labels, gateway_name, selectors_on_gateways
    )


def is_target(references: tuple[PolicyTargetReference, ...], namespace: str, gateway_name: str | None) -> bool:
    """The workload belongs to a Gateway of its namespace that references of that namespace name."""
    return gateway_name is not None and any(_names_gateway(ref, namespace, gateway_name) for ref in references)


def is_selected(
    selector: Mapping[str, str], labels: Mapping[str, str], gateway_name: str | None, selectors_on_gateways: bool
) -> bool:
    """The labels selected are among the workload's, and if it belongs to a Gateway, selectors count there."""
    return (gateway_name is None or selectors_on_gateways) and selects(selector, labels)


def _names_gateway(ref: PolicyTargetReference, namespace: str, gateway_name: str) -> bool:
    return (
        ref.group == GATEWAY_GROUP
        and ref.kind == "Gateway"
        and ref.name == gateway_name
        and ref.namespace in ("", namespace)
    )


def attached(
    policies: tuple[A, ...],
    namespace: str,
    labels: Mapping[str, str],
    gateway_name: str | None,
    selectors_on_gateways: bool,
) -> tuple[A, ...]:
    """The policies that apply to a workload, in the order given."""
    return tuple(p for p in policies if attaches(p, namespace, labels, gateway_name, selectors_on_gateways))
