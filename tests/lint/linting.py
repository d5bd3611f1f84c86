"""Linting a few manifests in tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from meshc.findings.suppress import Outcome
from meshc.lint import lint
from meshc.settings import Inputs


def outcome_of(folder: Path, *objects: dict[str, Any], suppressions: str = "", config: str = "") -> Outcome:
    """What `meshc lint` has to say about objects, by way of files in a folder."""
    manifests = folder / "in.yaml"
    manifests.write_text(yaml.safe_dump_all(objects, sort_keys=False))
    rules = folder / "suppress.yaml"
    rules.write_text(suppressions)
    settings = folder / "mesh.yaml"
    settings.write_text(config)
    inputs = Inputs([str(manifests)], mesh_config=settings if config else None)
    return lint(inputs, rules if suppressions else None)


def linted(folder: Path, codes: str, *objects: dict[str, Any], config: str = "") -> list[str]:
    """The findings whose code begins with one of some prefixes, as `code object field: sentence`."""
    outcome = outcome_of(folder, *objects, config=config)
    return [f"{f.code} {f.origin}: {f.message}" for f in outcome.findings if f.code.startswith(tuple(codes.split()))]


def pod(name: str, namespace: str = "shop", ip: str = "10.1.0.1", **labels: str) -> dict[str, Any]:
    """A ready pod with a sidecar."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"containers": [{"name": "app"}, {"name": "istio-proxy", "image": "proxyv2"}]},
        "status": {"phase": "Running", "podIP": ip, "conditions": [{"type": "Ready", "status": "True"}]},
    }
