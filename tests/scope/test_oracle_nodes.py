"""Every proxy of the recorded cases introduces itself as it did when it was recorded."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from meshc.findings import Sink
from meshc.model.build import build
from meshc.resources.load import load
from meshc.scope.discovery import find
from meshc.scope.proxy import ProxyKind
from meshc.settings import Inputs, read_settings
from meshc.source import read

ORACLE = Path(os.environ.get("MESHC_ORACLE", "no oracle"))
CASES = sorted(p.parent for p in ORACLE.glob("cases/*/case.yaml") if not p.parent.name.startswith("networks-"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_proxies_introduce_themselves(folder: Path) -> None:
    case = yaml.safe_load((folder / "case.yaml").read_text())
    base = [] if case.get("base", "none") == "none" else [str(ORACLE / "bases" / f"{case['base']}.yaml")]
    inputs = Inputs(paths=[*base, str(folder / "manifests.yaml")], case=folder / "case.yaml")
    sink = Sink()
    mesh = build(load(read(inputs.paths, sink), sink), read_settings(inputs, sink), sink)
    for wanted in case["proxies"]:
        proxy = find(mesh, wanted["name"], ProxyKind(wanted["type"]), wanted.get("metadata"), wanted.get("cluster"))
        recorded = json.loads((folder / "expected" / wanted["name"] / "node.json").read_text())
        assert proxy.node() == recorded
