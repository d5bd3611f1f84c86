"""A server in, the TLS that a gateway terminates for it out (spec: gateways 8)."""

from __future__ import annotations

from dataclasses import replace

from meshc.ir.security import DownstreamTls
from meshc.lower.tls.downstream import HTTP_ALPN, PEER_EXCHANGE_ALPN, ServerIdentity, server_tls
from meshc.model.api import ServerTLSSettings
from meshc.model.gateways import Server
from meshc.model.mesh import Mesh

QUIC_ALPN = ("h3",)


def terminated_tls(mesh: Mesh, server: Server, settings: ServerTLSSettings, identity: ServerIdentity) -> DownstreamTls:
    """TLS over TCP. Sidecars that connect to a server of bytes exchange metadata with it."""
    exchange = settings.mode == "ISTIO_MUTUAL" and not server.terminates_https
    alpn = PEER_EXCHANGE_ALPN if exchange and not mesh.features.pilot_disable_mx_alpn else HTTP_ALPN
    return server_tls(mesh, settings, identity, alpn)


def quic_tls(mesh: Mesh, settings: ServerTLSSettings, identity: ServerIdentity) -> DownstreamTls:
    """TLS over QUIC, where Envoy cannot demand a client's certificate.

    istiod then leaves out the roots to verify one with, but for roots that come as a credential.
    """
    made = server_tls(mesh, settings, identity, QUIC_ALPN)
    demanded = made.require_client_certificate and not (
        settings.mode == "MUTUAL" and (settings.credential_name or settings.credential_names)
    )
    return replace(
        made, validation=None if demanded else made.validation, require_client_certificate=False, over_quic=True
    )
