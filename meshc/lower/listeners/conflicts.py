"""Conflicts: what happens when a service asks for an address that another one's listener already has."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from meshc.ir.listener import Shadow
from meshc.lower.listeners.cidrs import networks
from meshc.lower.listeners.plan import Candidate, ChainPlan, HttpPlan, ListenerPlan, listener_plan
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.model.shared import shared

_SELFISH = frozenset({Protocol.MONGO, Protocol.MYSQL})
"""Protocols whose servers speak first or whose filters read every byte: they share an address with their like only."""


class _Kind(enum.Enum):
    HTTP = "HTTP"
    TCP = "TCP"
    AUTO = "AUTO"


class _Action(enum.Enum):
    IGNORE = "ignored"
    MERGE = "chains added"
    REPLACE = "replaced"


_ACTIONS = {
    (_Kind.HTTP, _Kind.HTTP): _Action.IGNORE,
    (_Kind.HTTP, _Kind.TCP): _Action.MERGE,
    (_Kind.HTTP, _Kind.AUTO): _Action.IGNORE,
    (_Kind.TCP, _Kind.HTTP): _Action.MERGE,
    (_Kind.TCP, _Kind.TCP): _Action.MERGE,
    (_Kind.TCP, _Kind.AUTO): _Action.MERGE,
    (_Kind.AUTO, _Kind.HTTP): _Action.REPLACE,
    (_Kind.AUTO, _Kind.TCP): _Action.MERGE,
    (_Kind.AUTO, _Kind.AUTO): _Action.IGNORE,
}
"""(kind that comes, kind that is there) -> what is done (spec: listeners 14)."""


def _kind(protocol: Protocol) -> _Kind:
    if protocol is Protocol.AUTO:
        return _Kind.AUTO
    return _Kind.HTTP if protocol.is_http else _Kind.TCP


@dataclass(slots=True)
class _Entry:
    """A listener while services are added to it; it keeps the port and the addresses of the first."""

    first: Candidate
    protocol: Protocol
    chains: list[ChainPlan]
    hosts: set[tuple[str, str]]
    locked: bool = False
    shadowed: list[Shadow] = field(default_factory=list)

    def shadow(self, loser: Candidate, reason: str) -> None:
        self.shadowed.append(Shadow(winner=self.first.service.origin, loser=loser.service.origin, reason=reason))


@dataclass(slots=True)
class Listeners:
    """The outbound listeners of a scope as they grow, service by service; who comes first mostly wins.

    `own_address`: there are no listeners for the endpoint at this address, which is the proxy's own.
    """

    own_address: str = ""
    _entries: dict[tuple[str, int], _Entry] = field(default_factory=dict)

    def add(self, candidate: Candidate) -> None:
        """Make a listener for the candidate, or settle with the one that has its address."""
        if candidate.endpoint and candidate.endpoint == self.own_address:
            return
        entry = self._entries.get(candidate.key)
        if entry is None:
            self._entries[candidate.key] = _entry(candidate)
        elif entry.locked:
            if _host(candidate) not in entry.hosts:
                entry.shadow(candidate, "in an egress listener of the Sidecar that comes before")
        else:
            self._settle(candidate, entry)

    def lock(self) -> None:
        """What was built so far takes no further services: the listener of all ports stands back behind it."""
        for entry in self._entries.values():
            entry.locked = True

    def plans(self, mesh: Mesh) -> Iterator[ListenerPlan]:
        """The listeners, in the order in which their addresses were first asked for."""
        return (_plan(mesh, e.first, tuple(e.chains), tuple(e.shadowed)) for e in self._entries.values())

    def _settle(self, candidate: Candidate, entry: _Entry) -> None:
        """An HTTP proxy takes over whatever is there; for other candidates it depends on both protocols."""
        incoming = candidate.port.protocol
        if incoming is Protocol.HTTP_PROXY:
            self._replace(candidate, entry)
            return
        action = _ACTIONS[_kind(incoming), _kind(entry.protocol)]
        if action is _Action.IGNORE:
            _note_ignored(candidate, entry)
        elif incoming is not entry.protocol and _SELFISH & {incoming, entry.protocol}:
            entry.shadow(candidate, f"and {_text(entry.protocol)} does not share an address with {_text(incoming)}")
        elif action is _Action.REPLACE:
            self._replace(candidate, entry)
        else:
            _merge(candidate, entry)

    def _replace(self, candidate: Candidate, entry: _Entry) -> None:
        made = self._entries[candidate.key] = _entry(candidate)
        made.shadowed = entry.shadowed
        if entry.protocol is not Protocol.HTTP_PROXY:
            reason = f"because {_text(candidate.port.protocol)} takes the address over"
            made.shadow(entry.first, reason)


def _text(protocol: Protocol) -> str:
    return "undeclared protocol" if protocol is Protocol.AUTO else protocol.value


@shared
def _plan(mesh: Mesh, first: Candidate, chains: tuple[ChainPlan, ...], shadowed: tuple[Shadow, ...]) -> ListenerPlan:
    """One plan for all scopes in which the same services share an address."""
    return listener_plan(first, chains, shadowed)


def _host(candidate: Candidate) -> tuple[str, str]:
    """The service, whatever an egress listener has left of its ports."""
    return candidate.service.hostname, candidate.service.namespace


def _entry(candidate: Candidate) -> _Entry:
    return _Entry(candidate, candidate.protocol, list(candidate.chains), {_host(candidate)})


def _note_ignored(candidate: Candidate, entry: _Entry) -> None:
    """Nothing is lost if the listener already asks for the candidate's routes, as it does for HTTP on all addresses."""
    entry.hosts.add(_host(candidate))
    routes = {chain.end.route_name for chain in entry.chains if isinstance(chain.end, HttpPlan)}
    if any(not isinstance(c.end, HttpPlan) or c.end.route_name not in routes for c in candidate.chains):
        entry.shadow(candidate, f"with {_text(entry.protocol)}")


def _merge(candidate: Candidate, entry: _Entry) -> None:
    """Add the chains that conflict with none; once HTTP is served beside TCP, the listener counts as sniffed."""
    if _kind(candidate.port.protocol) is not _Kind.TCP or _kind(entry.protocol) is not _Kind.TCP:
        entry.protocol = Protocol.AUTO
    entry.hosts.add(_host(candidate))
    matches = {_match_key(chain): chain for chain in reversed(entry.chains)}
    for chain in candidate.chains:
        winner = matches.setdefault(_match_key(chain), chain)
        if winner is chain:
            entry.chains.append(chain)
        elif winner.origin != chain.origin:
            reason = "and both match the same connections"
            entry.shadowed.append(Shadow(winner=winner.origin, loser=chain.origin, reason=reason))


def _match_key(chain: ChainPlan) -> tuple[object, ...]:
    """Chains with equal keys match the same connections (spec: listeners 14)."""
    return (
        chain.transport_protocol,
        chain.application_protocols,
        frozenset(name for name in chain.server_names if name != "*"),
        networks(chain.cidrs),
    )
