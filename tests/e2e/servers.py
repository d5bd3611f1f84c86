"""Small servers on loopback ports that say who they are, and fail or dawdle when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Behaviour:
    """What a server does: it answers with its name, after `delay` seconds, the first `failures` times with 503.

    `requests` collects the headers of all requests.
    """

    name: str
    failures: int = 0
    delay: float = 0.0
    requests: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


def _handler(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            behaviour.requests.append({name.lower(): value for name, value in self.headers.items()})
            time.sleep(behaviour.delay)
            failing = behaviour.failures > 0
            behaviour.failures -= failing
            body = behaviour.name.encode()
            self.send_response(503 if failing else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not wait for the answer is part of the tests."""


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[None]:
    """Servers with these behaviours, each on a free port of its own."""
    servers = []
    for behaviour in behaviours:
        server = _Server(("127.0.0.1", 0), _handler(behaviour))
        behaviour.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
