"""Conditions of routes in, what istiod holds against them out (spec: tooling 20, VirtualService)."""

from __future__ import annotations

from collections.abc import Sequence

from meshc.resources.check.matches import check_header_matches, check_regex, check_string_match
from meshc.resources.check.names import check_labels, dns_label_fault, fqdn_fault, is_dns_label
from meshc.resources.check.numbers import check_port
from meshc.resources.check.place import Place
from meshc.resources.networking.virtual_service import HTTPMatchRequest


def check_http_match(at: Place, match: HTTPMatchRequest) -> None:
    """A condition of an HTTP route. An empty prefix of the path is every path, of anything else a mistake."""
    check_header_matches(at, "headers", match.headers)
    check_header_matches(at, "withoutHeaders", match.without_headers, star=True)
    check_regex(at / "uri", match.uri)
    check_string_match(at / "scheme", match.scheme)
    check_string_match(at / "method", match.method)
    check_string_match(at / "authority", match.authority)
    for entry, _, parameter in at.entries("queryParams", match.query_params):
        check_string_match(entry, parameter)
    if match.port:
        check_port(at / "port", match.port)
    check_labels(at, "sourceLabels", match.source_labels)
    check_gateway_names(at, match.gateways)
    if match.source_namespace:
        (at / "sourceNamespace").judge("MC0403", dns_label_fault(match.source_namespace))


def check_gateway_names(at: Place, gateways: Sequence[str]) -> None:
    """Gateways as `namespace/name`, or names alone; of the latter istiod looks at the first and at nothing after it."""
    for entry, gateway in at.each("gateways", gateways):
        namespace, slash, name = gateway.partition("/")
        if not slash:
            if "." in gateway:
                parts = gateway.split(".")
                entry.tell("MC0469", f"{gateway!r} is the old form of a gateway's name", f"write {parts[1]}/{parts[0]}")
            entry.judge("MC0428", fqdn_fault(gateway))
            return
        if not (is_dns_label(namespace) and is_dns_label(name)):
            entry.tell("MC0428", f"{gateway!r} names no gateway: namespace/name")
