"""TLS of a Gateway server or a Sidecar ingress listener in, what istiod holds against it out (spec: tooling 19.3)."""

from __future__ import annotations

from meshc.resources.check.place import Place
from meshc.resources.networking.common import ServerTLSSettings, TLSCertificate

MAX_CERTIFICATES = 2

_SHARED = ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA")
CIPHER_SUITES = frozenset(
    (
        *(f"ECDHE-{key}-{suite}" for key in ("ECDSA", "RSA") for suite in (*_SHARED, "CHACHA20-POLY1305")),
        *_SHARED,
        "DES-CBC3-SHA",
    )
)
_OLD = ("TLSV1_0", "TLSV1_1")
_PASSTHROUGH = ("PASSTHROUGH", "AUTO_PASSTHROUGH")


def check_server_tls(at: Place, tls: ServerTLSSettings | None) -> None:
    """TLS settings of a server: where its certificates come from, and whether the mode needs or knows any."""
    if tls is None:
        return
    if tls.min_protocol_version in _OLD and not tls.cipher_suites:
        at.tell("MC0464", f"{tls.min_protocol_version} needs cipherSuites that are as old")
    _check_cipher_suites(at, tls.cipher_suites)
    given = _certificates(tls)
    if tls.mode == "ISTIO_MUTUAL":
        for field in given:
            (at / field).tell("MC0424", f"{field} does not fit mode ISTIO_MUTUAL, whose certificates are Istio's own")
        return
    if tls.mode in _PASSTHROUGH:
        for field in given:
            (at / field).tell("MC0465", f"{field} has no effect in mode {tls.mode}")
        return
    _check_sources(at, tls)
    if tls.credential_name or tls.credential_names:
        return
    _check_files(at, tls)
    if tls.ca_crl and tls.mode == "SIMPLE":
        (at / "caCrl").tell("MC0424", "caCrl does not fit mode SIMPLE, which asks for no client certificate")


def _check_cipher_suites(at: Place, suites: tuple[str, ...]) -> None:
    """Unknown suites are ignored; `ALL` and OpenSSL's operators are taken as they are."""
    seen: set[str] = set()
    for entry, suite in at.each("cipherSuites", suites):
        if not suite or suite == "ALL" or not suite[0].isalnum():
            continue
        if suite not in CIPHER_SUITES:
            entry.tell("MC0457", f"cipher suite {suite} is unknown and ignored")
        elif suite in seen:
            entry.tell("MC0457", f"cipher suite {suite} stands twice")
        seen.add(suite)


def _certificates(tls: ServerTLSSettings) -> list[str]:
    values = {
        "serverCertificate": tls.server_certificate,
        "privateKey": tls.private_key,
        "caCertificates": tls.ca_certificates,
        "tlsCertificates": tls.tls_certificates,
        "credentialName": tls.credential_name,
        "credentialNames": tls.credential_names,
    }
    return [field for field, value in values.items() if value]


def _check_sources(at: Place, tls: ServerTLSSettings) -> None:
    """Certificates come from one source: files, one or several secrets, or a list of files."""
    sources = {
        "serverCertificate": tls.server_certificate or tls.private_key,
        "credentialName": tls.credential_name,
        "credentialNames": tls.credential_names,
        "tlsCertificates": tls.tls_certificates,
    }
    given = [field for field, value in sources.items() if value]
    for field in given[1:]:
        (at / field).tell("MC0413", f"{field} cannot stand beside {given[0]}")


def _check_files(at: Place, tls: ServerTLSSettings) -> None:
    listed = list(at.each("tlsCertificates", tls.tls_certificates))
    single = TLSCertificate(server_certificate=tls.server_certificate, private_key=tls.private_key)
    for place, files in listed or [(at, single)]:
        (place / "serverCertificate").need(files.server_certificate, f"the server certificate for mode {tls.mode}")
        (place / "privateKey").need(files.private_key, f"the private key for mode {tls.mode}")
    if len(listed) > MAX_CERTIFICATES:
        (at / "tlsCertificates").tell(
            "MC0473", f"{len(listed)} certificates; {MAX_CERTIFICATES} are usual, RSA and ECDSA"
        )
    if tls.mode in ("MUTUAL", "OPTIONAL_MUTUAL"):
        (at / "caCertificates").need(tls.ca_certificates, f"the file of CA certificates for mode {tls.mode}")
