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
    PROVIDER = "credential provider of the mesh"
    CONTROL_PLANE = "control plane"


@value
class SecretReference:
    """A secret by its SDS name. Secrets of `WORKLOAD` are waited for without limit, `PROVIDER` is behind `cluster`."""

    name: str
    source: SecretSource
    cluster: str = ""


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


class TlsVersion(enum.Enum):
    """Version of the TLS protocol."""

    AUTO = "TLS_AUTO"
    V1_0 = "TLSv1_0"
    V1_1 = "TLSv1_1"
    V1_2 = "TLSv1_2"
    V1_3 = "TLSv1_3"


@value
class TlsParameters:
    """Versions, ciphers and curves of a TLS connection; empty lists (and AUTO) leave the choice to Envoy."""

    minimum: TlsVersion = TlsVersion.V1_2
    maximum: TlsVersion = TlsVersion.V1_3
    ciphers: tuple[str, ...] = ()
    curves: tuple[str, ...] = ()


@value
class UpstreamTls:
    """TLS towards an upstream."""

    parameters: TlsParameters
    sni: str = ""
    alpn: tuple[str, ...] = ()
    certificate: SecretReference | None = None
    validation: ServerValidation | None = None
