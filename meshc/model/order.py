"""The order of Istio's objects wherever several compete: age, then name, then namespace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from meshc.model.created import created
from meshc.model.service import Created
from meshc.resources.message import Object

R = TypeVar("R", bound=Object)


def age(resource: Object) -> tuple[Created, str, str]:
    """The key of istiod's order of objects: oldest first, then by name, then by namespace (spec: inbound 16)."""
    meta = resource.meta
    return created(meta), meta.name, meta.namespace


def oldest_first(resources: Iterable[R]) -> list[R]:
    """The objects in istiod's order."""
    return sorted(resources, key=age)


def by_namespace(resources: Iterable[R]) -> dict[str, tuple[R, ...]]:
    """The objects of each namespace, oldest first."""
    found: dict[str, list[R]] = {}
    for resource in oldest_first(resources):
        found.setdefault(resource.meta.namespace, []).append(resource)
    return {namespace: tuple(members) for namespace, members in found.items()}
