"""A service and what a proxy knows of names in, the `domains` of the service's virtual host out (spec: routes 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshc.lower.addresses import AddressView
from meshc.model.api import is_ip
from meshc.model.mesh import Mesh
from meshc.model.node import node
from meshc.model.service import UNSPECIFIED, Service
from meshc.model.shared import shared

_SVC = ".svc."


@node
class Domains:
    """The domains of one virtual host before those of others are known.

    `keys` are the names in lower case, which is how they are told apart; `alternates` those names that are short forms.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    alternates: frozenset[str]


def service_domains(
    mesh: Mesh, service: Service, hostname: str, port: int, with_port: bool, dns_domain: str, view: AddressView
) -> Domains:
    """The names under which a proxy may call a service port: host, aliases, short forms, headless pods and addresses.

    `hostname` is the service's as its virtual host is named, `with_port` adds each name as `name:port` too.
    """
    hosts = (hostname, *(alias.hostname for alias in service.aliases))
    vips = view.http_addresses(service, every_family=with_port)
    return _domains(mesh, hosts, service.is_headless, vips, port, with_port, _relevant_domain(hosts, dns_domain))


def _relevant_domain(hosts: tuple[str, ...], dns_domain: str) -> str:
    """The domain without its namespace if none of the hosts is of that namespace: such proxies share their domains."""
    namespace, svc, suffix = dns_domain.partition(_SVC)
    own = f".{namespace}{_SVC}"
    return svc + suffix if svc and not any(own in host for host in hosts) else dns_domain


@shared
def _domains(
    mesh: Mesh,
    hosts: tuple[str, ...],
    headless: bool,
    vips: tuple[str, ...],
    port: int,
    with_port: bool,
    dns_domain: str,
) -> Domains:
    names: list[str] = []
    alternates: list[str] = []
    for host in hosts:
        short = list(_alternates(mesh, host, port, with_port, dns_domain))
        names += [*_with_port([host], port, with_port), *short]
        alternates += short
    if headless:
        names += [f"*.{name}" for name in names]
    names += _with_port((vip for vip in vips if vip not in ("", UNSPECIFIED)), port, with_port)
    distinct = {name.lower(): name for name in reversed(names)}
    keys = tuple(dict.fromkeys(map(str.lower, names)))
    return Domains(tuple(distinct[key] for key in keys), keys, frozenset(alternates))


@shared
def host_domain(mesh: Mesh, host: str) -> Domains:
    """The only domain of a host that is no service."""
    domain = bracketed(host)
    return Domains((domain,), (domain.lower(),), frozenset())


def bracketed(host: str) -> str:
    """A host as it stands in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def join_port(host: str, port: int) -> str:
    """`host:port`."""
    return f"{bracketed(host)}:{port}"


def _with_port(hosts: Iterable[str], port: int, with_port: bool) -> Iterator[str]:
    for host in hosts:
        yield bracketed(host)
        if with_port:
            yield join_port(host, port)


def _alternates(mesh: Mesh, host: str, port: int, with_port: bool, dns_domain: str) -> Iterator[str]:
    """The absolute form (with a trailing dot; IP addresses have none, except with a port), then the short forms."""
    if mesh.features.pilot_enable_absolute_fqdn_vhost_domain:
        if not is_ip(host):
            yield f"{host}."
        if with_port:
            yield join_port(f"{host}.", port)
    yield from _with_port(short_names(host, dns_domain), port, with_port)


def short_names(host: str, dns_domain: str) -> tuple[str, ...]:
    """What a resolver with this search domain completes to `host`, in istiod's order."""
    at = dns_domain.find(_SVC)
    if at < 0:
        return _custom_short_names(host, dns_domain)
    return _kubernetes_short_names(host, dns_domain[:at]) if host.endswith(dns_domain[at:]) else ()


def _kubernetes_short_names(host: str, namespace: str) -> tuple[str, ...]:
    """`name.namespace` and its kin; the bare name only within the namespace, where istiod also has another order."""
    qualified, _, _ = host.partition(_SVC)
    name, dot, owner = qualified.partition(".")
    if not dot:
        return ()
    if owner == namespace:
        return name, f"{qualified}.svc", qualified
    return qualified, f"{qualified}.svc"


def _custom_short_names(host: str, dns_domain: str) -> tuple[str, ...]:
    """Outside of Kubernetes: the labels that host and domain do not share; if two, also with one shared label more."""
    labels, domain = host.split("."), dns_domain.split(".")
    common = 0
    for label, other in zip(reversed(labels), reversed(domain), strict=False):
        if label != other:
            break
        common += 1
    unique = labels[: len(labels) - common]
    if not common or not unique:
        return ()
    rest = ".".join(unique)
    return (rest, f"{rest}.{labels[len(unique)]}") if len(unique) == 2 else (rest,)
