"""A development CA: a trust domain in, its root certificate and certificates of SPIFFE identities out.

For static deployments and tests, where no control plane issues certificates. The root's key lies in a file beside the
certificates, so whoever can read the folder can be anybody in the mesh.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from meshc.frozen import frozen

_ROOT_DAYS = 3650
_SKEW = datetime.timedelta(minutes=5)
"""How long a certificate is valid already when it is issued, as clocks differ."""


class AuthorityError(ValueError):
    """A root certificate or its key that cannot be used; the text says why."""


@frozen
class Identity:
    """A service account and its SPIFFE id."""

    namespace: str
    account: str
    uri: str


@frozen
class Issued:
    """A certificate and its private key (PKCS #8), both PEM."""

    certificate: bytes
    key: bytes


@frozen
class Authority:
    """The root of a mesh's identities."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls, trust_domain: str) -> Authority:
        """A new root for a trust domain, valid for ten years."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, trust_domain[:64]),
                x509.NameAttribute(NameOID.COMMON_NAME, "meshc development CA"),
            ]
        )
        builder = (
            _builder(subject, subject, key, _ROOT_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return cls(builder.sign(key, hashes.SHA256()), key)

    @classmethod
    def read(cls, certificate: Path, key: Path) -> Authority:
        """The root in two PEM files. Raises `AuthorityError`."""
        try:
            loaded = serialization.load_pem_private_key(key.read_bytes(), None)
            root = x509.load_pem_x509_certificate(certificate.read_bytes())
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise AuthorityError(f"the root in {certificate} cannot be used: {error}") from None
        if not isinstance(loaded, ec.EllipticCurvePrivateKey) or loaded.public_key() != root.public_key():
            raise AuthorityError(f"{key} is not the key of {certificate}")
        if root.not_valid_after_utc <= datetime.datetime.now(datetime.UTC):
            raise AuthorityError(f"the root in {certificate} has expired; remove it and {key}")
        return cls(root, loaded)

    @property
    def issued(self) -> Issued:
        """The root itself."""
        return Issued(self.certificate.public_bytes(serialization.Encoding.PEM), _private(self.key))

    def issue(self, identity: Identity, days: int) -> Issued:
        """A certificate of an identity, for clients and servers; the identity is the only name in it."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(identity.uri)])
        usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            _builder(x509.Name([]), self.certificate.subject, key, days)
            .add_extension(names, critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(usages, critical=False)
            .add_extension(issuer, critical=False)
        )
        certificate = builder.sign(self.key, hashes.SHA256())
        return Issued(certificate.public_bytes(serialization.Encoding.PEM), _private(key))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
