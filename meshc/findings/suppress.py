"""Suppressions: findings and what the user does not want to hear in, the findings split in two out."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from meshc.findings.catalog import CATALOG
from meshc.findings.finding import Finding
from meshc.findings.location import Origin
from meshc.frozen import frozen

ANNOTATION = "meshc.dev/suppress"
"""Annotation of an object: codes with commas between them that are not reported about it."""

Identity = tuple[str, str, str]
"""Kind, namespace and name of an object."""


@frozen
class Suppression:
    """A rule: `code` and `object` (`Kind namespace/name`) are patterns with `*`. `origin` is where it stands."""

    code: str
    object: str
    origin: Origin

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one that the rule is about."""
        about = str(finding.origin.at(""))
        return fnmatchcase(finding.code, self.code) and fnmatchcase(about, self.object)

    def names_a_code(self) -> bool:
        """Whether there is any code that the rule can be about."""
        return any(fnmatchcase(code, self.code) for code in CATALOG)


class By(enum.Enum):
    """What suppressed a finding."""

    RULE = "rule"
    ANNOTATION = "annotation"


@frozen
class Suppressed:
    """A finding that is held back, and by what."""

    finding: Finding
    by: By


@frozen
class Outcome:
    """What is said, what is held back, and the rules that held nothing back."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    idle: tuple[Suppression, ...]


def suppress(
    findings: Iterable[Finding], rules: Sequence[Suppression], annotated: Mapping[Identity, frozenset[str]]
) -> Outcome:
    """Split findings. `annotated` are the codes that objects name in their annotation."""
    said: list[Finding] = []
    held: list[Suppressed] = []
    used: set[int] = set()
    for finding in findings:
        origin = finding.origin
        covering = [index for index, rule in enumerate(rules) if rule.covers(finding)]
        used.update(covering)
        if finding.code in annotated.get((origin.kind, origin.namespace, origin.name), ()):
            held.append(Suppressed(finding, By.ANNOTATION))
        elif covering:
            held.append(Suppressed(finding, By.RULE))
        else:
            said.append(finding)
    idle = tuple(rule for index, rule in enumerate(rules) if index not in used)
    return Outcome(tuple(said), tuple(held), idle)


def codes_of(text: str) -> frozenset[str]:
    """The codes of an annotation."""
    return frozenset(code.strip() for code in text.split(",") if code.strip())
