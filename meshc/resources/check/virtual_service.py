"""VirtualServices in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

from meshc.resources.check.addresses import ip_or_cidr_fault
from meshc.resources.check.destinations import check_destination, check_weights
from meshc.resources.check.http_match import check_gateway_names
from meshc.resources.check.http_route import check_http_route
from meshc.resources.check.matches import is_claim
from meshc.resources.check.names import check_export_to, check_labels, gateway_host_fault, wildcard_host_fault
from meshc.resources.check.numbers import check_port
from meshc.resources.check.place import Place
from meshc.resources.check.unused_rules import check_unused_rules
from meshc.resources.go_values import is_ip
from meshc.resources.hosts import matches, subset_of
from meshc.resources.networking import VirtualService
from meshc.resources.networking.virtual_service import (
    L4MatchAttributes,
    RouteDestination,
    TLSMatchAttributes,
    TLSRoute,
    VirtualServiceSpec,
)

MESH = "mesh"


def check_virtual_service(rules: VirtualService, root: Place) -> None:
    """Hosts, gateways and routes. Without hosts it is a delegate, which takes those of its root."""
    at, spec = root / "spec", rules.spec
    for_gateways = bool(spec.gateways) and MESH not in spec.gateways
    if not spec.hosts:
        _check_delegate(at, spec)
    check_gateway_names(at, spec.gateways)
    if not for_gateways:
        _check_no_claims(at, spec)
    _check_hosts(at, spec, for_gateways)
    if not (spec.http or spec.tcp or spec.tls):
        at.tell("MC0412", "http, tls or tcp is missing")
    for entry, http in at.each("http", spec.http):
        check_http_route(entry, http, in_delegate=not spec.hosts)
    for entry, tls in at.each("tls", spec.tls):
        _check_tls(entry, tls, spec, for_gateways)
    for entry, tcp in at.each("tcp", spec.tcp):
        for place, match in entry.each("match", tcp.match):
            _check_connection_match(place, match)
        _check_targets(entry, tcp.route)
    check_export_to(at, rules.meta.namespace, spec.export_to)
    check_unused_rules(at, spec)


def _check_delegate(at: Place, spec: VirtualServiceSpec) -> None:
    for field, value in (("gateways", spec.gateways), ("tls", spec.tls), ("tcp", spec.tcp)):
        if value:
            (at / field).tell("MC0424", f"{field} does not fit a VirtualService without hosts, a delegate")


def _check_no_claims(at: Place, spec: VirtualServiceSpec) -> None:
    """Claims of a JWT are known to gateways alone."""
    for route, rule in at.each("http", spec.http):
        for place, match in route.each("match", rule.match):
            for field, headers in (("headers", match.headers), ("withoutHeaders", match.without_headers)):
                for entry, name, _ in place.entries(field, headers):
                    if is_claim(name):
                        entry.tell("MC0424", f"{name!r} is known to gateways, and this VirtualService is for sidecars")


def _check_hosts(at: Place, spec: VirtualServiceSpec, for_gateways: bool) -> None:
    sound = True
    for entry, host in at.each("hosts", spec.hosts):
        if is_ip(host):
            continue
        fault = gateway_host_fault(host, bool(spec.tls)) if for_gateways else wildcard_host_fault(host)
        if host == "*" and not for_gateways:
            fault = "'*' is no host for sidecars"
        sound = entry.judge("MC0404", fault) and sound
    if not sound:
        return
    for index, (entry, host) in enumerate(at.each("hosts", spec.hosts)):
        other = next((h for h in spec.hosts[:index] if matches(h, host)), None)
        if other is not None:
            entry.tell("MC0415", f"host {host} overlaps with {other}" if other != host else f"host {host} stands twice")


def _check_tls(at: Place, route: TLSRoute, spec: VirtualServiceSpec, for_gateways: bool) -> None:
    (at / "match").need(route.match, "a match")
    for entry, match in at.each("match", route.match):
        (entry / "sniHosts").need(match.sni_hosts, "an SNI host")
        for place, host in entry.each("sniHosts", match.sni_hosts):
            _check_sni(place, host, spec, for_gateways)
        _check_connection_match(entry, match)
    _check_targets(at, route.route)


def _check_sni(at: Place, host: str, spec: VirtualServiceSpec, for_gateways: bool) -> None:
    if is_ip(host):
        at.tell("MC0467", f"{host} is an IP address, which clients do not send as SNI")
        return
    fault = gateway_host_fault(host, sni=True) if for_gateways else wildcard_host_fault(host)
    if not fault and not any(subset_of(host, own) for own in spec.hosts):
        fault = f"{host!r} is covered by none of the hosts: {', '.join(spec.hosts)}"
    at.judge("MC0404", fault)


def _check_connection_match(at: Place, match: TLSMatchAttributes | L4MatchAttributes) -> None:
    """What the conditions of TLS and TCP routes share."""
    for entry, subnet in at.each("destinationSubnets", match.destination_subnets):
        entry.judge("MC0410", ip_or_cidr_fault(subnet))
    if match.port:
        check_port(at / "port", match.port)
    check_labels(at, "sourceLabels", match.source_labels)
    check_gateway_names(at, match.gateways)


def _check_targets(at: Place, route: tuple[RouteDestination, ...]) -> None:
    (at / "route").need(route, "a destination")
    for entry, target in at.each("route", route):
        check_destination(entry / "destination", target.destination)
    check_weights(at, route)
