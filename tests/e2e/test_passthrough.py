"""Hosts and addresses that the mesh does not know: let through or not, as outboundTrafficPolicy says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from meshc.envoy.interception import Interception
from tests.e2e.compiled import bootstrap, load
from tests.e2e.envoys import Envoy, running
from tests.e2e.servers import Behaviour, serving

LISTENER = "0.0.0.0_9080"
PROXY_PROTOCOL = {
    "name": "envoy.filters.listener.proxy_protocol",
    "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"},
}


def exchange(port: int, destination: tuple[str, int], host: str) -> str:
    """A request to `virtualOutbound` for a destination, which iptables would keep and a PROXY header tells here."""
    address, number = destination
    head = f"PROXY TCP4 127.0.0.1 {address} 40000 {number}\r\n"
    request = f"GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall((head + request).encode())
        received = b""
        while part := _receive(connection):
            received += part
    return received.decode()


def _receive(connection: socket.socket) -> bytes:
    """What comes next; nothing where the peer resets the connection."""
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


@contextmanager
def sidecar(envoy: Path, folder: Path, mode: str, interception: Interception) -> Iterator[Envoy]:
    """The sidecar of productpage under a policy, with redirected connections told by PROXY headers."""
    compiler = load(folder, mesh_config={"outboundTrafficPolicy": {"mode": mode}})
    config = bootstrap(compiler, "productpage-v1", interception=interception)
    for listener in config["staticResources"]["listeners"]:
        if listener["name"] == "virtualOutbound":
            _tell_destination(listener)
    with running(envoy, config, folder) as started:
        yield started


def _tell_destination(listener: dict[str, Any]) -> None:
    listener["listenerFilters"] = [PROXY_PROTOCOL, *listener.get("listenerFilters", [])]


@pytest.mark.parametrize(("mode", "passes"), [("ALLOW_ANY", True), ("REGISTRY_ONLY", False)])
def test_an_unknown_address(envoy: Path, tmp_path: Path, mode: str, passes: bool) -> None:
    stranger = Behaviour("stranger")
    with serving(stranger), sidecar(envoy, tmp_path, mode, Interception.REDIRECT) as started:
        answer = exchange(started.ports["virtualOutbound"], ("127.0.0.1", stranger.port), "elsewhere.example.com")
        assert ("stranger" in answer) is passes
        assert len(stranger.requests) == passes
        assert started.stat("cluster.PassthroughCluster;.upstream_cx_total") == passes


def test_an_unknown_host_on_a_known_port(envoy: Path, tmp_path: Path) -> None:
    """Port 9080 has a listener, which takes over from `virtualOutbound`; the host decides."""
    for mode, passes in (("ALLOW_ANY", True), ("REGISTRY_ONLY", False)):
        with sidecar(envoy, tmp_path / mode, mode, Interception.REDIRECT) as started:
            answer = exchange(started.ports["virtualOutbound"], ("127.0.0.1", 9080), "elsewhere.example.com")
            assert answer.startswith("HTTP/1.1 502") is not passes
            assert started.stat("cluster.PassthroughCluster;.upstream_cx_total") == passes


def test_a_connection_to_the_port_of_interception_itself_goes_nowhere(envoy: Path, tmp_path: Path) -> None:
    with sidecar(envoy, tmp_path, "ALLOW_ANY", Interception.REDIRECT) as started:
        assert exchange(started.ports["virtualOutbound"], ("127.0.0.1", 15001), "details") == ""


def test_without_interception_an_unknown_host_gets_no_answer(envoy: Path, tmp_path: Path) -> None:
    """A connection to a loopback port has no destination of its own that it could be passed on to."""
    with sidecar(envoy, tmp_path, "REGISTRY_ONLY", Interception.NONE) as started:
        assert started.get(LISTENER, "elsewhere.example.com").status == 502
