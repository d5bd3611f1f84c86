"""The endpoint map: names of pods, workloads and services in; out their endpoints at addresses that really exist.

istiod's endpoints are those of a cluster. A static deployment has its servers elsewhere, which only its user knows.
Everything else about an endpoint stays: labels, identity, locality, whether it takes part in mutual TLS.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from meshc.findings import Origin, Sink
from meshc.model.endpoint import Endpoint
from meshc.model.service import Service, ServicePort
from meshc.model.services import ServiceIndex
from meshc.model.workloads import Workload, Workloads
from meshc.resources.decoding import near_miss
from meshc.resources.go_values import parse_int

_DEFAULT_NAMESPACE = "default"

Address = tuple[str, int]
"""Host and port; port 0 leaves that of the endpoint."""


class EndpointMap:
    """Real addresses by the name of a pod, else of its workload, else of the service.

    A name is `<name>.<namespace>`, in the namespace `default` also `<name>`, of a service also its host.
    """

    def __init__(self, addresses: Mapping[str, Sequence[Address]], workloads: Workloads) -> None:
        self._addresses = addresses
        self._workloads = workloads

    @classmethod
    def build(
        cls, given: Mapping[str, Sequence[str]], workloads: Workloads, services: ServiceIndex, sink: Sink
    ) -> EndpointMap:
        """The map as it is given; names that nothing has, and texts that are no address, become findings."""
        if not given:
            return cls({}, workloads)
        known = {key: None for w in workloads.all for name in _names(w) for key in _keys(name, w.namespace)}
        known.update((key, None) for service in services.all for key in _service_keys(service))
        addresses: dict[str, list[Address]] = {}
        for name, texts in given.items():
            origin = Origin("EndpointMap", "", name)
            if name not in known:
                sink.add("MC0317", origin, "no pod, workload or service has this name", near_miss(name, known))
            for text in texts:
                if (address := parse_address(text)) is not None:
                    addresses.setdefault(name, []).append(address)
                else:
                    sink.add("MC0205", origin, f"{text!r} is no address", "write host, host:port, or [IPv6]:port")
        return cls(addresses, workloads)

    def relocate(self, service: Service, port: ServicePort, endpoints: Iterable[Endpoint]) -> Iterable[Endpoint]:
        """The endpoints of a service port at their real addresses, in their order.

        What is named as a whole (the endpoints of a pod or a workload, or of a service those of each workload) is at
        the addresses given, however many endpoints there were. A service without endpoints gets some by its own name.
        """
        return self._relocated(service, port, tuple(endpoints)) if self._addresses else endpoints

    def _relocated(self, service: Service, port: ServicePort, endpoints: Sequence[Endpoint]) -> Iterator[Endpoint]:
        whole = next((self._addresses[key] for key in _service_keys(service) if key in self._addresses), None)
        seen: set[str] = set()
        for endpoint in endpoints:
            name, addresses = self._of(endpoint)
            if addresses is None:
                name, addresses = f"{endpoint.workload_name}.{endpoint.namespace}", whole
            if addresses is None:
                yield endpoint
            elif name not in seen:
                seen.add(name)
                yield from (_at(endpoint, address) for address in addresses)
        if whole is not None and not endpoints:
            bare = Endpoint((), port.target_port or port.number, port.name, {}, service.origin, port.number)
            yield from (_at(bare, address) for address in whole)

    def _of(self, endpoint: Endpoint) -> tuple[str, Sequence[Address] | None]:
        """The name under which an endpoint's pod or workload stands in the map, and its addresses."""
        pod = next((w for w in self._workloads.by_ip(endpoint.address) if w.namespace == endpoint.namespace), None)
        names = _names(pod) if pod is not None else [endpoint.workload_name]
        keys = (key for name in names for key in _keys(name, endpoint.namespace))
        return next(((key, self._addresses[key]) for key in keys if key in self._addresses), ("", None))


def parse_address(text: str) -> Address | None:
    """Host and port of `host`, `host:port`, `[IPv6]:port` or an IPv6 address; None if it is none of these.

    >>> parse_address("127.0.0.1:9080"), parse_address("db.example.com"), parse_address("[::1]:80")
    (('127.0.0.1', 9080), ('db.example.com', 0), ('::1', 80))
    """
    bracketed = text.startswith("[")
    host, separator, rest = text[1:].partition("]") if bracketed else text.partition(":")
    if not bracketed and ":" in rest:
        return text, 0
    port_text = rest.removeprefix(":") if bracketed else rest
    if not host or " " in text or (bracketed and not separator):
        return None
    if not port_text:
        return (host, 0) if bracketed or not separator else None
    port = parse_int(port_text)
    return (host, port) if port is not None and 0 < port < 65536 else None


def _at(endpoint: Endpoint, address: Address) -> Endpoint:
    host, port = address
    return dataclasses.replace(endpoint, addresses=(host,), port=port or endpoint.port)


def _names(workload: Workload) -> list[str]:
    """The pod's own name, then those of its workload."""
    return [name for name in dict.fromkeys((workload.name, workload.owner, workload.workload_name)) if name]


def _keys(name: str, namespace: str) -> list[str]:
    qualified = f"{name}.{namespace}"
    return [qualified, name] if namespace == _DEFAULT_NAMESPACE else [qualified]


def _service_keys(service: Service) -> list[str]:
    return [*_keys(service.name, service.namespace), service.hostname]
