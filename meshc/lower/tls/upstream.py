"""TLS towards an upstream: a traffic policy or automatic mTLS in, the TLS of a cluster out (spec: clusters 12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from meshc.frozen import frozen
from meshc.ir.node import value
from meshc.ir.tls import (
    WORKLOAD_CERTIFICATE,
    WORKLOAD_ROOTS,
    SecretReference,
    SecretSource,
    ServerValidation,
    TlsParameters,
    UpstreamTls,
)
from meshc.lower.clusters.client import ClientCertificates, ClusterClient
from meshc.lower.clusters.targets import ClusterTarget
from meshc.lower.names import sni_name
from meshc.lower.tls.credentials import CONFIG_MAP, credential, file_certificate, file_roots
from meshc.lower.tls.mtls import service_takes_part
from meshc.lower.tls.parameters import complying
from meshc.model.api import ClientTLSSettings
from meshc.model.mesh import Mesh

MX_ALPN = "istio-peer-exchange"
MESH_ALPN = "istio"

Mode = Literal["SIMPLE", "MUTUAL", "ISTIO_MUTUAL"]


@value
class ClusterTls:
    """TLS of a cluster. `by_endpoint`: only for endpoints that take part; the flags: names come from the request."""

    tls: UpstreamTls | None = None
    by_endpoint: bool = False
    auto_sni: bool = False
    auto_san_validation: bool = False


NO_TLS = ClusterTls()


@frozen
class _Settings:
    """TLS settings that apply. `auto`: nobody asked for them."""

    mode: Mode
    sni: str = ""
    sans: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""
    roots: str = ""
    crl: str = ""
    credential: str = ""
    skip_verify: bool = False
    auto: bool = False


def cluster_tls(
    mesh: Mesh, target: ClusterTarget, client: ClusterClient, *, http2: bool, original_dst: bool
) -> ClusterTls:
    """The TLS of a cluster for a client.

    `http2`: the cluster speaks HTTP/2 by its own choice. `original_dst`: it has no endpoints that could be told apart.
    """
    settings = _settings(mesh, target, client.certificates)
    if settings is None:
        return NO_TLS
    if settings.mode == "ISTIO_MUTUAL":
        made = ClusterTls(tls=_mesh_tls(mesh, settings, target, http2), by_endpoint=settings.auto and not original_dst)
        return _with_request_names(made, settings, target) if target.is_forward_proxy else made
    if _is_out_of_reach(settings.credential, target, client):
        return NO_TLS
    flags = _with_request_names(NO_TLS, settings, target)
    if settings.mode == "MUTUAL" and not settings.credential and not (settings.certificate and settings.key):
        return flags
    return replace(flags, tls=_own_tls(mesh, settings, target, client, http2))


def _settings(mesh: Mesh, target: ClusterTarget, files: ClientCertificates | None) -> _Settings | None:
    """The settings in force; None for plaintext (spec: clusters 12.2)."""
    tls = target.policy.tls
    if tls is None:
        return _automatic(mesh, target, files)
    if tls.mode == "DISABLE":
        return None
    if files is not None and tls.mode != "SIMPLE":
        if _rule_before_files(mesh, target):
            return _of_rule(tls, tls.mode)
        return _of_files(files, tls.sni, tls.subject_alt_names, bool(tls.insecure_skip_verify))
    if tls.mode != "ISTIO_MUTUAL":
        return _of_rule(tls, tls.mode)
    sans = tls.subject_alt_names or _accounts(mesh, target)
    return _Settings(mode="ISTIO_MUTUAL", sni=tls.sni or _default_sni(target), sans=sans)


def _automatic(mesh: Mesh, target: ClusterTarget, files: ClientCertificates | None) -> _Settings | None:
    if not service_takes_part(mesh, target):
        return None
    sni, sans = _default_sni(target), _accounts(mesh, target)
    if files is not None:
        return replace(_of_files(files, sni, sans, False), auto=True)
    return _Settings(mode="ISTIO_MUTUAL", sni=sni, sans=sans, auto=True)


def _rule_before_files(mesh: Mesh, target: ClusterTarget) -> bool:
    return target.service.mesh_external and mesh.features.prefer_destinationrule_tls_for_external_services


def _of_files(files: ClientCertificates, sni: str, sans: tuple[str, ...], skip_verify: bool) -> _Settings:
    """Mutual TLS with the certificates that the proxy's metadata name."""
    return _Settings(
        mode="MUTUAL",
        sni=sni,
        sans=sans,
        certificate=files.chain,
        key=files.key,
        roots=files.roots,
        skip_verify=skip_verify,
    )


