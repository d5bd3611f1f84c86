"""Localities: where a pod runs, and the topology labels that istiod adds to what runs there (spec: clusters 18.2)."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.model import names


def of_labels(labels: Mapping[str, str]) -> str:
    """The locality that labels declare; empty if none does. Dots stand for slashes where there is no slash."""
    text = labels.get(names.LABEL_LOCALITY) or labels.get(names.LABEL_LOCALITY_OLD) or ""
    return text if "/" in text else text.replace(".", "/")


def of_node(labels: Mapping[str, str]) -> str:
    """The locality of a node, `region/zone/subzone` with empty parts kept; empty if it has no part."""
    region = labels.get(names.LABEL_REGION) or labels.get(names.LABEL_REGION_OLD, "")
    zone = labels.get(names.LABEL_ZONE) or labels.get(names.LABEL_ZONE_OLD, "")
    subzone = labels.get(names.LABEL_SUBZONE, "")
    return f"{region}/{zone}/{subzone}" if region or zone or subzone else ""


def split(locality: str) -> tuple[str, str, str]:
    """Region, zone and subzone; a fourth part and what follows are ignored."""
    region, zone, subzone = [*locality.split("/"), "", ""][:3]
    return region, zone, subzone


def augment(labels: Mapping[str, str], cluster_id: str, locality: str, node: str, network: str) -> dict[str, str]:
    """The labels with the topology labels over them; a network label of one's own stays."""
    out = dict(labels)
    region, zone, subzone = split(locality)
    derived = (
        (names.LABEL_REGION, region),
        (names.LABEL_ZONE, zone),
        (names.LABEL_SUBZONE, subzone),
        (names.LABEL_CLUSTER, cluster_id),
        (names.LABEL_HOSTNAME, node),
    )
    out.update((key, value) for key, value in derived if value)
    if network and not out.get(names.LABEL_NETWORK):
        out[names.LABEL_NETWORK] = network
    return out
