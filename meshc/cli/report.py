"""The end of a run: findings on stderr, one last sentence, one exit code. All wording of that kind stands here."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import Enum, IntEnum

import typer

from meshc.findings import Finding, Severity, Sink
from meshc.frozen import frozen


class ExitCode(IntEnum):
    """What the program ends with; the table stands in the README."""

    FINE = 0
    FINDINGS = 1
    USAGE = 2
    UNREADABLE = 3
    NOTHING = 4


class Threshold(Enum):
    """From which severity on a finding fails the run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"

    def reached(self, severity: Severity | None) -> bool:
        """Whether a run whose heaviest finding is this one fails."""
        return self is not Threshold.NEVER and severity is not None and severity >= Severity[self.name]


def finding_line(finding: Finding) -> str:
    """One finding as text: place, severity, code, sentence, object, way out."""
    place = f"{finding.location}: " if finding.location else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    about = str(finding.origin)
    subject = f"{about}: " if finding.origin.kind else ""
    return f"{place}{finding.severity} {finding.code}: {subject}{finding.message}{hint}"


@frozen
class Report:
    """Prints the findings of a run on stderr. `verbose` prints informational ones too, `quiet` errors alone."""

    verbose: bool = False
    quiet: bool = False
    threshold: Threshold = Threshold.ERROR

    @property
    def least(self) -> Severity:
        """The lightest severity that is printed."""
        return Severity.INFO if self.verbose else Severity.ERROR if self.quiet else Severity.WARNING

    def print(self, findings: Iterable[Finding]) -> None:
        """The findings, one a line, and how many informational ones were held back."""
        least, held = self.least, 0
        for finding in findings:
            if finding.severity >= least:
                print(finding_line(finding), file=sys.stderr)
            else:
                held += 1
        if held and not self.quiet:
            things = "finding" if held == 1 else "findings"
            print(f"{held} informational {things}; -v shows them", file=sys.stderr)

    def end(self, sink: Sink) -> None:
        """Print the findings and leave with the exit code that they call for."""
        self.print(sink)
        if self.threshold.reached(sink.worst()):
            raise typer.Exit(ExitCode.FINDINGS)

    def nothing(self, sentence: str, findings: Iterable[Finding]) -> typer.Exit:
        """Nothing to compile."""
        self.print(findings)
        return _failed(sentence, ExitCode.NOTHING)

    def unreadable(self, sentence: str, findings: Iterable[Finding]) -> typer.Exit:
        """Nothing of the input could be read."""
        self.print(findings)
        return _failed(sentence, ExitCode.UNREADABLE)

    def usage(self, sentence: str) -> typer.Exit:
        """A mistake in the command line that only the input reveals."""
        return _failed(sentence, ExitCode.USAGE)


def _failed(sentence: str, code: ExitCode) -> typer.Exit:
    print(f"meshc: {sentence}", file=sys.stderr)
    return typer.Exit(code)
