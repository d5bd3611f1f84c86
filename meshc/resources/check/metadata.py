"""Metadata of Istio's objects in, what istiod holds against them before all else out (spec: tooling 19.2)."""

from __future__ import annotations

from meshc.resources.check.place import Place
from meshc.resources.decoding import MapKey
from meshc.resources.go_values import parse_bool
from meshc.resources.message import Object
from meshc.resources.security import AuthorizationPolicy

DRY_RUN = "istio.io/dry-run"
RESERVED = (
    "internal.istio.io/webhook-always-reject",
    "internal.istio.io/parent-namespace",
    "internal.istio.io/parents",
)
"""Annotations that istiod sets on the objects it generates; the gateway API's objects among them."""


def check_metadata(thing: Object, root: Place) -> bool:
    """Annotations that are refused; whether there is none, for otherwise istiod looks no further."""
    at, annotations = root / "metadata" / "annotations", thing.meta.annotations
    sound = True
    for name in RESERVED:
        if name in annotations:
            sound = (at / MapKey(name)).judge("MC0420", f"the annotation {name} is reserved for istiod")
    if DRY_RUN in annotations:
        sound = (at / MapKey(DRY_RUN)).judge("MC0420", _dry_run_fault(thing, annotations[DRY_RUN])) and sound
    return sound


def _dry_run_fault(thing: Object, value: str) -> str:
    """A trial is known to policies that allow or deny."""
    if not isinstance(thing, AuthorizationPolicy):
        return f"the annotation {DRY_RUN} does not fit a {thing.meta.kind}"
    if thing.spec.action not in ("ALLOW", "DENY"):
        return f"the annotation {DRY_RUN} does not fit action {thing.spec.action}"
    return "" if parse_bool(value) is not None else f"the annotation {DRY_RUN} is {value!r}, neither true nor false"
