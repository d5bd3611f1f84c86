"""Plans of outbound listeners: all that services decide about them, before a workload's HTTP and telemetry are added.

Proxies whose services ask for the same thing share plans, whatever else is different about them.
"""

from __future__ import annotations

from meshc.findings import Origin
from meshc.ir.listener import Shadow
from meshc.ir.network_filter import NetworkFilter, SniDynamicForwardProxy
from meshc.ir.node import node, value
from meshc.model.protocol import Protocol
from meshc.model.service import Service


@value
class ListenPort:
    """The port of a listener: a service's, or that of a Sidecar's egress listener. Number 0: a unix domain socket."""

    number: int
    protocol: Protocol
    name: str = ""


@value
class HttpPlan:
    """A connection manager: the name of its routes, and what its service makes of it (`HcmFacts` has the same)."""

    route_name: str
    grpc_web: bool = False
    dns_cache: str = ""
    explicit_proxy: bool = False


@node
class TcpPlan:
    """The end of a TCP chain: `filters` lack access logs, and the idle timeout of the proxy if they set none.

    `sni_proxy` comes before them. `authorized_in`: the workload's authorization policies come first, those of this
    namespace included.
    """

    filters: tuple[NetworkFilter, ...]
    sni_proxy: SniDynamicForwardProxy | None = None
    authorized_in: str = ""


@node
class ChainPlan:
    """A filter chain. `server_names` and `cidrs` are as declared, not sorted; `*` among the names matches all of them.

    `config` is the API path of the VirtualService that the chain comes from.
    """

    origin: Origin
    end: HttpPlan | TcpPlan
    server_names: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()
    transport_protocol: str = ""
    application_protocols: tuple[str, ...] = ()
    config: str = ""

    @property
    def matches_all(self) -> bool:
        """No connection is left to another chain."""
        names = self.server_names and "*" not in self.server_names
        return not (names or self.application_protocols or self.transport_protocol or self.cidrs)


@node
class Candidate:
    """The listener that one service port asks for.

    `protocol` is the one that the listener will be known by when others ask for its address. `real`: a socket is bound.
    `endpoint` is the address of the endpoint that it is for, empty if it is for the service as a whole.
    """

    service: Service
    port: ListenPort
    protocol: Protocol
    binds: tuple[str, ...]
    chains: tuple[ChainPlan, ...]
    real: bool
    exact_balance: bool
    endpoint: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """Main address and port: what listeners conflict about."""
        return self.binds[0], self.port.number


@node
class ListenerPlan:
    """A listener: that of the first service which asked for its address, with the chains of all that may share it.

    `http` is the one connection manager that it may have, if it is reached. `matches_all`: some chain takes what the
    others leave.
    `authorized_in` are those of its chains, nearly always none.
    """

    name: str
    first: Candidate
    chains: tuple[ChainPlan, ...]
    http: HttpPlan | None
    matches_all: bool
    authorized_in: tuple[str, ...]
    shadowed: tuple[Shadow, ...] = ()

    @property
    def origin(self) -> Origin:
        """The first service."""
        return self.first.service.origin


def listener_plan(first: Candidate, chains: tuple[ChainPlan, ...], shadowed: tuple[Shadow, ...] = ()) -> ListenerPlan:
    """The plan of a listener with these chains, of which the last that matches everything hides others that do."""
    bind, port = first.key
    greedy = [chain for chain in chains if chain.matches_all]
    hidden = greedy[:-1]
    reached = (chain.end for chain in chains if chain not in hidden)
    ends = (chain.end for chain in chains)
    return ListenerPlan(
        name=f"{bind}_{port}",
        first=first,
        chains=chains,
        http=next((end for end in reached if isinstance(end, HttpPlan)), None),
        matches_all=bool(greedy),
        authorized_in=tuple(end.authorized_in for end in ends if isinstance(end, TcpPlan) and end.authorized_in),
        shadowed=(*shadowed, *(_hidden(chain, greedy[-1]) for chain in hidden)),
    )


def _hidden(chain: ChainPlan, by: ChainPlan) -> Shadow:
    return Shadow(winner=by.origin, loser=chain.origin, reason="and both take what no other chain does")
