"""Checks of secrets: the configuration of a proxy in, findings about secrets that it asks istiod for in vain out."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.ir.proxy import ProxyIR
from meshc.lower.notes import Note
from meshc.lower.tls.secrets import references_of_cluster, references_of_listener, served


def secret_notes(made: ProxyIR, namespace: str) -> Iterator[Note]:
    """Where a proxy of a namespace refers to secrets that it does not get: connections of such TLS fail."""
    known = {secret.name for secret in made.secrets}
    found = [(origin, r) for listener in made.listeners for origin, r in references_of_listener(listener)]
    found += [(cluster.origin, r) for cluster in made.clusters for r in references_of_cluster(cluster)]
    for origin, reference in found:
        if served(reference) and reference.name not in known:
            text = f"{reference.name} is not served: there is no such secret for proxies of namespace {namespace}"
            yield Note(code="MC0676", origin=origin, message=text)
