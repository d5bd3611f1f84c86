"""Traffic distribution: the preference of a service for near endpoints (spec: clusters 21.1)."""

from __future__ import annotations

from meshc.model import names
from meshc.model.service import TrafficDistribution
from meshc.resources.core import Namespace
from meshc.resources.message import Meta

_FIELD = {
    "PreferClose": TrafficDistribution.SAME_ZONE,
    "PreferSameZone": TrafficDistribution.SAME_ZONE,
    "PreferSameNode": TrafficDistribution.SAME_NODE,
}
_ANNOTATION = {key.lower(): value for key, value in _FIELD.items()}


def of_service(field: str | None, meta: Meta, namespace: Namespace | None) -> TrafficDistribution:
    """The preference by `spec.trafficDistribution`, else by the object's annotation, else by its namespace's.

    An annotation that says something else than the known values means no preference, and hides the next place.
    """
    if field is not None and field in _FIELD:
        return _FIELD[field]
    for place in (meta, namespace.meta) if namespace is not None else (meta,):
        if text := place.annotations.get(names.ANNOTATION_TRAFFIC_DISTRIBUTION, ""):
            return _ANNOTATION.get(text.lower(), TrafficDistribution.ANY)
    return TrafficDistribution.ANY


def is_known(text: str) -> bool:
    """The text of an annotation names a preference."""
    return text.lower() in _ANNOTATION
