"""Checks of gateways: Gateways, and a gateway proxy with its configuration, in; what of them has no effect out."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.findings import Sink
from meshc.ir.listener import AnyListener, FilterChain, FilterChainMatch
from meshc.ir.proxy import ProxyIR
from meshc.lower.gateways.listeners import gateway_listeners
from meshc.lower.gateways.merging import merged_gateway
from meshc.lower.notes import Note
from meshc.model.api import ServerTLSSettings
from meshc.model.gateways import Server, servers
from meshc.model.mesh import Mesh
from meshc.scope.scope import ProxyScope

_PARAMETERS = ("minProtocolVersion", "maxProtocolVersion", "cipherSuites")
_PINS = ("verifyCertificateSpki", "verifyCertificateHash")


def gateway_notes(scope: ProxyScope, made: ProxyIR) -> tuple[Note, ...]:
    """What a gateway leaves out of its Gateways and of the VirtualServices bound to them."""
    return (
        *merged_gateway(scope).notes,
        *gateway_listeners(scope).notes,
        *(note for listener in made.listeners for note in _twins(listener)),
    )


def _twins(listener: AnyListener) -> Iterator[Note]:
    """Chains for the very same connections: istiod lets them pass, Envoy refuses the listener."""
    first: dict[tuple[str, tuple[str, ...]], FilterChain] = {}
    for chain in listener.chains:
        match = chain.match or FilterChainMatch()
        for name in match.server_names or ("",):
            twin = first.setdefault((name, match.application_protocols), chain)
            if twin is not chain:
                what = f"connections for {name}" if name else "every connection"
                text = f"takes {what}, as {twin.origin} does: Envoy refuses listener {listener.name}"
                yield Note(code="MC0675", origin=chain.origin, message=text)


def check_servers(mesh: Mesh, sink: Sink) -> None:
    """Say which settings of servers have no effect on any proxy."""
    for gateway in mesh.gateways:
        for index, written in enumerate(gateway.spec.servers):
            if written.default_endpoint:
                origin = gateway.origin_of(written, f"spec.servers[{index}].defaultEndpoint")
                sink.add("MC0678", origin, "defaultEndpoint has no effect on gateways")
        for server in servers(mesh, gateway):
            if server.name and not server.terminates_https:
                text = "name has no effect: only statistics of HTTPS servers are named after their server"
                sink.add("MC0678", server.origin.at(f"{server.origin.field}.name"), text)
            for field, reason in _ignored(server):
                path = f"{server.origin.field}.tls.{field}"
                sink.add("MC0623", server.origin.at(path), f"{field} has no effect {reason}")


def _ignored(server: Server) -> Iterator[tuple[str, str]]:
    """Fields of a server's TLS that are set in vain, and why."""
    tls = server.tls
    if tls is None or server.passes_tls_on or server.is_http:
        return
    given = _given(tls)
    if tls.mode == "ISTIO_MUTUAL":
        yield from ((f, "in mode ISTIO_MUTUAL") for f in (*_PARAMETERS, *_PINS) if f in given)
        return
    if tls.credential_name or tls.credential_names:
        if "caCrl" in given:
            yield "caCrl", "beside a credential: the revoked certificates are in the Secret"
        if tls.mode == "SIMPLE":
            yield from ((f, "in mode SIMPLE") for f in (*_PINS, "caCertCredentialName") if f in given)
        return
    yield from ((f, "with certificates in files") for f in _PINS if f in given)
    if tls.mode == "SIMPLE" and "subjectAltNames" in given:
        yield "subjectAltNames", "in mode SIMPLE with certificates in files"


def _given(tls: ServerTLSSettings) -> frozenset[str]:
    values = {
        "minProtocolVersion": tls.min_protocol_version != "TLS_AUTO",
        "maxProtocolVersion": tls.max_protocol_version != "TLS_AUTO",
        "cipherSuites": tls.cipher_suites,
        "verifyCertificateSpki": tls.verify_certificate_spki,
        "verifyCertificateHash": tls.verify_certificate_hash,
        "subjectAltNames": tls.subject_alt_names,
        "caCrl": tls.ca_crl,
        "caCertCredentialName": tls.ca_cert_credential_name,
    }
    return frozenset(field for field, value in values.items() if value)
