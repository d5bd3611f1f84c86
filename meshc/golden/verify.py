"""Compare a golden case with what it gives now, or rewrite it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from meshc.frozen import frozen
from meshc.golden.case import CaseError, Files, find_folders, read_case, render
from meshc.golden.proofs import proofs


@frozen
class Verdict:
    """What is wrong with the case of a name: differing files as unified diffs, and proofs that failed."""

    name: str
    description: str = ""
    diffs: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Nothing differs and every proof holds."""
        return not self.diffs and not self.failures


def verify(folder: Path) -> Verdict:
    """Compile the case of a folder, compare every file, and prove what each case has to prove."""
    try:
        case = read_case(folder)
        compiler = case.load()
        configs = case.compile(compiler)
        files = render(case, configs)
        return Verdict(case.name, case.description, tuple(_differences(folder, files)), tuple(proofs(case, configs)))
    except CaseError as error:
        return Verdict("/".join(folder.resolve().parts[-2:]), failures=(str(error),))


def update(folder: Path) -> int:
    """Rewrite the files of a case and remove those below `out/` that it no longer gives; how many changed.

    Raises `CaseError`.
    """
    case = read_case(folder)
    files = render(case, case.compile(case.load()))
    changed = 0
    for path in sorted(_recorded(folder) - files.keys()):
        (folder / path).unlink()
        changed += 1
    for path, text in files.items():
        target = folder / path
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            changed += 1
    for emptied in sorted((folder / "out").glob("**/"), reverse=True):
        if emptied.is_dir() and not any(emptied.iterdir()):
            emptied.rmdir()
    return changed


def orphans(roots: Sequence[Path]) -> list[Path]:
    """The files under some folders that no golden case has as a part; a README may stand anywhere."""
    folders = find_folders(roots)
    mine = {file for folder in folders for file in folder.rglob("*") if file.is_file() and _is_owned(folder, file)}
    every = (file for root in roots for file in root.rglob("*") if file.is_file() and file.name != "README.md")
    return sorted({file for file in every if file not in mine})


def _is_owned(folder: Path, file: Path) -> bool:
    try:
        return read_case(folder).owns(file)
    except CaseError:
        return True


def _recorded(folder: Path) -> set[str]:
    files = {str(p.relative_to(folder)) for p in (folder / "out").rglob("*") if p.is_file()}
    return files | ({"findings.txt"} if (folder / "findings.txt").is_file() else set())


def _differences(folder: Path, files: Files) -> Iterator[str]:
    for path in sorted(_recorded(folder) | files.keys()):
        recorded = folder / path
        want = recorded.read_text(encoding="utf-8") if recorded.is_file() else ""
        got = files.get(path, "")
        if want != got or not recorded.is_file():
            lines = difflib.unified_diff(
                want.splitlines(), got.splitlines(), f"golden/{path}", f"now/{path}", lineterm=""
            )
            yield "\n".join(lines) or f"{path} is missing"
