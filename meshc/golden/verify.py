"""Compare a golden case with what it gives now, or rewrite it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from meshc.golden.case import Case, render
from meshc.golden.proofs import proofs


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a case: differing files as unified diffs, and proofs that failed. Empty: all is well."""

    case: Case
    diffs: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Nothing differs and every proof holds."""
        return not self.diffs and not self.failures


def verify(case: Case) -> Verdict:
    """Compile the case, compare every file, and prove what each case has to prove."""
    compiler = case.load()
    configs = case.compile(compiler)
    files = render(case, compiler, configs)
    return Verdict(case, tuple(_differences(case.folder, files)), tuple(proofs(case, compiler, configs, files)))


def update(case: Case) -> int:
    """Rewrite the case's files and remove those that it no longer gives; the number of files that changed."""
    compiler = case.load()
    files = render(case, compiler, case.compile(compiler))
    changed = 0
    for path in _recorded(case.folder) - files.keys():
        (case.folder / path).unlink()
        changed += 1
    for path, text in files.items():
        target = case.folder / path
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            changed += 1
    for folder in sorted((case.folder / "out").glob("*/"), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    return changed


def _recorded(folder: Path) -> set[str]:
    files = {str(p.relative_to(folder)) for p in (folder / "out").rglob("*") if p.is_file()}
    return files | ({"findings.txt"} if (folder / "findings.txt").is_file() else set())


def _differences(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    for path in sorted(_recorded(folder) | files.keys()):
        recorded = folder / path
        want = recorded.read_text(encoding="utf-8") if recorded.is_file() else ""
        got = files.get(path, "")
        if want != got or not recorded.is_file():
            lines = difflib.unified_diff(
                want.splitlines(), got.splitlines(), f"golden {path}", f"now {path}", lineterm=""
            )
            yield "\n".join(lines) or f"golden {path} is missing"
