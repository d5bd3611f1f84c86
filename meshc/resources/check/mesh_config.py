"""Mesh config and mesh networks in, what istiod holds against them out (spec: tooling 32)."""

from __future__ import annotations

from meshc.resources.check.addresses import ip_or_cidr_fault
from meshc.resources.check.extension_providers import check_providers
from meshc.resources.check.localities import check_localities
from meshc.resources.check.names import dns_label_fault, fqdn_fault, is_dns_label, wildcard_host_fault
from meshc.resources.check.numbers import MILLISECOND, check_duration, check_port
from meshc.resources.check.place import Fault, Place
from meshc.resources.check.proxy_config import check_proxy_config
from meshc.resources.encode import duration_text
from meshc.resources.go_values import is_ip
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.mesh_config.networks import MeshNetworks, Network
from meshc.resources.message import SECOND, Duration

HOUR = 3600 * SECOND

CURVES = ("P-224", "P-256", "P-384", "P-521", "X25519", "X25519Kyber768Draft00", "X25519MLKEM768")


def check_mesh_config(config: MeshConfig, at: Place) -> None:
    """The mesh config in force: what is given, over istiod's defaults."""
    check_port(at / "proxyListenPort", config.proxy_listen_port)
    _check_connect_timeout(at / "connectTimeout", config.connect_timeout)
    if config.protocol_detection_timeout and config.protocol_detection_timeout % MILLISECOND:
        (at / "protocolDetectionTimeout").tell(
            "MC0401", "protocolDetectionTimeout is not a whole number of milliseconds"
        )
    check_proxy_config(at / "defaultConfig", config.default_config)
    check_localities(at / "localityLbSetting", config.locality_lb_setting, has_outlier_detection=True)
    for entry, settings in at.each("serviceSettings", config.service_settings):
        for place, host in entry.each("hosts", settings.hosts):
            place.judge("MC0404", wildcard_host_fault(host))
    (at / "trustDomain").judge("MC0431", _trust_domain_fault(config.trust_domain))
    for entry, domain in at.each("trustDomainAliases", config.trust_domain_aliases):
        entry.judge("MC0431", _trust_domain_fault(domain))
    if config.mesh_mtls is not None and config.mesh_mtls.ecdh_curves:
        (at / "meshMTLS" / "ecdhCurves").tell("MC0423", "the curves of mutual TLS cannot be chosen")
    _check_curves(at / "tlsDefaults", config.tls_defaults.ecdh_curves if config.tls_defaults is not None else ())
    check_providers(at, config.extension_providers)


def _check_connect_timeout(at: Place, timeout: Duration | None) -> None:
    check_duration(at, timeout)
    if timeout is not None and timeout > HOUR:
        at.tell("MC0401", f"connectTimeout {duration_text(timeout)} is above an hour")


def _trust_domain_fault(domain: str) -> Fault:
    if not domain:
        return "the trust domain is empty"
    labels = domain.removesuffix(".").split(".")
    return "" if all(map(is_dns_label, labels)) else f"{domain!r} is no trust domain: a DNS name"


def _check_curves(at: Place, curves: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for entry, curve in at.each("ecdhCurves", curves):
        if curve not in CURVES:
            entry.tell("MC0457", f"curve {curve} is unknown and ignored")
        elif curve in seen:
            entry.tell("MC0457", f"curve {curve} stands twice")
        seen.add(curve)


def check_mesh_networks(networks: MeshNetworks, at: Place, resolve_hosts: bool) -> None:
    """The networks of a mesh; `resolve_hosts` is istiod's RESOLVE_HOSTNAME_GATEWAYS."""
    for entry, _, network in at.entries("networks", networks.networks):
        _check_network(entry, network, resolve_hosts)


def _check_network(at: Place, network: Network, resolve_hosts: bool) -> None:
    for entry, endpoints in at.each("endpoints", network.endpoints):
        if endpoints.from_cidr is not None:
            (entry / "fromCidr").judge("MC0410", ip_or_cidr_fault(endpoints.from_cidr))
        if endpoints.from_registry is not None:
            (entry / "fromRegistry").judge("MC0403", dns_label_fault(endpoints.from_registry))
    for entry, gateway in at.each("gateways", network.gateways):
        check_port(entry / "port", gateway.port)
        if gateway.registry_service_name is not None:
            (entry / "registryServiceName").judge("MC0404", fqdn_fault(gateway.registry_service_name))
        address = gateway.address
        if address is not None and not is_ip(address):
            fault = fqdn_fault(address) if resolve_hosts else f"{address!r} is no IP address"
            (entry / "address").judge("MC0410", fault)
