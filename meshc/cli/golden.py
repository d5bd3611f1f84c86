"""`meshc golden verify` and `meshc golden update`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from meshc.cli.report import ExitCode
from meshc.golden.case import Case, find_cases

app = typer.Typer(
    help="Verify or update golden files.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Roots = Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Folders with golden cases.", exists=True)]


@app.command()
def verify(roots: Roots) -> None:
    """Compare every case with what it gives now, and prove what each case has to prove."""
    from meshc.golden.verify import verify as verdict_of

    cases = _cases(roots)
    bad = 0
    for case in cases:
        verdict = verdict_of(case)
        if verdict.good:
            continue
        bad += 1
        typer.echo(f"{case.name}: differs")
        for text in (*verdict.diffs, *verdict.failures):
            typer.echo(text)
    typer.echo(f"{len(cases)} cases, {bad} of them differ" if bad else f"{len(cases)} cases, all as recorded")
    if bad:
        raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def update(roots: Roots) -> None:
    """Rewrite every case from what it gives now; files that no case gives any more are removed."""
    from meshc.golden.verify import update as rewrite

    changed = {case.name: count for case in _cases(roots) if (count := rewrite(case))}
    for name, count in changed.items():
        typer.echo(f"{name}: {count} files changed")
    typer.echo(f"{len(changed)} cases changed" if changed else "nothing changed")


def _cases(roots: list[Path]) -> list[Case]:
    cases = find_cases(roots)
    if not cases:
        typer.echo(f"meshc: no case.yaml under {', '.join(map(str, roots))}", err=True)
        raise typer.Exit(ExitCode.NOTHING)
    return cases
