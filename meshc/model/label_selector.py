"""Kubernetes label selectors: pairs and expressions, all of which must hold."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.model.label_index import selects
from meshc.resources.selector import LabelSelector, LabelSelectorRequirement


def matches(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """The selector selects what carries these labels; an empty one selects everything."""
    return selects(selector.match_labels, labels) and all(_holds(e, labels) for e in selector.match_expressions)


def _holds(requirement: LabelSelectorRequirement, labels: Mapping[str, str]) -> bool:
    """What is absent is in no set, and so `NotIn` every one."""
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value in requirement.values
        case "NotIn":
            return value not in requirement.values
        case "Exists":
            return value is not None
        case _:
            return value is None
