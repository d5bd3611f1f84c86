"""TLS of connections to an upstream in, what istiod holds against it out (spec: tooling 19.3)."""

from __future__ import annotations

from collections.abc import Sequence

from meshc.resources.check.place import Place
from meshc.resources.networking.destination_rule import ClientTLSSettings

CONFIG_MAP = "configmap://"


def check_client_tls(at: Place, tls: ClientTLSSettings | None, namespace: str = "") -> None:
    """TLS settings of an object of a namespace. Of DISABLE and ISTIO_MUTUAL nothing else counts."""
    if tls is None:
        return
    _check_config_map(at / "credentialName", tls.credential_name, namespace)
    if tls.insecure_skip_verify and tls.mode == "SIMPLE":
        _exclude(at, tls, ("caCertificates", "credentialName", "subjectAltNames"), "insecureSkipVerify")
    elif tls.insecure_skip_verify and tls.mode == "MUTUAL":
        _exclude(at, tls, ("caCertificates", "subjectAltNames"), "insecureSkipVerify")
    if tls.mode not in ("SIMPLE", "MUTUAL"):
        return
    if tls.credential_name:
        _exclude(at, tls, ("clientCertificate", "privateKey", "caCertificates", "caCrl"), "credentialName")
    elif tls.mode == "MUTUAL":
        (at / "clientCertificate").need(tls.client_certificate, "the client certificate for mutual TLS")
        (at / "privateKey").need(tls.private_key, "the private key for mutual TLS")


def _check_config_map(at: Place, credential: str, namespace: str) -> None:
    """A ConfigMap of certificates is in the namespace of the object that names it."""
    if not credential.startswith(CONFIG_MAP):
        return
    owner, slash, _ = credential.removeprefix(CONFIG_MAP).partition("/")
    if slash and owner != namespace:
        at.tell("MC0424", f"{credential!r} is in another namespace than {namespace}")


def _exclude(at: Place, tls: ClientTLSSettings, fields: Sequence[str], beside: str) -> None:
    values = {
        "clientCertificate": tls.client_certificate,
        "privateKey": tls.private_key,
        "caCertificates": tls.ca_certificates,
        "caCrl": tls.ca_crl,
        "credentialName": tls.credential_name,
        "subjectAltNames": tls.subject_alt_names,
    }
    for field in fields:
        if values[field]:
            (at / field).tell("MC0413", f"{field} cannot stand beside {beside}")
