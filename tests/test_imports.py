"""The house: which folder may import which, where printing is allowed, and how long a file and a function may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "meshc").rglob("*.py"))
CODE = [*SOURCES, *sorted(path for folder in ("bench", "examples") for path in (ROOT / folder).rglob("*.py"))]

ARROWS: dict[str, set[str]] = {
    "findings": set(),
    "source": {"findings"},
    "resources": {"source", "findings"},
    "model": {"resources", "findings"},
    "scope": {"model", "findings"},
    "ir": {"findings"},
    "lower": {"ir", "scope", "model", "findings"},
    "envoy": {"ir", "findings"},
    "output": {"envoy", "findings"},
    "inspect": {"envoy", "output", "findings"},
    "diff": {"envoy", "output", "findings"},
    "trace": {"envoy", "output", "findings"},
    "golden": {"compile", "lint", "settings", "envoy", "output", "source", "scope", "findings"},
    "serve": {"compile", "settings", "envoy", "output", "source", "findings"},
    "certs": {"output", "findings"},
    "typed": {"envoy"},
    "plain": {"resources", "findings"},
    "settings": {"model", "resources", "source", "findings"},
    "frozen": set(),
    "__main__": {"cli"},
    "__init__": {"api"},
}
"""Folder or module of meshc -> what it may import of meshc. ARCHITECTURE.md says why."""

ANYTHING_BUT_CLI = {"compile", "api", "lint"}
"""Modules that join the stages."""

MAX_FILE = 400
MAX_FUNCTION = 80


def part(path: Path) -> str:
    """The folder (or top-level module) of meshc to which a file belongs."""
    return path.relative_to(ROOT / "meshc").parts[0].removesuffix(".py")


def imported(tree: ast.Module) -> Iterator[str]:
    """The folders and modules of meshc that a file imports, also inside functions."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            names = [f"meshc.{alias.name}" for alias in node.names] if module == "meshc" else [module]
        yield from (name.split(".")[1] for name in names if name.startswith("meshc."))


def allowed(owner: str, target: str) -> bool:
    if owner in ("cli", target) or target == "frozen":
        return True
    if owner in ANYTHING_BUT_CLI:
        return target != "cli"
    return target in ARROWS.get(owner, set())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_table(path: Path) -> None:
    owner = part(path)
    assert owner in {*ARROWS, *ANYTHING_BUT_CLI, "cli"}, "a new folder needs a line in the table"
    targets = sorted(set(imported(ast.parse(path.read_text()))))
    assert [target for target in targets if not allowed(owner, target)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_command_line_prints(path: Path) -> None:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    printing = [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert part(path) == "cli" or printing == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_FILE
    functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    assert [f.name for f in functions if f.end_lineno and f.end_lineno - f.lineno >= MAX_FUNCTION] == []


def test_help_does_not_load_protobuf() -> None:
    """Starting must be quick: the messages are loaded by the verbs that make some."""
    code = (
        "import contextlib, sys; from meshc.cli import main; sys.argv = ['meshc', '--help']\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "sys.exit('google.protobuf' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage" in done.stdout


def test_the_repository_stands_alone() -> None:
    """Only what runs or describes the comparison with the oracle may name the folder beside the repository."""
    beside = "../" + "shared"
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, cwd=ROOT, capture_output=True, text=True).stdout
    naming = [
        name
        for name in listed.split("\0")
        if name and (ROOT / name).is_file() and beside.encode() in (ROOT / name).read_bytes()
    ]
    assert [n for n in naming if not n.startswith(".ci/") and n not in ("Makefile", "CONTRIBUTING.md")] == []
