"""Bootstraps for end-to-end tests, made as the command makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from meshc.compile import Compiler, load_compiler
from meshc.envoy.interception import Interception
from meshc.output.deliver import Delivery, Dialect, Format, deliver
from meshc.settings import Inputs, ProxyRequest

BOOKINFO = Path(__file__).parents[2] / "examples" / "bookinfo"


def load(
    folder: Path,
    manifests: str = "",
    endpoints: Mapping[str, Any] | None = None,
    mesh_config: Mapping[str, Any] | None = None,
    base: Path = BOOKINFO,
) -> Compiler:
    """The example with further manifests; `endpoints` is the endpoint map, files go to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    more, mapped, mesh = folder / "more.yaml", folder / "endpoints.yaml", folder / "mesh.yaml"
    more.write_text(manifests)
    mapped.write_text(yaml.safe_dump(dict(endpoints or {})))
    mesh.write_text(yaml.safe_dump(dict(mesh_config or {})))
    paths = [str(base), str(more)] if manifests else [str(base)]
    return load_compiler(Inputs(paths, mesh_config=mesh if mesh_config else None, endpoint_map=mapped))


def bootstrap(
    compiler: Compiler,
    proxy: str,
    certificates: Path | None = None,
    interception: Interception = Interception.NONE,
) -> dict[str, Any]:
    """The static bootstrap of a proxy for a stock Envoy."""
    delivery = Delivery(Format.BOOTSTRAP, Dialect.ENVOY, certificates=certificates, interception=interception)
    made: list[bytes] = []
    config = compiler.compile(compiler.find(ProxyRequest(name=proxy)))
    deliver([config], 1, delivery, compiler.findings, made.append)
    value: dict[str, Any] = json.loads(b"".join(made))
    return value
