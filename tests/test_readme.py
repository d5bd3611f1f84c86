"""The README and the pages of docs/: every command that they show gives what they show, and links lead somewhere."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [ROOT / name for name in ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md")]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """Command and shown output of every line `$ …` in a console block, in order."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def shown(output: str) -> re.Pattern[str]:
    """A line `…` stands for any lines, `…` in a line for any text."""
    lines = ("(?:.*\n)*" if line == "…\n" else re.escape(line).replace("…", ".*") for line in output.splitlines(True))
    return re.compile("".join(lines))


def run(command: str, folder: Path) -> str:
    """Standard output and standard error as a terminal shows them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        ["bash", "-c", command],
        check=False,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with what the pages' commands read."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "golden").symlink_to(ROOT / "golden")
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(page.read_text())], ids=named)
def test_commands_give_what_the_page_shows(page: Path, copy: Path) -> None:
    for command, output in commands(page):
        got = run(command, copy)
        assert shown(output).fullmatch(got), f"$ {command}\n{got}\n--- instead of\n{output}"


def test_the_python_example_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    results = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
