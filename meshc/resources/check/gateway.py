"""Gateways in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

from meshc.resources.check.addresses import HTTP_PROTOCOLS, TLS_PROTOCOLS, UNIX, bind_fault, protocol_fault
from meshc.resources.check.names import (
    PRIVATE,
    PUBLIC,
    dns_label_fault,
    is_dns_label,
    is_partial_wildcard,
    wildcard_host_fault,
)
from meshc.resources.check.numbers import check_port
from meshc.resources.check.place import Fault, Place
from meshc.resources.check.server_tls import check_server_tls
from meshc.resources.go_values import is_ip
from meshc.resources.networking import Gateway
from meshc.resources.networking.common import ServerTLSSettings
from meshc.resources.networking.gateway import Port, Server

_PASSTHROUGH = ("PASSTHROUGH", "AUTO_PASSTHROUGH")


def check_gateway(gateway: Gateway, root: Place) -> None:
    """Name and servers."""
    (root / "metadata" / "name").judge("MC0403", dns_label_fault(gateway.meta.name))
    at = root / "spec"
    (at / "servers").need(gateway.spec.servers, "a server")
    names: set[str] = set()
    for entry, server in at.each("servers", gateway.spec.servers):
        _check_server(entry, server)
        if server.port is None:
            continue
        if server.port.name in names:
            (entry / "port" / "name").tell("MC0415", f"port name {server.port.name!r} stands twice")
        names.add(server.port.name)
        if server.tls is not None and server.tls.https_redirect and not _is_http(server.port):
            text = f"httpsRedirect has no effect on a port of protocol {server.port.protocol}"
            (entry / "tls" / "httpsRedirect").tell("MC0465", text)


def _is_http(port: Port) -> bool:
    return port.protocol.lower() in HTTP_PROTOCOLS


def _check_server(at: Place, server: Server) -> None:
    (at / "hosts").need(server.hosts, "a host")
    for entry, host in at.each("hosts", server.hosts):
        entry.judge("MC0404", _host_fault(host))
    (at / "bind").judge("MC0410", bind_fault(server.bind))
    check_server_tls(at / "tls", server.tls)
    if server.port is None:
        (at / "port").tell("MC0412", "port is missing")
    elif _check_port(at / "port", server.port, server.bind):
        _check_tls_fits(at, server.port, server.tls)


def _host_fault(text: str) -> Fault:
    """A host of a server, which may be limited to the VirtualServices of a namespace: `[namespace/]host`."""
    namespace, slash, host = text.rpartition("/")
    if slash and namespace not in (PRIVATE, PUBLIC) and not is_dns_label(namespace):
        return f"{text!r} names no namespace: * or . or the name of one"
    if host == "*" or is_ip(host):
        return ""
    if is_partial_wildcard(host):
        return f"{host!r} has a wildcard that is not its whole first label"
    return wildcard_host_fault(host) or ("" if "." in host else f"{host!r} is a short name; write the full host name")


def _check_port(at: Place, port: Port, bind: str) -> bool:
    """The port of a server; whether it holds. Only a Unix socket has none."""
    sound = (at / "protocol").judge("MC0405", protocol_fault(port.protocol))
    if port.number or not bind.startswith(UNIX):
        sound = check_port(at / "number", port.number) and sound
    if port.target_port:
        sound = (at / "targetPort").judge("MC0423", "targetPort has no effect on Gateways")
    return (at / "name").need(port.name, "the name of the port") and sound


def _check_tls_fits(at: Place, port: Port, tls: ServerTLSSettings | None) -> None:
    """TLS ports need settings; others must not have any, apart from a redirect to HTTPS."""
    protocol = port.protocol.lower()
    if protocol in TLS_PROTOCOLS:
        (at / "tls").need(tls is not None, f"tls for a port of protocol {port.protocol}")
    elif tls is not None and (
        not _is_http(port)
        or tls.mode not in _PASSTHROUGH
        or tls.ca_certificates
        or tls.private_key
        or tls.server_certificate
    ):
        (at / "tls").tell("MC0424", f"TLS settings do not fit a port of protocol {port.protocol}")
