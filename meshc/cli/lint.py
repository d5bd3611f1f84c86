"""`meshc lint`: everything that meshc has to say about an input, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from meshc.cli import inputs
from meshc.cli.formats import FindingFormat, render
from meshc.cli.report import ExitCode, Report, Threshold
from meshc.findings import Finding, Severity
from meshc.findings.suppress import Outcome
from meshc.lint import lint as lint_inputs
from meshc.settings import Inputs

app = typer.Typer(add_completion=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def lint(
    paths: inputs.Paths,
    format: Annotated[FindingFormat, typer.Option("--format", help="How to print.")] = FindingFormat.TEXT,
    suppress: Annotated[
        Path | None,
        typer.Option("--suppress", help="YAML with `suppress`: code, object, reason.", exists=True, dir_okay=False),
    ] = None,
    proxies: Annotated[
        bool, typer.Option("--proxies/--no-proxies", help="Look at the configuration of every proxy too.")
    ] = True,
    mesh_config: inputs.MeshConfigFile = None,
    mesh_networks: inputs.MeshNetworksFile = None,
    features: inputs.FeaturesFile = None,
    cluster: inputs.Clusters = [],  # noqa: B006
    fail_on: inputs.FailOn = Threshold.ERROR,
    verbose: inputs.Verbose = False,
    quiet: inputs.Quiet = False,
) -> None:
    """Report what istiod would refuse, ignore, shadow or assume."""
    report = Report(verbose, quiet, fail_on)
    with inputs.loading(report):
        given = Inputs(paths, mesh_config, mesh_networks, features, inputs.by_name(cluster))
        outcome = lint_inputs(given, suppress, per_proxy=proxies)
    shown = replace(outcome, findings=tuple(f for f in outcome.findings if f.severity >= report.least))
    sys.stdout.write(render(shown, format, fail_on))
    if not quiet:
        print(_summary(outcome, len(outcome.findings) - len(shown.findings)), file=sys.stderr)
    if fail_on.reached(max((finding.severity for finding in outcome.findings), default=None)):
        raise typer.Exit(ExitCode.FINDINGS)


def _summary(outcome: Outcome, held: int) -> str:
    """How many findings there are of each severity; informational ones may be held back."""
    counted = [_count(outcome.findings, severity) for severity in sorted(Severity, reverse=True)]
    text = ", ".join(part for part in counted if part) or "nothing to report"
    if held:
        text += " (-v shows them)"
    return f"{text}; {len(outcome.suppressed)} suppressed" if outcome.suppressed else text


def _count(findings: Sequence[Finding], severity: Severity) -> str:
    number = sum(finding.severity is severity for finding in findings)
    if not number or severity is Severity.INFO:
        return f"{number} informational" if number else ""
    return f"{number} {severity}{'' if number == 1 else 's'}"
