"""The catalogue and a template in, `docs/findings.md` out: `python docs/findings.py` rewrites the page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from meshc.findings.catalog import CATALOG, Rule

PAGE = Path(__file__).with_suffix(".md")

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
    templates = Environment(
        loader=FileSystemLoader(PAGE.parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown
    )
    templates.filters["cell"] = _cell
    template = templates.get_template(f"{PAGE.name}.j2")
    return template.render(blocks=BLOCKS, rules=sorted(rules, key=lambda rule: rule.code))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(page(CATALOG.values()), encoding="utf-8")
