"""The catalogue of findings in, `docs/findings.md` out: `python docs/findings.py` rewrites the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from meshc.findings.catalog import CATALOG, Rule

PAGE = Path(__file__).with_suffix(".md")

INTRODUCTION = """\
# Findings

Everything that meshc has to say about an input is a finding: a code, a severity, a sentence, an object with the field,
a line in a file, and mostly a way out. A code keeps its meaning for good; a retired number is not used again.

* An **error** says that something of the input is not in the output, or would be refused by istiod's admission.
* A **warning** says that the input is used as it is written, and probably does not do what was meant.
* **Info** says what meshc assumed, or which of several objects istiod takes.

`meshc compile` reports what keeps it from using the input as written; `meshc lint` reports everything and can hold
findings back ([lint.md](lint.md)).
This page is made from the catalogue by `make docs`.
"""

BLOCKS = {
    "MC01": ("Files and YAML", "What is wrong with a file as a text."),
    "MC02": ("Objects", "Documents that are no object of their kind, settings that cannot be read."),
    "MC03": ("Assumptions", "What a cluster would have added to the manifests, and meshc adds in its place."),
    "MC04": ("Admission", "What istiod's validation and the schemas of its kinds refuse, and what they warn of."),
    "MC05": ("Several objects", "What is merged, shadowed, displaced, refers to nothing or selects nothing."),
    "MC06": ("Without effect", "What is accepted and then has no effect, for the mesh or for some proxy."),
    "MC07": ("Output", "What an output cannot hold, and what is left out of it."),
}
"""First two digits of the codes -> title of the block, and what it is about."""


def page(rules: Iterable[Rule]) -> str:
    """The page of some rules."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    return INTRODUCTION + "".join(text for block in BLOCKS for text in _block(block, ordered))


def _block(block: str, rules: Iterable[Rule]) -> Iterator[str]:
    title, about = BLOCKS[block]
    yield f"\n## {block}xx {title}\n\n{about}\n\n| code | severity | what | usual way out |\n|---|---|---|---|\n"
    for rule in rules:
        if rule.code.startswith(block):
            yield f"| {rule.code} | {rule.severity.lower()} | {_cell(rule.title)} | {_cell(rule.hint)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(page(CATALOG.values()), encoding="utf-8")
