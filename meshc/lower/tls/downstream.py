"""TLS that a proxy terminates: the mesh's own, or the settings of a server, in; the TLS of a filter chain out.

Source: spec inbound 8, 14.4, gateways 8.
"""

from __future__ import annotations

from meshc.ir.conditions import TextKind, TextMatch
from meshc.ir.node import value
from meshc.ir.security import ClientValidation, DownstreamTls
from meshc.ir.tls import (
    WORKLOAD_CERTIFICATE,
    WORKLOAD_ROOTS,
    SecretReference,
    SecretSource,
    TlsParameters,
    TlsVersion,
)
from meshc.lower.security.authz_values import exact
from meshc.lower.security.trust_domains import accepted_trust_domains
from meshc.lower.tls.cipher_suites import usable_suites
from meshc.lower.tls.credentials import file_certificate, file_roots, server_credential
from meshc.lower.tls.parameters import complying
from meshc.model.api import MeshConfig, ServerTLSSettings
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.proxy import Proxy

HTTP_ALPN = ("h2", "http/1.1")
PEER_EXCHANGE_ALPN = ("istio-peer-exchange", *HTTP_ALPN)

_MESH_CIPHERS = (
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
)
_UNSET = TlsParameters(minimum=TlsVersion.AUTO, maximum=TlsVersion.AUTO)
_VERSIONS = {
    "TLS_AUTO": TlsVersion.AUTO,
    "TLSV1_0": TlsVersion.V1_0,
    "TLSV1_1": TlsVersion.V1_1,
    "TLSV1_2": TlsVersion.V1_2,
    "TLSV1_3": TlsVersion.V1_3,
}


@value
class ServerIdentity:
    """Secrets of a proxy: its own certificate and roots, from the agent or from files that its metadata names.

    `files` serves files that settings name; `credential_socket`: a credential provider stands beside the proxy.
    """

    certificate: SecretReference
    roots: SecretReference
    files: SecretSource
    credential_socket: bool


def server_identity(proxy: Proxy) -> ServerIdentity:
    """The secrets of one proxy."""
    metadata = proxy.metadata
    source = SecretSource.AGENT_FILES if metadata.get("file-credential") == "true" else SecretSource.AGENT
    chain, key = metadata.get("TLS_SERVER_CERT_CHAIN", ""), metadata.get("TLS_SERVER_KEY", "")
    roots = metadata.get("TLS_SERVER_ROOT_CERT", "")
    return ServerIdentity(
        certificate=file_certificate(chain, key, source) if chain and key else WORKLOAD_CERTIFICATE,
        roots=file_roots(roots, source) if roots else WORKLOAD_ROOTS,
        files=source,
        credential_socket=metadata.get("credential") == "true",
    )


@shared
def mesh_tls(mesh: Mesh, identity: ServerIdentity, http: bool) -> DownstreamTls:
    """Mutual TLS within the mesh, for requests (`http`) or for any bytes; clients always need a certificate."""
    features = mesh.features
    names = () if features.pilot_skip_validate_trust_domain else accepted_trust_domains(mesh.config)
    exchange = not http and features.pilot_enable_metadata_exchange and not features.pilot_disable_mx_alpn
    return DownstreamTls(
        certificates=(identity.certificate,),
        alpn=PEER_EXCHANGE_ALPN if exchange else HTTP_ALPN,
        parameters=complying(_mesh_parameters(mesh.config), features.compliance_policy),
        validation=ClientValidation(
            roots=identity.roots,
            names=tuple(TextMatch(kind=TextKind.PREFIX, text=f"spiffe://{domain}/") for domain in names),
        ),
        require_client_certificate=True,
    )


def _mesh_parameters(config: MeshConfig) -> TlsParameters:
    """What `meshMTLS` says; it cannot go below TLS 1.2."""
    settings = config.mesh_mtls
    if settings is None:
        return TlsParameters(ciphers=_MESH_CIPHERS)
    return TlsParameters(
        minimum=TlsVersion.V1_3 if settings.min_protocol_version == "TLSV1_3" else TlsVersion.V1_2,
        ciphers=settings.cipher_suites or _MESH_CIPHERS,
    )


