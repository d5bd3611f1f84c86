"""Bookinfo without a cluster: its manifests compiled, a stock Envoy started from them, and requests sent through it.

Run by `make demo`, from the root of the repository. Envoy is the one in .envoy, or the one that MESHC_ENVOY names.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import meshc

ROOT = Path(__file__).parent.parent
BOOKINFO = Path("examples/bookinfo")
ENVOY = Path(os.environ.get("MESHC_ENVOY", ROOT / ".envoy" / "envoy" / "_bin" / "envoy"))
WORKLOADS = ("details-v1", "ratings-v1", "reviews-v1", "reviews-v2", "reviews-v3")


class Server(ThreadingHTTPServer):
    """A workload: answers with its name; `failing` requests it answers with 503 first."""

    daemon_threads = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.failing, self.asked = name, 0, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Envoy drops connections when it stops; that is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Answers for its server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Any path."""
        self.server.asked += 1
        fails = self.server.failing > 0
        self.server.failing -= fails
        body = self.server.name.encode()
        self.send_response(503 if fails else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def show(config: meshc.Config) -> None:
    """The routes and the clusters of the proxy as tables."""
    print(f"\n{'HOST':46} {'MATCH':26} CLUSTER")
    for host in config.routes[0].virtual_hosts:
        for route in host.routes:
            print(f"{host.name:46} {match_text(route.match):26} {target_text(route)}")
    print(f"\n{'CLUSTER':54} {'TYPE':13} MADE FROM")
    for cluster in config.clusters:
        origin = config.origin_of(cluster)
        place = f" ({origin.location})" if origin.location else ""
        print(f"{cluster.name:54} {type(cluster).DiscoveryType.Name(cluster.type):13} {origin}{place}")


def match_text(match: Any) -> str:
    """What a route matches."""
    headers = " ".join(f"{h.name}={h.string_match.exact}" for h in match.headers)
    return f"{match.prefix or match.path} {headers}".strip()


def target_text(route: Any) -> str:
    """Where a route leads."""
    weighted = route.route.weighted_clusters.clusters
    if weighted:
        return ", ".join(f"{c.weight.value}% {c.name}" for c in weighted)
    return str(route.route.cluster) or "(no cluster)"


@contextmanager
def envoy(bootstrap: dict[str, Any], folder: Path) -> Iterator[int]:
    """A running Envoy; the port of its listener for port 9080."""
    ports = {listener["name"]: usable_port(listener) for listener in bootstrap["staticResources"]["listeners"]}
    admin = usable_port(bootstrap["admin"])
    config = folder / "bootstrap.json"
    config.write_text(json.dumps(bootstrap))
    command = [str(ENVOY), "--config-path", str(config), "--disable-hot-restart", "--log-level", "error"]
    process = subprocess.Popen([*command, "--log-path", str(folder / "envoy.log")])
    try:
        for _ in range(500):
            if process.poll() is not None:
                sys.exit(f"Envoy did not start:\n{(folder / 'envoy.log').read_text()}")
            if answered(admin, "/ready")[1].strip() == "LIVE":
                break
            time.sleep(0.02)
        yield ports["0.0.0.0_9080"]
    finally:
        process.terminate()
        process.wait()


def usable_port(listener: dict[str, Any]) -> int:
    """The port of a listener, which gets a free one if its own is taken."""
    at = listener["address"]["socketAddress"]
    for port in (at["portValue"], 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((at["address"], port))
            except OSError:
                continue
            at["portValue"] = probe.getsockname()[1]
            break
    return int(at["portValue"])


def answered(port: int, path: str = "/", **headers: str) -> tuple[int, str]:
    """Status and body of a request; status 0 if nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def ask(port: int, what: str, times: int, **headers: str) -> None:
    """Send requests to reviews or details, and print who answered."""
    counted = Counter(answered(port, **headers) for _ in range(times))
    given = " ".join(f"-H '{name.replace('_', '-')}: {value}'" for name, value in headers.items())
    print(f"\n{what}\n  $ curl {given} localhost:{port}     # {times} times")
    for (status, body), count in sorted(counted.items()):
        print(f"  {count:4} x {status} from {body}")


def main() -> None:
    """The guided run."""
    os.chdir(ROOT)
    if not ENVOY.is_file():
        sys.exit(f"no Envoy at {ENVOY}: `make envoy` installs one")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {name: stack.enter_context(Server(name)) for name in WORKLOADS}
        addresses = folder / "endpoints.yaml"
        addresses.write_text("".join(f"{name}: {server.address}\n" for name, server in servers.items()))
        print(f"{BOOKINFO} compiled for productpage-v1, its workloads at the addresses of small local servers:")
        mesh = meshc.load(BOOKINFO, endpoint_map=addresses)
        config = mesh.compile("productpage-v1")
        show(config)
        port = stack.enter_context(envoy(config.to_bootstrap(), folder))
        print(f"\nA stock Envoy runs with the static bootstrap; outbound port 9080 listens on 127.0.0.1:{port}.")
        ask(port, "Everyone reads reviews v1:", 20, host="reviews")
        ask(port, "A header sends jason to v2:", 20, host="reviews", end_user="jason")
        ask(port, "The canary: a quarter v1, three quarters v3:", 200, host="reviews", x_canary="true")
        details = servers["details-v1"]
        details.failing, details.asked = 1, 0
        ask(port, "details fails once, and Envoy asks again:", 1, host="details")
        print(f"       details was asked {details.asked} times")


if __name__ == "__main__":
    main()
