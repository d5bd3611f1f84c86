"""Files land in the folder that was asked for, or not at all."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from meshc.output import folder as module
from meshc.output.folder import Folder, UnsafeNameError, file_name


def test_files_appear_whole_and_are_replaced(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "b")
    folder.write("x.json", b"1")
    folder.write("x.json", b"2")
    assert [(p.name, p.read_bytes()) for p in folder.path.iterdir()] == [("x.json", b"2")]


def test_what_an_earlier_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in ("old.json", "old.yaml"):
        (tmp_path / name).write_bytes(b"")
    folder = Folder(tmp_path)
    folder.write("new.json", b"")
    folder.remove_others("*.json")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new.json", "old.yaml"]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/x", "a/b", "a\\b", "a\0b"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path / "out")
    with pytest.raises(UnsafeNameError):
        folder.below(name)
    with pytest.raises(UnsafeNameError):
        folder.write(name, b"")
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_names_of_files() -> None:
    assert doctest.testmod(module).failed == 0
    long = ["x" * 250 + end for end in ("a", "b")]
    names = {file_name(name, "json") for name in long}
    assert len(names) == 2
    assert max(map(len, names)) < 255
    assert "/" not in file_name("../../x", "json")
