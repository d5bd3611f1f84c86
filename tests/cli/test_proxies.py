"""`meshc proxies`: the table, its data, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from meshc.cli.app import app

MESH = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cron, namespace: shop}
spec:
  selector: {matchLabels: {app: cron}}
  template:
    metadata: {labels: {app: cron, sidecar.istio.io/inject: "false"}}
    spec: {containers: [{name: cron}]}
---
apiVersion: v1
kind: Pod
metadata: {name: edge-a, namespace: gateways, labels: {istio: ingressgateway}}
spec: {containers: [{name: istio-proxy}]}
status: {phase: Running, podIP: 10.1.0.9}
"""


def ps(folder: Path, *options: str, mesh: str = MESH) -> Result:
    file = folder / "mesh.yaml"
    file.write_text(mesh)
    return CliRunner().invoke(app, ["ps", str(file), *options])


def test_the_table_says_how_proxies_were_found(tmp_path: Path) -> None:
    done = ps(tmp_path)
    head, *rows = (line.split(maxsplit=5) for line in done.stdout.splitlines())
    assert head[:5] == ["NAME", "NAMESPACE", "TYPE", "WORKLOAD", "ADDRESS"]
    assert [(r[0], r[2], r[5]) for r in rows] == [
        ("edge-a", "router", "label of a gateway"),
        ("web-0", "sidecar", "assumed injection of Deployment web"),
    ]
    assert done.exit_code == 0


@pytest.mark.parametrize(("layout", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_data_counts_what_each_proxy_gets(tmp_path: Path, layout: str, read: object) -> None:
    done = ps(tmp_path, "-o", layout, "--resources", "-n", "shop")
    assert callable(read)
    [row] = read(done.stdout)
    assert (row["name"], row["assumed"], row["object"]) == ("web-0", True, "Deployment shop/web")
    assert row["resources"]["clusters"]["count"] == 5
    assert row["resources"]["clusters"]["bytes"] > 1000


def test_the_table_counts_with_numbers_to_the_right(tmp_path: Path) -> None:
    head, *rows = ps(tmp_path, "-v").stdout.splitlines()
    end = head.index("CLUSTERS") + len("CLUSTERS")
    assert [row[:end].split()[-1] for row in rows] == ["2", "5"]
    assert all(row[end - 1] != " " for row in rows)


def test_no_proxy_is_nothing_to_compile(tmp_path: Path) -> None:
    done = ps(tmp_path, "-n", "elsewhere")
    assert (done.exit_code, done.stdout) == (4, "")
    assert "no workload in elsewhere has a sidecar or is a gateway" in done.stderr
