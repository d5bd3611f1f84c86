"""The development CA: what it issues verifies, says who one is, and lies where only the owner reads it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from meshc.certs.authority import Authority, AuthorityError, Identity
from meshc.certs.files import ROOT_KEY, write_certificates
from meshc.output.certificates import CHAIN, KEY, ROOTS, NoCertificateError, certificates_of
from meshc.output.folder import UnsafeNameError

DETAILS = Identity("default", "details", "spiffe://cluster.local/ns/default/sa/details")
RATINGS = Identity("default", "ratings", "spiffe://cluster.local/ns/default/sa/ratings")


def test_a_certificate_names_the_identity_and_verifies() -> None:
    authority = Authority.new("cluster.local")
    issued = authority.issue(DETAILS, days=3)
    certificate = x509.load_pem_x509_certificate(issued.certificate)
    certificate.verify_directly_issued_by(authority.certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.critical
    assert names.value.get_values_for_type(x509.UniformResourceIdentifier) == [DETAILS.uri]
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 3
    assert load_pem_private_key(issued.key, None).public_key() == certificate.public_key()


def test_a_second_run_goes_on_with_the_root(tmp_path: Path) -> None:
    write_certificates(tmp_path, "cluster.local", [DETAILS], 1)
    root = (tmp_path / ROOTS).read_bytes()
    assert write_certificates(tmp_path, "cluster.local", [RATINGS, DETAILS], 1) == [DETAILS, RATINGS]
    assert (tmp_path / ROOTS).read_bytes() == root
    for account in ("details", "ratings"):
        folder = tmp_path / "default" / account
        assert (folder / ROOTS).read_bytes() == root
        certificate = x509.load_pem_x509_certificate((folder / CHAIN).read_bytes())
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(root))
    for key in (tmp_path / ROOT_KEY, tmp_path / "default" / "details" / KEY):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_root_without_its_key_is_refused(tmp_path: Path) -> None:
    write_certificates(tmp_path, "cluster.local", [], 1)
    other = Authority.new("cluster.local").issued.key
    (tmp_path / ROOT_KEY).write_bytes(other)
    with pytest.raises(AuthorityError, match="is not the key of"):
        write_certificates(tmp_path, "cluster.local", [DETAILS], 1)
    (tmp_path / ROOT_KEY).unlink()
    with pytest.raises(AuthorityError, match="cannot be used"):
        write_certificates(tmp_path, "cluster.local", [DETAILS], 1)


def test_names_that_lead_elsewhere_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for namespace, account in (("..", "a"), ("a", "../../b"), ("a", "/b"), ("", "a")):
        with pytest.raises(UnsafeNameError):
            write_certificates(out, "cluster.local", [Identity(namespace, account, "spiffe://x")], 1)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["out", ROOTS, ROOT_KEY]


def test_a_workload_finds_its_files(tmp_path: Path) -> None:
    write_certificates(tmp_path, "cluster.local", [DETAILS], 1)
    metadata = {"NAMESPACE": "default", "SERVICE_ACCOUNT": "details"}
    found = certificates_of(tmp_path, metadata)
    assert (found.chain, found.roots) == (f"{tmp_path}/default/details/{CHAIN}", f"{tmp_path}/default/details/{ROOTS}")
    assert certificates_of(tmp_path / "default" / "details", metadata) == found
    with pytest.raises(NoCertificateError, match="default/ratings"):
        certificates_of(tmp_path, {**metadata, "SERVICE_ACCOUNT": "ratings"})