_VALIDATING = ("MUTUAL", "OPTIONAL_MUTUAL")
_WITH_PARAMETERS = ("SIMPLE", *_VALIDATING)
"""Modes in which the settings' versions and ciphers count; a Sidecar may leave the mode out, which is none of them."""


@shared
def server_tls(
    mesh: Mesh, settings: ServerTLSSettings, identity: ServerIdentity, alpn: tuple[str, ...] = HTTP_ALPN
) -> DownstreamTls:
    """TLS by the settings of a Gateway server or a Sidecar's ingress listener."""
    parameters = _server_parameters(mesh.config, settings) if settings.mode in _WITH_PARAMETERS else _UNSET
    if settings.mode == "ISTIO_MUTUAL":
        certificates: tuple[SecretReference, ...] = (identity.certificate,)
        validation: ClientValidation | None = _validation(identity.roots, settings)
    elif _credentials(settings):
        certificates = tuple(
            server_credential(mesh, name, identity.credential_socket) for name in _credentials(settings)
        )
        validation = _credential_validation(mesh, settings, identity)
    else:
        certificates = _file_certificates(settings, identity)
        validation = _file_validation(settings, identity)
    complied = complying(parameters, mesh.features.compliance_policy)
    return DownstreamTls(
        certificates=certificates,
        alpn=alpn,
        parameters=None if complied == _UNSET else complied,
        validation=validation,
        require_client_certificate=settings.mode in ("MUTUAL", "ISTIO_MUTUAL"),
    )


def _server_parameters(config: MeshConfig, settings: ServerTLSSettings) -> TlsParameters:
    """The server's own parameters over the mesh's `tlsDefaults`, whose least version is 1.2 wherever they set any."""
    defaults = config.tls_defaults
    ciphers = usable_suites(settings.cipher_suites)
    minimum, maximum = _VERSIONS[settings.min_protocol_version], _VERSIONS[settings.max_protocol_version]
    if defaults is None:
        return TlsParameters(minimum=minimum, maximum=maximum, ciphers=ciphers)
    if minimum is TlsVersion.AUTO:
        minimum = _VERSIONS[defaults.min_protocol_version]
    return TlsParameters(
        minimum=minimum, maximum=maximum, ciphers=ciphers or defaults.cipher_suites, curves=defaults.ecdh_curves
    )


def _credentials(settings: ServerTLSSettings) -> tuple[str, ...]:
    return settings.credential_names or ((settings.credential_name,) if settings.credential_name else ())


def _credential_validation(
    mesh: Mesh, settings: ServerTLSSettings, identity: ServerIdentity
) -> ClientValidation | None:
    """Roots beside the first credential; a server that asks for no certificate may still name the names it wants."""
    names = tuple(map(exact, settings.subject_alt_names))
    if settings.mode not in _VALIDATING:
        return ClientValidation(roots=None, names=names) if names else None
    roots = settings.ca_cert_credential_name or f"{_credentials(settings)[0]}-cacert"
    return ClientValidation(
        roots=server_credential(mesh, roots, identity.credential_socket),
        names=names,
        public_keys=settings.verify_certificate_spki,
        hashes=settings.verify_certificate_hash,
    )


def _file_certificates(settings: ServerTLSSettings, identity: ServerIdentity) -> tuple[SecretReference, ...]:
    """Certificates in files of the proxy; without a certificate and its key the workload's own."""
    if settings.tls_certificates:
        pairs = [(entry.server_certificate, entry.private_key) for entry in settings.tls_certificates]
    elif settings.server_certificate and settings.private_key:
        pairs = [(settings.server_certificate, settings.private_key)]
    else:
        return (WORKLOAD_CERTIFICATE,)
    return tuple(file_certificate(chain, key, identity.files) for chain, key in pairs)


def _file_validation(settings: ServerTLSSettings, identity: ServerIdentity) -> ClientValidation | None:
    if settings.mode not in _VALIDATING:
        return None
    path = settings.ca_certificates
    return _validation(file_roots(path, identity.files) if path else WORKLOAD_ROOTS, settings)


def _validation(roots: SecretReference, settings: ServerTLSSettings) -> ClientValidation:
    names = tuple(map(exact, settings.subject_alt_names))
    return ClientValidation(roots=roots, names=names, crl_file=settings.ca_crl)
