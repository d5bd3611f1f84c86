"""What one cluster holds of Kubernetes' own kinds, as the rest of the model reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.resources.core import Namespace, Node, Service
from meshc.resources.discovery import EndpointSlice
from meshc.resources.pod import Pod


@frozen
class Inventory:
    """Services, pods and the like of one cluster, by (namespace, name).

    `slices` are by (namespace, name of the service). `namespaces` holds only those that the input declares.
    `assumed` has the pods that no object of the input is, with the template that each was made from.
    """

    cluster_id: str
    services: tuple[Service, ...] = ()
    pods: tuple[Pod, ...] = ()
    nodes: tuple[Node, ...] = ()
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    slices: Mapping[tuple[str, str], tuple[EndpointSlice, ...]] = field(default_factory=dict)
    assumed: Mapping[tuple[str, str], Origin] = field(default_factory=dict)
