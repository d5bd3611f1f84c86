"""A service and facts of a proxy in, the addresses of the service that the proxy uses out (spec: listeners 6)."""

from __future__ import annotations

from collections.abc import Sequence

from meshc.ir.node import value
from meshc.model.mesh import Mesh
from meshc.model.service import UNSPECIFIED, Service
from meshc.scope.proxy import IpMode, Proxy


@value
class AddressView:
    """What of a proxy decides which addresses of a service it uses.

    `cluster` is the id of its cluster, `auto` says that it takes addresses that istiod allocated,
    `both` that a proxy of two families uses both, instead of the family of a service's first address.
    """

    cluster: str
    ipv4: bool
    ipv6: bool
    auto: bool = False
    both: bool = False

    def vip(self, service: Service) -> str:
        """The address that traffic to the service is captured on; `0.0.0.0` if it has none."""
        usable = self._usable(service.cluster_addresses.get(self.cluster, ()), both=False)
        if usable:
            return usable[0]
        return self._auto_address(service) or service.address

    def extra_addresses(self, service: Service) -> tuple[str, ...]:
        """Further addresses of the service."""
        return self.all_addresses(service)[1:]

    def all_addresses(self, service: Service) -> tuple[str, ...]:
        """Every address of the service; its default address, of whatever family, if nothing else is left."""
        own = service.cluster_addresses.get(self.cluster, ())
        automatic = self.auto and not own and service.auto_addresses[0]
        return self._usable(service.auto_addresses if automatic else own, both=self.both) or (service.address,)

    def http_addresses(self, service: Service, *, every_family: bool) -> tuple[str, ...]:
        """The addresses among the domains of a service's virtual hosts (spec: routes 6.4).

        A Kubernetes Service has none of a family that the proxy lacks, not even when nothing else is left. A
        ServiceEntry has its one address of whatever family; of allocated ones one, or with `every_family` one of each.
        """
        if service.is_kubernetes:
            own = service.cluster_addresses.get(self.cluster, (service.address,))
            return self._usable(own, both=self.both)
        automatic = self._auto_address(service)
        if automatic and every_family:
            return self._usable(service.auto_addresses, both=self.both)
        return (automatic or service.address,)

    def _auto_address(self, service: Service) -> str:
        """The allocated address of a service without one, IPv4 first."""
        ipv4, ipv6 = service.auto_addresses
        if not self.auto or service.address != UNSPECIFIED:
            return ""
        return (ipv4 if self.ipv4 else "") or (ipv6 if self.ipv6 else "")

    def _usable(self, addresses: Sequence[str], *, both: bool) -> tuple[str, ...]:
        """The addresses of the proxy's families; of two families that of the first address, unless `both`."""
        ipv4, ipv6 = self.ipv4, self.ipv6
        if ipv4 and ipv6:
            if both or not addresses:
                return tuple(addresses)
            ipv4 = not is_ipv6(addresses[0])
            ipv6 = not ipv4
        return tuple(a for a in addresses if a and (ipv6 if is_ipv6(a) else ipv4))


def address_view(mesh: Mesh, proxy: Proxy) -> AddressView:
    """The view of one proxy."""
    return AddressView(
        cluster=proxy.cluster_id,
        ipv4=proxy.ip_mode is not IpMode.IPV6,
        ipv6=proxy.ip_mode is not IpMode.IPV4,
        auto=uses_allocated_addresses(mesh, proxy),
        both=mesh.features.istio_dual_stack or mesh.features.pilot_enable_ambient,
    )


def uses_allocated_addresses(mesh: Mesh, proxy: Proxy) -> bool:
    """The proxy answers its workload's DNS queries, so that it may make up addresses for ServiceEntries without any.

    Those of the older allocator, without PILOT_ENABLE_IP_AUTOALLOCATE, it has to ask for besides (spec: listeners 5.5).
    """
    asked = mesh.features.pilot_enable_ip_autoallocate or proxy.flag("DNS_AUTO_ALLOCATE")
    return asked and proxy.flag("DNS_CAPTURE")


def is_ipv6(address: str) -> bool:
    """An IPv6 address or CIDR; anything that is no address counts as IPv4."""
    return ":" in address
