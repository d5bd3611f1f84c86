"""TLS in our nouns: where a proxy gets a secret from, and what it demands of a server it connects to."""

from __future__ import annotations

import enum

from meshc.ir.node import value


class SecretSource(enum.Enum):
    """Who serves a secret to the proxy."""

    WORKLOAD = "workload identity, from the agent"
    AGENT = "agent"
    AGENT_FILES = "agent's server for files"
    EXTERNAL = "credential provider beside the proxy"
    CONTROL_PLANE = "control plane"


@value
class SecretReference:
    """A secret by its SDS name. Secrets of `WORKLOAD` are waited for without limit."""

    name: str
    source: SecretSource


WORKLOAD_CERTIFICATE = SecretReference(name="default", source=SecretSource.WORKLOAD)
"""The certificate of the workload's own identity."""

WORKLOAD_ROOTS = SecretReference(name="ROOTCA", source=SecretSource.WORKLOAD)
"""The roots that the identities of the mesh are verified against."""


@value
class ServerValidation:
    """What the server's certificate is held against. Without `roots` any certificate is accepted."""

    roots: SecretReference | None = None
    san_exact: tuple[str, ...] = ()
    crl_file: str = ""


@value
class UpstreamTls:
    """TLS towards an upstream, between versions 1.2 and 1.3. `ciphers` and `curves` empty: Envoy's defaults."""

    sni: str = ""
    alpn: tuple[str, ...] = ()
    ciphers: tuple[str, ...] = ()
    curves: tuple[str, ...] = ()
    certificate: SecretReference | None = None
    validation: ServerValidation | None = None
