"""Secrets that istiod serves: where they are looked for, who may have them, and what they hold."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from meshc.ir.secret import PrivateKeyProvider, Secret, ServedCertificate, ServedRoots
from meshc.ir.tls import SecretSource
from meshc.model.credentials import is_certificate
from meshc.model.mesh import Mesh
from tests.lower.gateways import edge, gateway, listeners, mesh_with, remarks, server
from tests.manifests import entry, manifest


def _certificate() -> bytes:
    """A certificate that expired long ago."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


PEM = _certificate()
PAIR = {"tls.crt": PEM, "tls.key": b"key"}


def secret(name: str, data: dict[str, bytes], namespace: str = "infra") -> dict[str, Any]:
    made = manifest("Secret", name, {}, namespace)
    del made["spec"]
    return {**made, "apiVersion": "v1", "data": {k: base64.b64encode(v).decode() for k, v in data.items()}}


def config_map(name: str, data: dict[str, str], namespace: str = "infra") -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def https(tls: str) -> dict[str, Any]:
    return gateway("front", server("443/HTTPS", "a.com", tls))


def served(mesh: Mesh, **metadata: Any) -> dict[str, Secret]:
    return {made.name: made for made in edge(mesh, **metadata).secrets}


def test_certificate_and_roots_of_a_credential() -> None:
    mesh = mesh_with(https("{mode: MUTUAL, credentialName: cert}"), secret("cert", {**PAIR, "ca.crt": PEM}))
    found = served(mesh)
    assert list(found) == ["kubernetes://cert", "kubernetes://cert-cacert"]
    assert found["kubernetes://cert"].content == ServedCertificate(chain=PEM, key=b"key")
    assert found["kubernetes://cert-cacert"].content == ServedRoots(roots=PEM)
    assert str(found["kubernetes://cert"].origin) == "Secret infra/cert"


@pytest.mark.parametrize(
    ("data", "content"),
    [
        ({"cert": PEM, "key": b"generic", **PAIR}, ServedCertificate(chain=PEM, key=b"generic")),
        ({**PAIR, "tls.ocsp-staple": b"ocsp"}, ServedCertificate(chain=PEM, key=b"key", ocsp_staple=b"ocsp")),
        ({"tls.crt": PEM}, None),
        ({"tls.crt": b"no certificate", "tls.key": b"key"}, None),
        ({"tls.crt": PEM, "tls.key": b""}, None),
    ],
)
def test_keys_of_certificates(data: dict[str, bytes], content: ServedCertificate | None) -> None:
    found = served(mesh_with(https("{mode: SIMPLE, credentialName: cert}"), secret("cert", data)))
    assert [made.content for made in found.values()] == ([content] if content is not None else [])


@pytest.mark.parametrize(
    ("secrets", "content"),
    [
        ({"cert-cacert": {"cacert": PEM, "crl": b"crl", "ca.crt": PEM}}, ServedRoots(roots=PEM, revoked=b"crl")),
        ({"cert-cacert": {"ca.crt": PEM, "ca.crl": b"crl"}}, ServedRoots(roots=PEM, revoked=b"crl")),
        ({"cert": {"ca.crt": PEM}}, ServedRoots(roots=PEM)),
        ({"cert-cacert": {"other": PEM}, "cert": {"ca.crt": PEM}}, None),
        ({}, None),
    ],
)
def test_keys_of_roots(secrets: dict[str, dict[str, bytes]], content: ServedRoots | None) -> None:
    objects = [secret(name, data) for name, data in secrets.items()]
    found = served(mesh_with(https("{mode: MUTUAL, credentialName: cert}"), *objects))
    assert [made.content for made in found.values()] == ([content] if content is not None else [])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("own", True),
        ("kubernetes://own", True),
        ("kubernetes://infra/own", True),
        ("kubernetes-gateway://infra/own", True),
        ("kubernetes-gateway://own", False),
        ("kubernetes://shop/other", False),
        ("kubernetes-gateway://shop/other", False),
        ("other", False),
        ("sds://own", True),
        ("invalid://own", False),
        ("builtin://", False),
    ],
)
def test_secrets_are_the_proxys_namespaces(name: str, found: bool) -> None:
    mesh = mesh_with(
        https(f"{{mode: SIMPLE, credentialName: '{name}'}}"), secret("own", PAIR), secret("other", PAIR, "shop")
    )
    assert bool(served(mesh)) is found
    assert bool(remarks(mesh, "MC0676")) is (not found and name != "builtin://")


