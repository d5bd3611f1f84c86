"""A stock Envoy run from a bootstrap, on free ports, and requests through it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client sees; `seconds` is how long it waited."""

    status: int
    body: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Envoy:
    """A running Envoy: its admin port, and the port of each bound listener by the listener's name."""

    admin: int
    ports: Mapping[str, int]

    def get(self, listener: str, host: str, path: str = "/", **headers: str) -> Answer:
        """A request through a listener; underscores in the names of headers stand for dashes."""
        return get(self.ports[listener], host, path, **headers)

    def stat(self, name: str) -> int:
        """A counter or gauge of the admin interface; 0 if it was never touched."""
        answer = get(self.admin, "admin", f"/stats?filter=^{name}$")
        return int(answer.body.rpartition(":")[2] or 0)

    def ready(self) -> bool:
        """Envoy has all that it starts from and serves."""
        try:
            return get(self.admin, "admin", "/ready").body.strip() == "LIVE"
        except OSError:
            return False


def get(port: int, host: str, path: str = "/", **headers: str) -> Answer:
    """A GET request to a loopback port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    started = time.monotonic()
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"host": host, **names})
        response = connection.getresponse()
        return Answer(response.status, response.read().decode(), time.monotonic() - started)
    finally:
        connection.close()


def wait_for(what: str, log: Path) -> None:
    """Wait until a text stands in a log."""
    deadline = time.monotonic() + 5.0
    while what not in (text := log.read_text()):
        assert time.monotonic() < deadline, f"{what} is not in {text[-2000:]}"
        time.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def validate(binary: Path, bootstrap: Path) -> str:
    """What Envoy has against a bootstrap; empty if it would start from it."""
    command = [str(binary), "--mode", "validate", "--config-path", str(bootstrap), "--log-level", "error"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else done.stderr + done.stdout


def move_listeners(listeners: list[dict[str, Any]], fixed: Collection[str]) -> dict[str, int]:
    """Give each bound listener but the fixed ones a free loopback port; the ports by the listener's name."""
    ports = {}
    for listener in listeners:
        if listener["name"] in fixed:
            ports[listener["name"]] = listener["address"]["socketAddress"]["portValue"]
        elif listener.get("bindToPort", True):
            ports[listener["name"]] = free_port()
            socket_address = {"address": "127.0.0.1", "portValue": ports[listener["name"]]}
            listener["address"] = {"socketAddress": socket_address}
            listener.pop("additionalAddresses", None)
    return ports


@contextmanager
def running(binary: Path, bootstrap: dict[str, Any], folder: Path, fixed: Collection[str] = ()) -> Iterator[Envoy]:
    """Envoy, started from a bootstrap whose listeners are moved to free ports, but for those with a `fixed` name."""
    ports = move_listeners(bootstrap.get("staticResources", {}).get("listeners", []), fixed)
    bootstrap["admin"]["address"] = {"socketAddress": {"address": "127.0.0.1", "portValue": (admin := free_port())}}
    bootstrap.pop("statsConfig", None)
    folder.mkdir(parents=True, exist_ok=True)
    config, log = folder / "envoy.json", folder / "envoy.log"
    config.write_text(json.dumps(bootstrap))
    options = ["--concurrency", "1", "--disable-hot-restart", "--file-flush-interval-msec", "20"]
    options += ["--log-path", str(log), "--log-level", "warning"]
    process = subprocess.Popen([str(binary), "--config-path", str(config), *options], stderr=subprocess.DEVNULL)
    try:
        envoy = Envoy(admin, ports)
        _wait(process, envoy, log)
        yield envoy
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(process: subprocess.Popen[bytes], envoy: Envoy, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not envoy.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"Envoy did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.02)
