"""Checking manifests one by one in tests."""

from __future__ import annotations

from meshc.findings import Sink
from meshc.resources.check import check_objects
from meshc.resources.check.place import Places
from meshc.resources.features import Features
from meshc.resources.load import load
from meshc.source import documents_of_text


def said(text: str) -> list[str]:
    """What is said about the objects of a manifest, as `line code name field: sentence`.

    What every EnvoyFilter is warned of is left out.
    """
    sink = Sink()
    documents = documents_of_text(text, "in.yaml", sink)
    check_objects(load(documents, sink), Features(), Places(documents, sink))
    return [
        f"{f.location.line if f.location else 0} {f.code} {f.origin.name} {f.origin.field}: {f.message}"
        for f in sink
        if f.code != "MC0450"
    ]
