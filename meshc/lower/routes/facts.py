"""What of a listener and a proxy decides about the routes of a VirtualService."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.ir.node import value

Labels = tuple[tuple[str, str], ...]
"""Labels of a proxy as a value, sorted; of all its labels those that something asks for."""


@value
class RouteFacts:
    """Facts of a listener (`port`, the `gateways` it serves or `mesh`, `tls` if it terminates TLS) and of the proxy.

    Namespace and labels may be left empty where no match asks for them, `append_forwarded_host` False where nothing is
    rewritten: routes are shared by all proxies with equal facts.
    """

    port: int
    gateways: frozenset[str]
    namespace: str = ""
    labels: Labels = ()
    append_forwarded_host: bool = False
    tls: bool = False


def select_labels(labels: Mapping[str, str], keys: frozenset[str]) -> Labels:
    """Those of the labels that have one of the keys."""
    return tuple(sorted((key, labels[key]) for key in keys if key in labels))


def is_subset(wanted: Mapping[str, str], labels: Labels) -> bool:
    """All wanted labels are among the labels."""
    return all(label in labels for label in wanted.items())
