"""Hosts that a server and a VirtualService have in common (spec: gateways 7.2, 10.1)."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.frozen import frozen
from meshc.model.gateways import Server, hosts_for
from meshc.model.hosts import is_wildcard, matches, subset_of
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.model.virtual_services import VirtualService


def common_hosts(server: Server, rules: VirtualService) -> tuple[str, ...]:
    """Of each pair of hosts that overlap the narrower one, in lower case; each once, in the order of the pairs."""
    pairs = ((own, host) for own in hosts_for(server, rules.namespace) for host in rules.hosts if matches(own, host))
    return tuple(dict.fromkeys((own if subset_of(own, host) else host).lower() for own, host in pairs))


def overlaps(server: Server, rules: VirtualService) -> bool:
    """They have some host in common."""
    return any(matches(own, host) for own in hosts_for(server, rules.namespace) for host in rules.hosts)


def specificity(host: str) -> tuple[bool, int, str]:
    """A key that sorts hosts as istiod does: wildcards last, longer ones first, then by the alphabet."""
    return is_wildcard(host), -len(host), host


@frozen
class BoundRules:
    """The VirtualServices that clients of a namespace see at a gateway: all, and by the hosts that they name."""

    all: tuple[VirtualService, ...]
    exact: Mapping[str, tuple[int, ...]]
    wildcards: tuple[tuple[str, int], ...]

    def of(self, server: Server) -> tuple[VirtualService, ...]:
        """Those that may have a host in common with a server, in their order."""
        hosts = [host.rpartition("/")[2] for host in server.hosts]
        if any(map(is_wildcard, hosts)):
            return self.all
        found = {at for host in hosts for at in self.exact.get(host, ())}
        found.update(at for wildcard, at in self.wildcards if any(matches(wildcard, host) for host in hosts))
        return tuple(self.all[at] for at in sorted(found))


@shared
def bound_rules(mesh: Mesh, namespace: str, gateway: str) -> BoundRules:
    """The VirtualServices of a gateway (`namespace/name`) for proxies of a namespace (spec: gateways 7.1)."""
    visible = mesh.virtual_services.visible(namespace, gateway)
    exact: dict[str, tuple[int, ...]] = {}
    wildcards: list[tuple[str, int]] = []
    for at, rules in enumerate(visible):
        for host in dict.fromkeys(rules.hosts):
            if is_wildcard(host):
                wildcards.append((host, at))
            else:
                exact[host] = (*exact.get(host, ()), at)
    return BoundRules(visible, exact, tuple(wildcards))
