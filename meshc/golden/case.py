"""One golden case: where its files are, what it asks for, and what it gives now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from meshc.compile import CannotLoadError, Compiler, load_compiler
from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig, ResourceType
from meshc.envoy.encode import yaml_text
from meshc.findings import Finding, Severity
from meshc.frozen import frozen
from meshc.lint import lint
from meshc.scope.discovery import UnknownProxyError
from meshc.settings import Inputs, read_proxy_list

KEYS = ("description", "proxies", "types", "dangling", "meshConfig", "meshNetworks", "features", "clusters")
"""What a `case.yaml` may hold."""

Files = Mapping[str, str]
"""Texts by path inside the folder of a case."""


class CaseError(Exception):
    """A case that cannot be compiled; the text says why."""


@frozen
class Case:
    """A folder with `case.yaml`.

    `types` are the resource types that are recorded; proofs look at all of them. `dangling` are the references that
    istiod itself leaves without a target in this case.
    """

    folder: Path
    description: str
    types: tuple[ResourceType, ...]
    dangling: tuple[str, ...]
    companions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`<area>/<case>`, the last two parts of the path."""
        return "/".join(self.folder.resolve().parts[-2:])

    @property
    def spec(self) -> Path:
        """The file that says what to compile."""
        return self.folder / "case.yaml"

    def inputs(self, paths: Sequence[str] = ()) -> Inputs:
        """The case's own manifests, or others that should say the same, in its mesh."""
        return Inputs(paths or [str(self.folder / "in")], case=self.spec)

    def load(self, paths: Sequence[str] = ()) -> Compiler:
        """The case's mesh. Raises `CaseError`."""
        try:
            return load_compiler(self.inputs(paths))
        except CannotLoadError as error:
            raise CaseError(str(error)) from None

    def compile(self, compiler: Compiler) -> list[ProxyConfig]:
        """The configurations of the proxies that the case names. Raises `CaseError`."""
        requests = read_proxy_list(self.spec, compiler.findings)
        if not requests:
            raise CaseError("case.yaml names no proxies")
        try:
            return [compiler.compile(compiler.find(request)) for request in requests]
        except UnknownProxyError as error:
            raise CaseError(str(error)) from None

    def owns(self, file: Path) -> bool:
        """Whether a file of the folder is a part of the case."""
        path = file.relative_to(self.folder)
        return path.parts[0] in ("in", "out") or str(path) in ("case.yaml", "findings.txt", *self.companions)


def read_case(folder: Path) -> Case:
    """The case of a folder. Raises `CaseError`."""
    spec = _spec(folder / "case.yaml")
    unknown = [key for key in spec if key not in KEYS]
    if unknown:
        raise CaseError(f"case.yaml: unknown {', '.join(map(str, unknown))}; known are {', '.join(KEYS)}")
    recorded = spec.get("types", list(RESOURCE_TYPES))
    return Case(
        folder=folder,
        description=str(spec.get("description", "")).strip(),
        types=tuple(kind for kind in RESOURCE_TYPES if kind in recorded),
        dangling=tuple(map(str, spec.get("dangling", ()))),
        companions=tuple(map(str, spec.get("clusters", {}).values())),
    )


def find_folders(roots: Sequence[Path]) -> list[Path]:
    """Every folder with a `case.yaml` at or under the given ones, sorted by path."""
    return sorted({file.parent for root in roots for file in root.rglob("case.yaml")})


def render(case: Case, configs: Sequence[ProxyConfig]) -> Files:
    """The golden files of a case: the recorded types of every proxy, and the findings."""
    return {**render_resources(case, configs), "findings.txt": _findings(case)}


def render_resources(case: Case, configs: Sequence[ProxyConfig]) -> Files:
    """The files of `render` without the findings."""
    return {
        f"out/{config.proxy}/{kind}.yaml": yaml_text([json.loads(r.json) for r in _by_name(config, kind)])
        for config in configs
        for kind in case.types
        if config.of(kind)
    }


def _by_name(config: ProxyConfig, kind: ResourceType) -> list[Any]:
    return sorted(config.of(kind), key=lambda resource: resource.name)


def _findings(case: Case) -> str:
    """What `meshc lint` says, without what is merely assumed."""
    report = lint(case.inputs())
    return "".join(_line(finding, case) for finding in report.findings if finding.severity > Severity.INFO)


def _line(finding: Finding, case: Case) -> str:
    """A finding, with places inside the case's folder, wherever that is."""
    subject = f"{finding.origin}: " if finding.origin.kind else ""
    text = f"{finding.location or '-'}: {finding.severity} {finding.code}: {subject}{finding.message}\n"
    return text.replace(f"{case.folder}/", "")


def _spec(file: Path) -> Mapping[str, Any]:
    try:
        spec = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CaseError(f"case.yaml cannot be read: {error}") from None
    if not isinstance(spec, dict):
        raise CaseError("case.yaml is no mapping")
    return spec
