"""The same configuration from files that Envoy watches: it serves the same, and follows when one is replaced."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from meshc.compile import Compiler
from meshc.output.deliver import Delivery, Dialect, Format, deliver
from meshc.settings import ProxyRequest
from tests.e2e.compiled import load
from tests.e2e.envoys import move_listeners, running
from tests.e2e.servers import Behaviour, serving

LISTENER = "0.0.0.0_9080"

ABORT = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ratings}
spec:
  hosts: [ratings]
  http: [{fault: {abort: {percentage: {value: 100}, httpStatus: 410}}, route: [{destination: {host: ratings}}]}]
"""


def write(compiler: Compiler, out: Path) -> Path:
    """The files of productpage's sidecar; the folder they are in."""
    config = compiler.compile(compiler.find(ProxyRequest(name="productpage-v1")))
    delivery = Delivery(Format.FILESYSTEM, Dialect.ENVOY, out=out)
    deliver([config], 1, delivery, compiler.findings, lambda text: None)
    return out / config.proxy


def moved(folder: Path) -> dict[str, int]:
    """Move the listeners of the file to free ports."""
    file = folder / "lds.json"
    content: dict[str, Any] = json.loads(file.read_text())
    ports = move_listeners(content["resources"], ())
    file.write_text(json.dumps(content))
    return ports


def test_envoy_serves_from_files_and_follows_them(envoy: Path, tmp_path: Path) -> None:
    servers = [Behaviour(name) for name in ("reviews-v1", "reviews-v2", "reviews-v3", "details-v1", "ratings-v1")]
    with serving(*servers):
        endpoints = {server.name: server.address for server in servers}
        out = tmp_path / "xds"
        folder = write(load(tmp_path, endpoints=endpoints), out)
        ports = moved(folder)
        with running(envoy, json.loads((folder / "bootstrap.json").read_text()), tmp_path) as started:
            started = type(started)(started.admin, ports)
            assert started.get(LISTENER, "reviews").body == "reviews-v1"
            assert started.get(LISTENER, "reviews", end_user="jason").body == "reviews-v2"
            assert started.get(LISTENER, "ratings").status == 200
            newer = write(load(tmp_path / "newer", ABORT, endpoints), tmp_path / "newer" / "xds")
            (newer / "rds" / "9080.json").rename(folder / "rds" / "9080.json")
            deadline = time.monotonic() + 5
            while started.get(LISTENER, "ratings").status != 410:
                assert time.monotonic() < deadline, "the new routes were never taken"
                time.sleep(0.05)