def _of_rule(tls: ClientTLSSettings, mode: Mode) -> _Settings:
    return _Settings(
        mode=mode,
        sni=tls.sni,
        sans=tls.subject_alt_names,
        certificate=tls.client_certificate,
        key=tls.private_key,
        roots=tls.ca_certificates,
        crl=tls.ca_crl,
        credential=tls.credential_name,
        skip_verify=bool(tls.insecure_skip_verify),
    )


def _default_sni(target: ClusterTarget) -> str:
    """The SNI that a gateway of the mesh routes by; of a forward proxy it is the host of the request."""
    if target.is_forward_proxy:
        return ""
    return sni_name(target.port.number, target.subset_name, target.service.hostname)


def _accounts(mesh: Mesh, target: ClusterTarget) -> tuple[str, ...]:
    return () if target.is_forward_proxy else mesh.endpoints.accounts(target.service)


def credential_is_out_of_reach(tls: ClientTLSSettings, target: ClusterTarget, client: ClusterClient) -> bool:
    """TLS that a client does not get because of its credential."""
    return tls.mode in ("SIMPLE", "MUTUAL") and _is_out_of_reach(tls.credential_name, target, client)


def _is_out_of_reach(name: str, target: ClusterTarget, client: ClusterClient) -> bool:
    """A credential of a rule that is for every sidecar: istiod hands it to none, and the cluster is plaintext."""
    for_some = target.rule is not None and target.rule.selector is not None
    return bool(name) and not name.startswith(CONFIG_MAP) and not client.is_router and not for_some


def _with_request_names(made: ClusterTls, settings: _Settings, target: ClusterTarget) -> ClusterTls:
    """SNI and the name to verify are the request's where the settings leave them open (spec: clusters 12.5)."""
    open_names = not settings.sni and not settings.sans
    verifies = (open_names or target.is_forward_proxy) and not settings.skip_verify
    return replace(made, auto_sni=not settings.sni, auto_san_validation=verifies)


def _mesh_tls(mesh: Mesh, settings: _Settings, target: ClusterTarget, http2: bool) -> UpstreamTls:
    """Mutual TLS with the identities of the mesh (spec: clusters 12.4)."""
    features = mesh.features
    alpn = [MESH_ALPN, "h2"] if http2 else [MESH_ALPN]
    if features.pilot_enable_metadata_exchange and not features.pilot_disable_mx_alpn:
        alpn.insert(0, MX_ALPN)
    return UpstreamTls(
        parameters=complying(TlsParameters(), features.compliance_policy),
        sni=settings.sni or ("" if target.is_forward_proxy else target.name),
        alpn=tuple(alpn),
        certificate=WORKLOAD_CERTIFICATE,
        validation=ServerValidation(roots=WORKLOAD_ROOTS, san_exact=settings.sans),
    )


def _own_tls(mesh: Mesh, settings: _Settings, target: ClusterTarget, client: ClusterClient, http2: bool) -> UpstreamTls:
    """TLS with what a rule names: files in the proxy or a credential (spec: clusters 12.5)."""
    sans = settings.sans
    if not sans and not target.service.is_kubernetes:
        sans = _accounts(mesh, target)
    secrets = _credentials if settings.credential else _files
    certificate, validation = secrets(replace(settings, sans=sans), client)
    defaults = mesh.config.tls_defaults
    parameters = TlsParameters(
        ciphers=defaults.cipher_suites if defaults else (), curves=defaults.ecdh_curves if defaults else ()
    )
    return UpstreamTls(
        parameters=complying(parameters, mesh.features.compliance_policy),
        sni=settings.sni,
        alpn=("h2",) if http2 else (),
        certificate=certificate if settings.mode == "MUTUAL" else None,
        validation=validation,
    )


_Secrets = tuple[SecretReference, ServerValidation | None]


def _files(settings: _Settings, client: ClusterClient) -> _Secrets:
    source = SecretSource.AGENT_FILES if client.file_credentials else SecretSource.AGENT
    certificate = file_certificate(settings.certificate, settings.key, source)
    if settings.skip_verify:
        return certificate, ServerValidation()
    roots = file_roots(settings.roots or "system", source)
    return certificate, ServerValidation(roots=roots, san_exact=settings.sans, crl_file=settings.crl)


def _credentials(settings: _Settings, client: ClusterClient) -> _Secrets:
    certificate = credential(settings.credential, client.credential_socket)
    if settings.skip_verify:
        return certificate, None
    roots = credential(settings.credential + "-cacert", client.credential_socket)
    return certificate, ServerValidation(roots=roots, san_exact=settings.sans)
