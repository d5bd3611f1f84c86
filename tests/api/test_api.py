"""The Python API: ten names with examples that hold, imported only when asked for."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import meshc
from meshc import api

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["meshc", *meshc.__all__])
def test_the_examples_hold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    documented = meshc if name == "meshc" else getattr(meshc, name)
    found = doctest.DocTestFinder(recurse=False).find(documented, name, module=False, globs=dict(vars(api)))
    assert any(test.examples for test in found), "every name has an example"
    runner = doctest.DocTestRunner(verbose=False)
    for test in found:
        assert runner.run(test).failed == 0


def test_importing_costs_nothing_until_a_name_is_asked_for() -> None:
    code = (
        "import sys, meshc\n"
        "assert set(meshc.__all__) <= set(dir(meshc)) and len(meshc.__all__) == 10\n"
        "assert not [m for m in sys.modules if m.startswith('meshc.')]\n"
        "meshc.load('examples/bookinfo').compile('ratings-v1').to_bootstrap()\n"
        "assert 'envoy_data_plane' not in sys.modules\n"
        "try: meshc.nothing\n"
        "except AttributeError as error: assert 'nothing' in str(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_typed_resources_are_those_of_the_configuration() -> None:
    config = meshc.load(ROOT / "examples" / "bookinfo").compile("productpage-v1")
    assert [c.name for c in config.typed.clusters] == [c.name for c in config.clusters]
    assert [e.cluster_name for e in config.typed.endpoints] == [e.cluster_name for e in config.endpoints]
    assert [r.name for r in config.typed.listeners] == [r.name for r in config.listeners]
    assert (config.typed.secrets, config.typed.extensions) == ((), ())


def test_bootstraps_of_both_dialects_and_files(tmp_path: Path) -> None:
    config = meshc.load(ROOT / "examples" / "bookinfo").compile("productpage-v1")
    assert "dynamicResources" in config.to_bootstrap("istio")
    assert "dynamicResources" not in config.to_bootstrap()
    config.write(tmp_path)
    config.write(tmp_path, "filesystem")
    written = {path.name for path in (tmp_path / config.proxy).iterdir()}
    assert {"clusters.json", "listeners.json", "bootstrap.json", "cds.json", "lds.json", "rds", "eds"} <= written
    with pytest.raises(LookupError, match="no certificate of default/productpage"):
        config.to_bootstrap(certificates=tmp_path)


def test_what_was_read_from_a_dump(tmp_path: Path) -> None:
    config = meshc.load(ROOT / "examples" / "bookinfo").compile("productpage-v1")
    again = meshc.read_dump(config.to_dump())
    assert again.to_json("clusters") == config.to_json("clusters")
    assert [kind for kind, _ in again] == [kind for kind, _ in config]
    with pytest.raises(ValueError, match="bootstrap"):
        again.to_bootstrap()
    with pytest.raises(ValueError, match="not JSON"):
        meshc.read_dump("no dump")
    with pytest.raises(KeyError, match="no resource"):
        again.origin_of(config.clusters[0])
