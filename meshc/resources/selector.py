"""Selectors and references that several API groups share (`istio.type.v1beta1` and Kubernetes' LabelSelector)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Message, UInt32, mapping, message


@message
class WorkloadSelector(Message):
    """`selector` of policies, Telemetry, ProxyConfig, extensions and DestinationRule: pods by `matchLabels`."""

    match_labels: Mapping[str, str] = mapping()


@message
class PolicyTargetReference(Message):
    """`targetRefs[]`: the resource (Gateway, GatewayClass, Service, ServiceEntry) that a policy is attached to."""

    group: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""


@message
class PortSelector(Message):
    """A port by number."""

    number: UInt32 = 0


WorkloadMode = Literal["UNDEFINED", "CLIENT", "SERVER", "CLIENT_AND_SERVER"]
"""Side of a proxy that a piece of configuration is for; UNDEFINED means both."""


@message
class LabelSelectorRequirement(Message):
    """`matchExpressions[]` of a label selector."""

    OPEN = True

    key: str = ""
    operator: Literal["", "In", "NotIn", "Exists", "DoesNotExist"] = ""
    values: tuple[str, ...] = ()


@message
class LabelSelector(Message):
    """`metav1.LabelSelector`: both parts must hold; an empty one selects everything."""

    OPEN = True

    match_labels: Mapping[str, str] = mapping()
    match_expressions: tuple[LabelSelectorRequirement, ...] = ()
