"""Sidecars in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

from meshc.resources.check.addresses import (
    HTTP_PROTOCOLS,
    TLS_PROTOCOLS,
    UNIX,
    bind_fault,
    ip_fault,
    protocol_fault,
    unix_fault,
)
from meshc.resources.check.names import (
    NOBODY,
    PRIVATE,
    PUBLIC,
    dns_label_fault,
    fqdn_fault,
    is_dns_label,
    is_partial_wildcard,
    wildcard_host_fault,
)
from meshc.resources.check.numbers import check_port
from meshc.resources.check.place import Fault, Place
from meshc.resources.check.selectors import check_selector
from meshc.resources.check.server_tls import check_server_tls
from meshc.resources.check.traffic_policy import check_connection_pool
from meshc.resources.networking import Sidecar
from meshc.resources.networking.common import ServerTLSSettings
from meshc.resources.networking.sidecar import (
    IstioEgressListener,
    IstioIngressListener,
    OutboundTrafficPolicy,
    SidecarPort,
    SidecarSpec,
)

_LOCAL = ("", "127.0.0.1", "0.0.0.0", "::1", "::")
_EVERYTHING = "*/*"


def check_sidecar(sidecar: Sidecar, root: Place) -> None:
    """Selector, listeners and the policy for unknown destinations."""
    at, spec = root / "spec", sidecar.spec
    selector = spec.workload_selector
    if not check_selector(at / "workloadSelector", selector.labels if selector is not None else None, "labels"):
        return
    if not _has_any(spec):
        at.tell("MC0412", "the Sidecar says nothing: egress, ingress or outboundTrafficPolicy is missing")
        return
    check_connection_pool(at / "inboundConnectionPool", spec.inbound_connection_pool)
    _check_ingress(at, spec)
    _check_egress(at, sidecar)
    if spec.outbound_traffic_policy is not None:
        _check_outbound(at / "outboundTrafficPolicy", spec.outbound_traffic_policy)


def _has_any(spec: SidecarSpec) -> bool:
    settings = (spec.outbound_traffic_policy, spec.inbound_connection_pool)
    return bool(spec.egress or spec.ingress) or any(s is not None for s in settings)


def _check_ingress(at: Place, spec: SidecarSpec) -> None:
    numbers: set[int] = set()
    for entry, listener in at.each("ingress", spec.ingress):
        if listener.port is None:
            (entry / "port").tell("MC0412", "port is missing")
            continue
        _check_port(entry / "port", listener.port)
        if listener.port.number in numbers:
            (entry / "port" / "number").tell("MC0415", f"port {listener.port.number} stands twice")
        numbers.add(listener.port.number)
        if listener.bind:
            (entry / "bind").judge("MC0410", ip_fault(listener.bind))
        (entry / "defaultEndpoint").judge("MC0410", _endpoint_fault(listener.default_endpoint))
        _check_ingress_tls(entry / "tls", listener.port, listener.tls)
        _check_ingress_pool(entry / "connectionPool", listener.port, listener)


def _check_port(at: Place, port: SidecarPort) -> None:
    check_port(at / "number", port.number)
    _check_port_names(at, port)


def _check_port_names(at: Place, port: SidecarPort) -> None:
    if port.target_port:
        (at / "targetPort").tell("MC0423", "targetPort has no effect on Sidecars")
    if port.name:
        (at / "name").judge("MC0403", dns_label_fault(port.name))
    (at / "protocol").judge("MC0405", protocol_fault(port.protocol, optional=True))


def _endpoint_fault(endpoint: str) -> Fault:
    """Where the application listens: a Unix socket, or a port of this machine; empty for the port itself."""
    if not endpoint:
        return ""
    if endpoint.startswith(UNIX):
        return unix_fault(endpoint.removeprefix(UNIX))
    host, _, port = endpoint.rpartition(":")
    if host.strip("[]") not in _LOCAL:
        return f"{endpoint!r} is not on this machine: 127.0.0.1, 0.0.0.0, ::1 or :: with a port, or a {UNIX} socket"
    return "" if port.isdecimal() and 1 <= int(port) <= 65535 else f"{endpoint!r} has no port number"


def _check_ingress_tls(at: Place, port: SidecarPort, tls: ServerTLSSettings | None) -> None:
    """TLS that the sidecar ends: with files, without the features of gateways."""
    if tls is None:
        return
    unsupported = {
        "subjectAltNames": tls.subject_alt_names,
        "httpsRedirect": tls.https_redirect,
        "credentialName": tls.credential_name,
        "credentialNames": tls.credential_names,
        "tlsCertificates": tls.tls_certificates,
    }
    for field, value in unsupported.items():
        if value:
            (at / field).tell("MC0423", f"{field} is not supported by sidecars")
    if tls.mode in ("ISTIO_MUTUAL", "AUTO_PASSTHROUGH"):
        (at / "mode").tell("MC0423", f"mode {tls.mode} is not supported by sidecars")
    if port.protocol.lower() not in TLS_PROTOCOLS:
        at.tell("MC0424", f"TLS settings do not fit a port of protocol {port.protocol!r}")
    check_server_tls(at, tls)


def _check_ingress_pool(at: Place, port: SidecarPort, listener: IstioIngressListener) -> None:
    pool = listener.connection_pool
    check_connection_pool(at, pool)
    if pool is not None and pool.http is not None and port.protocol.lower() not in HTTP_PROTOCOLS:
        (at / "http").tell("MC0471", f"HTTP settings have no effect on a port of protocol {port.protocol!r}")


def _check_egress(at: Place, sidecar: Sidecar) -> None:
    """A listener without port takes what no other one takes, so it stands alone and last."""
    spec, namespace = sidecar.spec, sidecar.meta.namespace
    numbers: set[int] = set()
    sockets: set[str] = set()
    catch_all = False
    for index, (entry, listener) in enumerate(at.each("egress", spec.egress)):
        if listener.port is None:
            if catch_all:
                entry.tell("MC0415", "a second listener without port")
            elif index < len(spec.egress) - 1:
                entry.tell("MC0424", "a listener without port must be the last one")
            catch_all = True
        elif listener.port.number == 0:
            _check_socket(entry, listener, sockets)
        else:
            check_port(entry / "port" / "number", listener.port.number)
            if listener.port.number in numbers:
                (entry / "port" / "number").tell("MC0415", f"port {listener.port.number} stands twice")
            numbers.add(listener.port.number)
            (entry / "bind").judge("MC0410", bind_fault(listener.bind))
        if listener.port is not None:
            _check_port_names(entry / "port", listener.port)
        _check_hosts(entry, listener, namespace)


def _check_socket(at: Place, listener: IstioEgressListener, sockets: set[str]) -> None:
    """Port 0 stands for a Unix socket, to which nothing is redirected."""
    bind = at / "bind"
    if not listener.bind.startswith(UNIX):
        bind.tell("MC0410", f"port 0 needs a {UNIX} socket to bind to, not {listener.bind!r}")
        return
    bind.judge("MC0410", bind_fault(listener.bind))
    if listener.capture_mode not in ("DEFAULT", "NONE"):
        (at / "captureMode").tell("MC0424", f"captureMode {listener.capture_mode} does not fit a Unix socket")
    if listener.bind in sockets:
        bind.tell("MC0415", f"{listener.bind} stands twice")
    sockets.add(listener.bind)


def _check_hosts(at: Place, listener: IstioEgressListener, namespace: str) -> None:
    """Hosts of a listener; `.` is the Sidecar's own namespace."""
    (at / "hosts").need(listener.hosts, "a host")
    seen: set[str] = set()
    for entry, host in at.each("hosts", listener.hosts):
        entry.judge("MC0404", _egress_host_fault(host))
        full = f"{namespace}/{host.removeprefix('./')}" if host.startswith("./") else host
        if full in seen:
            entry.tell("MC0461", f"host {full} stands twice")
        elif host != _EVERYTHING and _EVERYTHING in listener.hosts:
            entry.tell("MC0461", f"host {host} has no effect beside {_EVERYTHING}")
        seen.add(full)


