"""The endpoints of every service, in istiod's order and unfiltered (spec: clusters 18, 19.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from meshc.model import names
from meshc.model.endpoint import Endpoint
from meshc.model.node import node
from meshc.model.service import Service, ServicePort
from meshc.model.services import ServiceIndex
from meshc.model.visibility import NOBODY

Shard = Mapping[tuple[str, str], Sequence[Endpoint]]
"""Endpoints of one registry by (hostname, namespace)."""


@node
class Instance:
    """An endpoint of a ServiceEntry together with the service and the port that it serves."""

    service: Service
    port: ServicePort
    endpoint: Endpoint


class EndpointIndex:
    """Endpoints by (hostname, namespace) over all registries, and the identities behind a service."""

    def __init__(
        self,
        shards: Iterable[Shard],
        instances: Iterable[Instance],
        services: ServiceIndex,
        trust_domain_aliases: Sequence[str],
    ) -> None:
        """`shards` stand in istiod's order: ServiceEntries first, then the clusters by id."""
        hidden = {(s.hostname, s.namespace) for s in services.all if s.is_kubernetes and NOBODY in s.export_to}
        self._endpoints: dict[tuple[str, str], tuple[Endpoint, ...]] = {}
        self._hidden: dict[tuple[str, str], tuple[Endpoint, ...]] = {}
        for number, shard in enumerate(shards):
            for key, endpoints in shard.items():
                index = self._hidden if number and key in hidden else self._endpoints
                index[key] = (*index.get(key, ()), *endpoints)
        self._instances: dict[str, list[Instance]] = {}
        for instance in instances:
            self._instances.setdefault(instance.endpoint.address, []).append(instance)
        self._own_accounts = {(s.hostname, s.namespace): s.accounts for s in services.all}
        self._aliases = tuple(trust_domain_aliases)
        self._accounts: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(self, service: Service) -> tuple[Endpoint, ...]:
        """All endpoints of the service's host and namespace, whatever their state.

        istiod publishes none of a Kubernetes Service that is exported to nobody (`~`), not even to clients that reach
        it as a destination of a VirtualService.
        """
        return self._endpoints.get((service.hostname, service.namespace), ())

    def in_slices(self, service: Service) -> tuple[Endpoint, ...]:
        """The endpoints of a Kubernetes Service, also of one that is exported to nobody."""
        return self._hidden.get((service.hostname, service.namespace)) or self.of(service)

    def accounts(self, service: Service) -> tuple[str, ...]:
        """The identities that may serve, sorted: those of the endpoints in any state and those that the service names.

        Of several services with one host and namespace the last one's own list counts. Identities are repeated for
        every alias of the trust domain (spec: clusters 12.6).
        """
        key = (service.hostname, service.namespace)
        found = self._accounts.get(key)
        if found is None:
            found = self._accounts[key] = self._collect_accounts(key)
        return found

    def owners(self, ip: str, namespace: str) -> tuple[Instance, ...]:
        """What of a namespace's ServiceEntries has its endpoint at that address (spec: inbound 2.1)."""
        return tuple(i for i in self._instances.get(ip, ()) if i.service.namespace == namespace)

    def _collect_accounts(self, key: tuple[str, str]) -> tuple[str, ...]:
        accounts = {e.account for e in self._endpoints.get(key, ()) if e.account}
        accounts.update(self._own_accounts.get(key, ()))
        aliased = (names.with_trust_domain(a, domain) for a in sorted(accounts) for domain in self._aliases)
        accounts.update(a for a in list(aliased) if a is not None)
        return tuple(sorted(accounts))
