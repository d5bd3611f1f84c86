"""Secrets that the control plane serves to a proxy."""

from __future__ import annotations

from meshc.findings import Origin
from meshc.ir.duration import Duration
from meshc.ir.node import node, value


@value
class PrivateKeyProvider:
    """Hardware that uses the key in Envoy's place: `cryptomb` or `qat`; with `fallback` Envoy does without it."""

    name: str
    poll_delay: Duration
    fallback: bool


@value
class ServedCertificate:
    """A certificate chain and its key in PEM. With a `provider` the key is the provider's, and nothing is stapled."""

    chain: bytes
    key: bytes
    ocsp_staple: bytes | None = None
    provider: PrivateKeyProvider | None = None


@value
class ServedRoots:
    """Trusted roots in PEM, and the certificates that are revoked."""

    roots: bytes
    revoked: bytes | None = None


@node
class Secret:
    """A secret by the name under which listeners and clusters refer to it."""

    name: str
    origin: Origin
    content: ServedCertificate | ServedRoots
