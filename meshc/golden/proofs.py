"""What every golden case proves beyond its bytes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from meshc.compile import Compiler
from meshc.envoy.config import ProxyConfig
from meshc.envoy.references import dangling
from meshc.envoy.validate import violations
from meshc.findings import Sink
from meshc.golden.case import Case, render
from meshc.output.dump import config_dump, read_dump
from meshc.source import read

Files = Mapping[str, str]
Proof = Callable[[Case, Compiler, Sequence[ProxyConfig], Files], Iterator[str]]


def proofs(case: Case, compiler: Compiler, configs: Sequence[ProxyConfig], files: Files) -> Iterator[str]:
    """The failures of a case, each a sentence; nothing if every proof holds."""
    for proof in (_shuffled, _no_dangling_reference, _constraints_hold, _origins, _dump_reads_back):
        yield from proof(case, compiler, configs, files)


def _shuffled(case: Case, compiler: Compiler, configs: Sequence[ProxyConfig], files: Files) -> Iterator[str]:
    """The same objects, one a file and in another order, give the same configuration."""
    with tempfile.TemporaryDirectory() as folder:
        for number, document in enumerate(reversed(_documents(case.folder / "in"))):
            (Path(folder) / f"{number:04}.yaml").write_text(document, encoding="utf-8")
        again = case.load([folder])
        moved = render(case, again, case.compile(again))
    for path in files:
        if path != "findings.txt" and moved.get(path) != files[path]:
            yield f"{path} depends on the order of the input"


def _documents(folder: Path) -> list[str]:
    return [json.dumps(document.root) for document in read([str(folder)], Sink())]


def _no_dangling_reference(
    case: Case, compiler: Compiler, configs: Sequence[ProxyConfig], files: Files
) -> Iterator[str]:
    """Whatever a resource names exists, but for what istiod itself leaves dangling: `dangling` of case.yaml lists those."""
    allowed = set(case.known_dangling)
    for config in configs:
        for reference in dangling(config):
            if reference not in allowed:
                yield f"{config.proxy}: {reference}"


def _constraints_hold(case: Case, compiler: Compiler, configs: Sequence[ProxyConfig], files: Files) -> Iterator[str]:
    """Envoy's own field constraints hold."""
    for config in configs:
        for kind, resource in config:
            for violation in violations(resource.message):
                yield f"{config.proxy} {kind} {resource.name}: {violation}"


def _origins(case: Case, compiler: Compiler, configs: Sequence[ProxyConfig], files: Files) -> Iterator[str]:
    """Every resource says where it came from."""
    for config in configs:
        for kind, resource in config:
            if resource.origin is None:
                yield f"{config.proxy} {kind} {resource.name}: no origin"


def _dump_reads_back(case: Case, compiler: Compiler, configs: Sequence[ProxyConfig], files: Files) -> Iterator[str]:
    """A config dump of the proxy gives the same resources again."""
    for config in configs:
        again = read_dump(config_dump(config))
        for kind, resource in config:
            if resource.wire not in {r.wire for r in again.of(kind) if r.name == resource.name}:
                yield f"{config.proxy} {kind} {resource.name}: changed on its way through a config dump"
