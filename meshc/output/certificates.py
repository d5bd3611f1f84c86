"""Where the certificates of a workload are: a folder in, the paths of its files out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meshc.envoy.secrets import Certificates

CHAIN = "cert-chain.pem"
KEY = "key.pem"
ROOTS = "root-cert.pem"


class NoCertificateError(LookupError):
    """No certificate for the identity of a proxy; the text says where it was looked for."""


def folder_of(root: Path, namespace: str, account: str) -> Path:
    """The folder of a service account's certificate."""
    return root / namespace / account


def certificates_of(root: Path, metadata: Mapping[str, Any]) -> Certificates:
    """The files of the node with that metadata: in the folder of its account, or in the given folder itself.

    Raises `NoCertificateError`.
    """
    namespace, account = str(metadata.get("NAMESPACE", "")), str(metadata.get("SERVICE_ACCOUNT", ""))
    for folder in (folder_of(root, namespace, account), root):
        files = [folder / name for name in (CHAIN, KEY, ROOTS)]
        if all(file.is_file() for file in files):
            chain, key, roots = map(str, files)
            return Certificates(chain, key, roots)
    raise NoCertificateError(
        f"no certificate of {namespace}/{account} in {root}; `meshc certs PATH --out {root}` writes those of a mesh"
    )
