"""PeerAuthentications in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

from meshc.resources.check.numbers import MAX_PORT
from meshc.resources.check.place import Place
from meshc.resources.check.selectors import check_selector
from meshc.resources.security import PeerAuthentication


def check_peer_authentication(policy: PeerAuthentication, root: Place) -> None:
    """Selector and ports: modes of single ports need workloads to be the ports of."""
    at, spec = root / "spec", policy.spec
    selector = spec.selector
    check_selector(at / "selector", selector.match_labels if selector is not None else None, "matchLabels")
    ports = at / "portLevelMtls"
    if spec.port_level_mtls and (selector is None or not selector.match_labels):
        ports.tell("MC0424", "portLevelMtls needs a selector with labels")
    if not spec.port_level_mtls and ports.given is not None:
        ports.tell("MC0412", "portLevelMtls names no port")
    for entry, port, _ in at.entries("portLevelMtls", spec.port_level_mtls):
        if not (port.isdecimal() and 1 <= int(port) <= MAX_PORT):
            entry.tell("MC0402", f"{port!r} is no port number")