def test_secrets_of_gateways_are_for_gateways_of_the_proxys_namespace() -> None:
    tls = "{mode: SIMPLE, credentialName: 'kubernetes-gateway://infra/own'}"
    foreign = gateway("front", server("443/HTTPS", "a.com", tls), namespace="shop")
    assert served(mesh_with(foreign, secret("own", PAIR))) == {}


def test_roots_of_a_gateway_secret_are_verified_for_mutual_tls_only() -> None:
    for mode, names in (("MUTUAL", 2), ("OPTIONAL_MUTUAL", 1)):
        tls = f"{{mode: {mode}, credentialName: 'kubernetes-gateway://infra/own'}}"
        mesh = mesh_with(https(tls), secret("own", {**PAIR, "ca.crt": PEM}))
        assert len(served(mesh)) == names


def test_roots_in_config_maps_are_for_everybody() -> None:
    tls = "{mode: MUTUAL, credentialName: own, caCertCredentialName: 'configmap://shop/roots-cacert'}"
    mesh = mesh_with(https(tls), config_map("roots", {"ca.crt": PEM.decode()}, "shop"))
    assert [(s.name, s.content) for s in served(mesh).values()] == [
        ("configmap://shop/roots-cacert", ServedRoots(roots=PEM))
    ]


def test_a_provider_of_the_mesh_answers_for_sds_names_unless_one_stands_beside_the_proxy() -> None:
    provider = {"name": "vault", "sds": {"name": "vault", "service": "vault.example.com", "port": 8080}}
    mesh = mesh_with(
        https("{mode: MUTUAL, credentialName: 'sds://cert'}"),
        entry("vault", "vault.example.com", ports="8080"),
        config={"extensionProviders": [provider]},
    )

    def sources(**metadata: Any) -> list[tuple[str, SecretSource, str]]:
        tls = listeners(mesh, **metadata)["0.0.0.0_443"].chains[0].tls
        assert tls is not None
        assert tls.validation is not None
        assert tls.validation.roots is not None
        return [(r.name, r.source, r.cluster) for r in (*tls.certificates, tls.validation.roots)]

    cluster = "outbound|8080||vault.example.com"
    assert sources() == [
        ("cert", SecretSource.PROVIDER, cluster),
        ("cert-cacert", SecretSource.PROVIDER, cluster),
    ]
    assert sources(credential="true") == [
        ("sds://cert", SecretSource.EXTERNAL, ""),
        ("sds://cert-cacert", SecretSource.EXTERNAL, ""),
    ]


def test_hardware_may_hold_the_key() -> None:
    config = {"defaultConfig": {"privateKeyProvider": {"cryptomb": {"pollDelay": "1.010s", "fallback": True}}}}
    mesh = mesh_with(https("{mode: SIMPLE, credentialName: cert}"), secret("cert", PAIR), config=config)
    (made,) = served(mesh).values()
    provider = PrivateKeyProvider(name="cryptomb", poll_delay=10_000_000, fallback=True)
    assert made.content == ServedCertificate(chain=PEM, key=b"key", provider=provider)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (PEM, True),
        (b"text before\n" + PEM + b"-----BEGIN X-----\nrubbish\n-----END X-----\n", True),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", False),
        (b"", False),
        (b"rubbish", False),
    ],
)
def test_what_counts_as_a_certificate(text: bytes, is_one: bool) -> None:
    assert is_certificate(text) is is_one


def test_certificates_are_not_looked_at_if_istiod_is_told_not_to() -> None:
    mesh = mesh_with(
        https("{mode: SIMPLE, credentialName: cert}"),
        secret("cert", {"tls.crt": b"rubbish", "tls.key": b"key"}),
        verify_sds_certificate=False,
    )
    assert list(served(mesh)) == ["kubernetes://cert"]
