"""`--stage`: what a stage of the compiler makes, printed as YAML."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import Enum
from typing import Any

import yaml

from meshc.compile import Compiler
from meshc.plain import plain
from meshc.scope.proxy import Proxy


class Stage(Enum):
    """The stages that print."""

    RESOURCES = "resources"
    MODEL = "model"
    SCOPE = "scope"
    IR = "ir"
    ENVOY = "envoy"


def print_stage(stage: Stage, compiler: Compiler, proxies: Sequence[Proxy]) -> None:
    """Print the stage's result on stdout: of the mesh for the first two stages, of each proxy for the others."""
    yaml.dump(
        _result(stage, compiler, proxies), sys.stdout, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True
    )


def _result(stage: Stage, compiler: Compiler, proxies: Sequence[Proxy]) -> Any:
    match stage:
        case Stage.RESOURCES:
            return [plain(o) for o in compiler.objects]
        case Stage.MODEL:
            return plain(compiler.mesh)
        case Stage.SCOPE:
            return {f"{p.name}.{p.namespace}": plain(compiler.scope(p)) for p in proxies}
        case Stage.IR:
            return {f"{p.name}.{p.namespace}": plain(compiler.lower(p)) for p in proxies}
        case Stage.ENVOY:
            return {f"{p.name}.{p.namespace}": _messages(compiler, p) for p in proxies}


def _messages(compiler: Compiler, proxy: Proxy) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {}
    for kind, resource in compiler.compile(proxy):
        made.setdefault(kind, []).append(json.loads(resource.json))
    return made