def _egress_host_fault(text: str) -> Fault:
    """What a sidecar sees: `namespace/host`."""
    namespace, slash, host = text.partition("/")
    if not slash or "/" in host:
        return f"{text!r} is not of the form namespace/host"
    if namespace not in (PRIVATE, PUBLIC, NOBODY) and not is_dns_label(namespace):
        return f"{text!r} names no namespace: *, . or ~ or the name of one"
    if host == "*":
        return ""
    if is_partial_wildcard(host):
        return f"{host!r} has a wildcard that is not its whole first label"
    return wildcard_host_fault(host) or ("" if "." in host else f"{host!r} is a short name; write the full host name")


def _check_outbound(at: Place, policy: OutboundTrafficPolicy) -> None:
    """Traffic to unknown destinations may go through a proxy only if it may go anywhere."""
    proxy = policy.egress_proxy
    if proxy is None:
        return
    place = at / "egressProxy"
    if policy.mode != "ALLOW_ANY":
        place.tell("MC0424", f"egressProxy does not fit mode {policy.mode}")
    (place / "host").judge("MC0404", fqdn_fault(proxy.host))
    if (place / "port").need(proxy.port is not None, "port") and proxy.port is not None:
        check_port(place / "port" / "number", proxy.port.number)
    if proxy.subset:
        (place / "subset").judge("MC0403", dns_label_fault(proxy.subset))
