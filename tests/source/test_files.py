"""Files, folders, globs and standard input, and what is said about those that cannot be read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from meshc.findings import Sink
from meshc.source import UnreadableError, files, read
from tests.findings import lines


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with manifests, as the current one."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.yaml", "a.yml", "sub/c.json", ".hidden.yaml", ".git/d.yaml", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"name": name}))
    return tmp_path


def names(*paths: str) -> list[str]:
    sink = Sink()
    found = read(paths, sink)
    assert lines(sink) == []
    assert [document.root["name"] for document in found] == [document.file.removeprefix("../") for document in found]
    return [document.file for document in found]


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["."], ["a.yml", "b.yaml", "sub/c.json"]),
        (["sub", "b.yaml"], ["sub/c.json", "b.yaml"]),
        (["./b.yaml", "b.yaml", "sub/../b.yaml", "."], ["b.yaml", "a.yml", "sub/c.json"]),
        (["*.y*ml"], ["a.yml", "b.yaml"]),
        (["**/*.json"], ["sub/c.json"]),
        (["s*"], ["sub/c.json"]),
        (["notes.txt", ".hidden.yaml"], ["notes.txt", ".hidden.yaml"]),
    ],
)
def test_paths(folder: Path, paths: list[str], found: list[str]) -> None:
    assert names(*paths) == found


def test_a_file_whose_name_is_a_pattern(folder: Path) -> None:
    (folder / "[x].yaml").write_text("name: '[x].yaml'")
    assert names("[x].yaml") == ["[x].yaml"]


def test_standard_input(folder: Path) -> None:
    found = read(["-", "b.yaml", "-"], Sink(), io.BytesIO(b"a: 1\n---\nb: 2\n"))
    assert [(document.file, document.index) for document in found] == [("<stdin>", 0), ("<stdin>", 1), ("b.yaml", 0)]


def test_what_is_missing_is_said_and_the_rest_is_read(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "gone.yaml").symlink_to("nowhere")
    sink = Sink()
    found = read(["b.yaml", "no.yaml", "*.toml", "empty", "gone.yaml"], sink)
    assert [document.file for document in found] == ["b.yaml"]
    assert lines(sink) == [
        "*.toml: error MC0102: no file matches this pattern",
        "empty: warning MC0103: no *.yaml, *.yml or *.json file in this folder",
        "gone.yaml: error MC0101: No such file or directory",
        "no.yaml: error MC0102: no such file or folder",
    ]


def test_nothing_readable_at_all(folder: Path) -> None:
    (folder / "bad.yaml").write_text("a: b: c")
    with pytest.raises(UnreadableError, match=r"^nothing could be read of bad\.yaml, missing\.yaml$"):
        read(["bad.yaml", "missing.yaml"], Sink())


def test_nothing_there_is_no_error(folder: Path) -> None:
    (folder / "empty.yaml").write_text("# nothing yet\n")
    assert read(["empty.yaml"], Sink()) == []


def test_a_file_that_is_too_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE", 2**20)
    (folder / "large.yaml").write_text("# x\n" * 2**19)
    sink = Sink()
    assert len(read(["large.yaml", "b.yaml"], sink)) == 1
    assert lines(sink) == ["large.yaml: error MC0104: file is larger than 1 MiB"]
