"""One golden case: where its files are, what it asks for, and what it gives now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from meshc.compile import Compiler, load_compiler
from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig
from meshc.findings import Finding, Severity
from meshc.settings import Inputs, read_proxy_list


@dataclass(frozen=True, slots=True)
class Case:
    """A folder with `case.yaml`; `name` is `<area>/<case>`."""

    folder: Path

    @property
    def name(self) -> str:
        """`<area>/<case>`, the last two parts of the path."""
        return "/".join(self.folder.parts[-2:])

    @property
    def spec(self) -> Path:
        """The file that says what to compile."""
        return self.folder / "case.yaml"

    @property
    def known_dangling(self) -> tuple[str, ...]:
        """References that istiod itself leaves dangling in this case: `dangling` of case.yaml."""
        spec = yaml.load(self.spec.read_text(encoding="utf-8"), yaml.CSafeLoader)
        return tuple(spec.get("dangling", ()))

    def load(self, paths: Sequence[str] = ()) -> Compiler:
        """The case's mesh, from its own manifests or from others that should say the same."""
        return load_compiler(Inputs(paths or [str(self.folder / "in")], case=self.spec))

    def compile(self, compiler: Compiler) -> list[ProxyConfig]:
        """The configurations of the proxies that the case names."""
        requests = read_proxy_list(self.spec, compiler.findings)
        return [compiler.compile(compiler.find(request)) for request in requests]


def find_cases(roots: Sequence[Path]) -> list[Case]:
    """Every folder with a `case.yaml` under the given ones, sorted by path."""
    return [Case(file.parent) for root in roots for file in sorted(root.rglob("case.yaml"))]


def render(case: Case, compiler: Compiler, configs: Sequence[ProxyConfig]) -> Mapping[str, str]:
    """The golden files of a case, by path inside its folder."""
    files = {}
    for config in configs:
        for kind in RESOURCE_TYPES:
            resources = sorted(config.of(kind), key=lambda r: r.name)
            if resources:
                values = [json.loads(r.json) for r in resources]
                files[f"out/{config.proxy}/{kind}.yaml"] = _yaml(values)
    files["findings.txt"] = "".join(_finding(f, case) for f in compiler.findings if f.severity > Severity.INFO)
    return files


def _yaml(values: object) -> str:
    text: str = yaml.dump(values, Dumper=yaml.CSafeDumper, sort_keys=False, width=120, allow_unicode=True)
    return text


def _finding(finding: Finding, case: Case) -> str:
    place = str(finding.location or "").removeprefix(f"{case.folder}/")
    return f"{finding.severity} {finding.code} {place} {finding.origin}: {finding.message}\n"
