"""Identities in, a folder of certificates out: the root, and for each service account its certificate, key and root."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from meshc.certs.authority import Authority, Identity
from meshc.output.certificates import CHAIN, KEY, ROOTS
from meshc.output.folder import Folder

ROOT_KEY = "root-key.pem"


def write_certificates(out: Path, trust_domain: str, identities: Iterable[Identity], days: int) -> list[Identity]:
    """Write a certificate for each identity, valid for `days`, as `<out>/<namespace>/<account>/`; returns them sorted.

    A root that the folder has already issues them too, so that those of an earlier run go on being trusted. Keys can be
    read by the owner alone. Raises `AuthorityError`, and `UnsafeNameError` for a name that leads out of the folder.
    """
    folder = Folder(out)
    authority = _authority(folder, trust_domain)
    root = authority.issued.certificate
    written = sorted(identities, key=lambda identity: (identity.namespace, identity.account))
    for identity in written:
        target = folder.below(identity.namespace).below(identity.account)
        issued = authority.issue(identity, days)
        target.write(KEY, issued.key, private=True)
        target.write(CHAIN, issued.certificate)
        target.write(ROOTS, root)
    return written


def _authority(folder: Folder, trust_domain: str) -> Authority:
    if (folder.path / ROOTS).exists() or (folder.path / ROOT_KEY).exists():
        return Authority.read(folder.path / ROOTS, folder.path / ROOT_KEY)
    made = Authority.new(trust_domain)
    folder.write(ROOT_KEY, made.issued.key, private=True)
    folder.write(ROOTS, made.issued.certificate)
    return made
