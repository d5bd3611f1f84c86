"""`meshc golden`: what verify reports, what update writes and removes, and their exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from meshc.cli.app import app

CASE = "description: a pod and a service\nproxies: [{name: web.shop}]\ntypes: [routes, endpoints]\n"
MESH = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: lost, namespace: shop}
spec: {host: lost}
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case of two objects, as `golden update` leaves it."""
    folder = tmp_path / "golden" / "area" / "case"
    (folder / "in").mkdir(parents=True)
    (folder / "case.yaml").write_text(CASE)
    (folder / "in" / "mesh.yaml").write_text(MESH)
    assert golden("update", folder.parent).exit_code == 0
    return folder


def golden(verb: str, folder: Path) -> Result:
    return CliRunner().invoke(app, ["golden", verb, str(folder)])


def test_update_writes_the_types_asked_for_and_the_findings(case: Path) -> None:
    assert sorted(str(f.relative_to(case)) for f in case.rglob("*") if f.is_file()) == [
        "case.yaml",
        "findings.txt",
        "in/mesh.yaml",
        "out/web.shop/endpoints.yaml",
        "out/web.shop/routes.yaml",
    ]
    assert (
        (case / "findings.txt").read_text().startswith("in/mesh.yaml:12:1: warning MC0540: DestinationRule shop/lost")
    )
    assert golden("verify", case).stdout == "1 case, all as recorded\n"
    assert golden("update", case).stdout == "nothing changed\n"


def test_verify_shows_the_difference_and_what_the_case_is_about(case: Path) -> None:
    mesh = case / "in" / "mesh.yaml"
    mesh.write_text(mesh.read_text().replace("port: 80", "port: 81"))
    done = golden("verify", case)
    assert done.exit_code == 1
    assert done.stdout.startswith("area/case: a pod and a service\n")
    assert "--- golden/out/web.shop/routes.yaml" in done.stdout
    assert "-- name: '80'" in done.stdout
    assert "+- name: '81'" in done.stdout
    assert done.stdout.endswith("1 case, 1 not as recorded\n")


def test_update_removes_what_the_case_no_longer_gives(case: Path) -> None:
    (case / "case.yaml").write_text(CASE.replace("[routes, endpoints]", "[routes]"))
    assert golden("update", case).stdout == f"{case}: 1 file changed\n1 case of 1 changed\n"
    assert not (case / "out" / "web.shop" / "endpoints.yaml").exists()


def test_a_file_of_no_case_is_reported_and_kept(case: Path) -> None:
    stray = case.parent.parent / "stray.txt"
    stray.write_text("")
    done = golden("verify", case.parent.parent)
    assert (done.exit_code, done.stdout) == (1, f"{stray}: belongs to no case\n1 case, 1 file of no case\n")
    golden("update", case.parent.parent)
    assert stray.exists()


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("proxies: [{name: wob.shop}]\n", "no proxy wob.shop; did you mean web.shop"),
        ("types: [routes]\n", "case.yaml names no proxies"),
        ("proxis: []\n", "case.yaml: unknown proxis; known are description, proxies"),
        ("- a\n", "case.yaml is no mapping"),
    ],
)
def test_a_case_that_cannot_be_compiled_says_why(case: Path, spec: str, sentence: str) -> None:
    (case / "case.yaml").write_text(spec)
    verified, updated = golden("verify", case), golden("update", case)
    assert (verified.exit_code, updated.exit_code) == (1, 3)
    assert sentence in verified.stdout
    assert sentence in updated.stderr


def test_a_folder_without_cases_is_nothing_to_compile(tmp_path: Path) -> None:
    done = golden("verify", tmp_path)
    assert done.exit_code == 4
    assert "no case.yaml under" in done.stderr
