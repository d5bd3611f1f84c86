"""Selectors and target references in, what istiod holds against them out (spec: tooling 19.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from meshc.resources.check.place import Place
from meshc.resources.selector import PolicyTargetReference, WorkloadSelector

TARGETS = frozenset(
    (
        ("", "Service"),
        ("core", "Service"),
        ("networking.istio.io", "ServiceEntry"),
        ("gateway.networking.k8s.io", "Gateway"),
        ("gateway.networking.k8s.io", "GatewayClass"),
    )
)
"""(group, kind) of what a policy may be attached to."""


class Attachable(Protocol):
    """A spec that says by selector or by target what it applies to."""

    @property
    def selector(self) -> WorkloadSelector | None:
        """Workloads by labels."""

    @property
    def target_refs(self) -> tuple[PolicyTargetReference, ...]:
        """Resources by name."""


def check_selector(at: Place, labels: Mapping[str, str] | None, field: str) -> bool:
    """A selector: labels without `*`; whether it holds. One without labels, which selects everything, is a warning.

    `labels` are None where there is no selector, `field` is the name of its labels.
    """
    if labels is None:
        return True
    if not labels:
        at.tell("MC0452", "the selector has no labels: it selects every workload")
    sound = True
    for entry, key, value in at.entries(field, labels):
        if not key:
            sound = entry.judge("MC0421", "a key of the selector is empty")
        elif "*" in key or "*" in value:
            sound = entry.judge("MC0421", f"{key}: {value} has a wildcard, which selectors do not know")
    return sound


def check_attachment(at: Place, spec: Attachable) -> None:
    """Selector or targets of a policy: at most one of them, each well formed."""
    selector = spec.selector
    check_selector(at / "selector", selector.match_labels if selector is not None else None, "matchLabels")
    single: PolicyTargetReference | None = getattr(spec, "target_ref", None)
    if single is not None:
        _check_target(at / "targetRef", single)
    for entry, reference in at.each("targetRefs", spec.target_refs):
        _check_target(entry, reference)
    check_exclusive(at, {"selector": selector, "targetRef": single, "targetRefs": spec.target_refs})


def check_exclusive(at: Place, fields: Mapping[str, object]) -> None:
    """At most one of some fields is set; the later ones are reported."""
    given: Sequence[str] = [name for name, value in fields.items() if value]
    for name in given[1:]:
        (at / name).tell("MC0413", f"{name} cannot stand beside {given[0]}")


def _check_target(at: Place, reference: PolicyTargetReference) -> None:
    (at / "name").need(reference.name, "the name of the target")
    if reference.namespace:
        (at / "namespace").tell(
            "MC0422", f"namespace {reference.namespace!r} is not allowed: a target is in the own one"
        )
    if (reference.group, reference.kind) not in TARGETS:
        at.tell("MC0422", f"a target cannot be a {reference.kind} of group {reference.group!r}")
