"""Filter chains of an inbound listener in, what looks at connections before one is chosen out (spec: inbound 7)."""

from __future__ import annotations

from collections.abc import Iterable

from meshc.ir.listener import FilterChain, FilterChainMatch, Inspector, ListenerFilter

_TLS = "tls"
_FOUND_BY_INSPECTION = frozenset({"http/1.1", "h2c"})


def inspectors(chains: Iterable[FilterChain]) -> tuple[ListenerFilter, ...]:
    """The inspectors that the chains need, each only where it is needed: servers that speak first would wait."""
    tls: dict[int, bool] = {}
    http: dict[int, bool] = {}
    for chain in chains:
        match = chain.match or FilterChainMatch()
        port = match.destination_port
        tls[port] = tls.get(port, False) or match.transport_protocol == _TLS
        http[port] = http.get(port, False) or not _FOUND_BY_INSPECTION.isdisjoint(match.application_protocols)
    return (*_tls_inspector(tls), *_http_inspector(http))


def _tls_inspector(needed: dict[int, bool]) -> tuple[ListenerFilter, ...]:
    """Skipped where it is not needed, if undeclared ports (0) need it; else run where it is."""
    if not any(needed.values()):
        return ()
    everywhere = needed.get(0, False)
    ports = sorted(port for port, need in needed.items() if port and need != everywhere)
    return (ListenerFilter(inspector=Inspector.TLS, ports=tuple(ports), only=not everywhere),)


def _http_inspector(needed: dict[int, bool]) -> tuple[ListenerFilter, ...]:
    if not any(needed.values()):
        return ()
    ports = sorted(port for port, need in needed.items() if not need)
    return (ListenerFilter(inspector=Inspector.HTTP, ports=tuple(ports)),)
