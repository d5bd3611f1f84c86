"""`meshc golden verify` and `meshc golden update`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from meshc.cli.report import ExitCode
from meshc.golden.case import CaseError, find_folders

app = typer.Typer(
    add_completion=False,
    help="Verify or update golden files.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Roots = Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Folders with golden cases.", exists=True)]


@app.command()
def verify(roots: Roots) -> None:
    """Compare every case with what it gives now, and prove what each case has to prove."""
    from meshc.golden.verify import orphans
    from meshc.golden.verify import verify as verdict_of

    folders = _folders(roots)
    bad = [verdict for verdict in map(verdict_of, folders) if not verdict.good]
    for verdict in bad:
        typer.echo(f"{verdict.name}: {verdict.description or 'no description'}")
        for text in (*verdict.failures, *verdict.diffs):
            typer.echo(text)
    lost = orphans(roots)
    for file in lost:
        typer.echo(f"{file}: belongs to no case")
    typer.echo(_sum(len(folders), len(bad), len(lost)))
    if bad or lost:
        raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def update(roots: Roots) -> None:
    """Rewrite every case from what it gives now; files below out/ that a case no longer gives are removed."""
    from meshc.golden.verify import update as rewrite

    folders = _folders(roots)
    changed = 0
    failed = 0
    for folder in folders:
        try:
            count = rewrite(folder)
        except CaseError as error:
            typer.echo(f"meshc: {folder}: {error}", err=True)
            failed += 1
            continue
        if count:
            changed += 1
            typer.echo(f"{folder}: {_count(count, 'file')} changed")
    typer.echo(f"{_count(changed, 'case')} of {len(folders)} changed" if changed else "nothing changed")
    if failed:
        raise typer.Exit(ExitCode.UNREADABLE)


def _folders(roots: Sequence[Path]) -> list[Path]:
    folders = find_folders(roots)
    if not folders:
        typer.echo(f"meshc: no case.yaml under {', '.join(map(str, roots))}", err=True)
        raise typer.Exit(ExitCode.NOTHING)
    return folders


def _sum(cases: int, bad: int, lost: int) -> str:
    if not bad and not lost:
        return f"{_count(cases, 'case')}, all as recorded"
    parts = [f"{bad} not as recorded"] if bad else []
    parts += [f"{_count(lost, 'file')} of no case"] if lost else []
    return f"{_count(cases, 'case')}, {', '.join(parts)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
