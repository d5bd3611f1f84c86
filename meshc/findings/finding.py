"""The finding and the sink that collects findings during a run."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from meshc.findings.catalog import CATALOG
from meshc.findings.location import Location, Origin
from meshc.frozen import frozen


class Severity(enum.IntEnum):
    """How much a finding weighs; `ERROR` means that something of the input is not in the output as written.

    >>> Severity.ERROR > Severity.WARNING > Severity.INFO, str(Severity.WARNING)
    (True, 'warning')
    """

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@frozen
class Finding:
    """One thing to say: `code` of the catalogue, the sentence, the object and field it is about, and a hint.

    >>> origin = Origin("Service", "default", "web", "spec.ports[0]", Location("web.yaml", 7, 5))
    >>> finding = Finding("MC0202", Severity.ERROR, "name: expected text, got 80", origin)
    >>> f"{finding.location} {finding.severity} {finding.code} {finding.origin}"
    'web.yaml:7:5 error MC0202 Service default/web spec.ports[0]'
    """

    code: str
    severity: Severity
    message: str
    origin: Origin
    hint: str = ""

    @property
    def location(self) -> Location | None:
        """The place in the file, as far as it is known."""
        return self.origin.location

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of a report: by place, then code, then sentence."""
        at = self.location or Location("")
        return (at.file, at.line, at.column, self.code, self.message)


@dataclass(slots=True)
class Sink:
    """Collects findings; the same finding said twice (for two proxies, say) counts once."""

    _findings: dict[Finding, None] = field(default_factory=dict)

    def add(self, code: str, origin: Origin, message: str, hint: str = "") -> None:
        """Record a finding. `code` must stand in the catalogue, which gives the severity and the usual hint."""
        rule = CATALOG[code]
        self._findings[Finding(code, Severity[rule.severity], message, origin, hint or rule.hint)] = None

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._findings, key=Finding.sort_key))

    def __len__(self) -> int:
        return len(self._findings)

    def errors(self) -> int:
        """How many errors there are."""
        return sum(f.severity is Severity.ERROR for f in self._findings)

    def worst(self) -> Severity | None:
        """The heaviest severity so far; None if there is nothing to say."""
        return max((f.severity for f in self._findings), default=None)
