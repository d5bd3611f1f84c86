"""Secrets without an agent: certificate files and the secrets of a configuration in, what can be served out.

istio-proxy gets its identity from the agent beside it. Where there is none, the certificates are files, and what needs
a certificate that is not there is left out: the TLS variant of clusters that speak plaintext too, chains of listeners,
clusters that would have to present or verify a certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meshc.envoy.config import ProxyConfig, Resource, ResourceType
from meshc.envoy.rewrite import Rewriter, remove
from meshc.envoy.schema import message_class
from meshc.findings import Origin, Sink
from meshc.frozen import frozen

SECRET = "envoy.extensions.transport_sockets.tls.v3.Secret"
SDS_CONFIG = "envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig"

_IDENTITY = "default"
_ROOTS = "ROOTCA"
_FILE_CERTIFICATE = "file-cert:"
_FILE_ROOTS = "file-root:"
_SYSTEM = "system"
_SYSTEM_ROOTS = "/etc/ssl/certs/ca-certificates.crt"
"""Where Debian, Alpine and the images of Envoy have the roots of the operating system. Envoy's own `system_root_certs`
does not go with the verification of names, which istiod asks for."""


@frozen
class Certificates:
    """Paths of PEM files: the certificate of a workload, its key, and the roots of the mesh."""

    chain: str
    key: str
    roots: str


@frozen
class Secrets:
    """The secrets that a proxy without an agent can have."""

    certificates: Certificates | None
    given: Mapping[str, Any]

    @staticmethod
    def of(config: ProxyConfig, certificates: Certificates | None) -> Secrets:
        """Those of a configuration beside those in files. A key that hardware would have to use is none."""
        usable = (r for r in config.secrets if not _needs_key_provider(r.message))
        return Secrets(certificates, {r.name: r.message for r in usable})

    def get(self, name: str) -> Any:
        """The secret as `envoy.extensions.transport_sockets.tls.v3.Secret`; None if there is none of that name."""
        files = self.certificates
        if name == _IDENTITY and files:
            return _certificate(name, files.chain, files.key)
        if name == _ROOTS and files:
            return _roots(name, files.roots)
        if name.startswith(_FILE_CERTIFICATE):
            return _certificate(name, *name.removeprefix(_FILE_CERTIFICATE).split("~", 1))
        if name.startswith(_FILE_ROOTS):
            return _roots(name, name.removeprefix(_FILE_ROOTS))
        return self.given.get(name)


def _needs_key_provider(secret: Any) -> bool:
    return bool(secret.tls_certificate.HasField("private_key_provider"))


def _certificate(name: str, chain: str, key: str = "") -> Any:
    files = {"certificate_chain": {"filename": chain}, "private_key": {"filename": key}}
    return message_class(SECRET)(name=name, tls_certificate=files)


def _roots(name: str, path: str) -> Any:
    trusted = {"filename": _SYSTEM_ROOTS if path == _SYSTEM else path}
    return message_class(SECRET)(name=name, validation_context={"trusted_ca": trusted})


@dataclass(slots=True)
class TlsWithoutAgent:
    """Leaves out what needs a secret that nobody has. `used` collects the names of the secrets that are needed."""

    secrets: Secrets
    sink: Sink
    used: dict[str, None] = field(default_factory=dict)

    def rewrite(self, config: ProxyConfig) -> ProxyConfig:
        """The configuration with TLS only where its secrets are known."""
        return config.map(self._one)

    def _one(self, kind: ResourceType, resource: Resource) -> Resource | None:
        if kind not in ("listeners", "clusters"):
            return resource
        message: Any = type(resource.message)()
        message.CopyFrom(resource.message)
        kept = self._listener if kind == "listeners" else self._cluster
        return Resource.of(resource.name, resource.origin, message) if kept(message, resource.origin) else None

    def _listener(self, listener: Any, origin: Origin) -> bool:
        """Whether any chain of the listener is left."""
        had = len(listener.filter_chains)
        remove(listener.filter_chains, lambda chain: not self._served(chain, origin))
        if listener.HasField("default_filter_chain") and not self._served(listener.default_filter_chain, origin):
            listener.ClearField("default_filter_chain")
        return not had or bool(listener.filter_chains) or listener.HasField("default_filter_chain")

    def _cluster(self, cluster: Any, origin: Origin) -> bool:
        """Whether the cluster can be connected to."""
        remove(cluster.transport_socket_matches, lambda match: not self._served(match, origin))
        if not self._served(cluster, origin):
            if any(name not in (_IDENTITY, _ROOTS) for name in self._missing(cluster.transport_socket)):
                return False
            cluster.ClearField("transport_socket")
        return True

    def _served(self, owner: Any, origin: Origin) -> bool:
        """Whether the secrets that the transport socket of a chain, match or cluster needs are known."""
        missing = self._missing(owner.transport_socket) if owner.HasField("transport_socket") else []
        for name in missing:
            if name in (_IDENTITY, _ROOTS):
                self.sink.add("MC0703", Origin(), "mutual TLS is left out, as there are no certificates for it")
            else:
                self.sink.add("MC0704", origin, f"nobody has the secret {name}; what needs it is left out")
        return not missing

    def _missing(self, socket: Any) -> list[str]:
        names: dict[str, None] = {}

        def note(config: Any) -> bool:
            names[config.name] = None
            return False

        Rewriter({SDS_CONFIG: note})(socket)
        missing = [name for name in names if self.secrets.get(name) is None]
        if not missing:
            self.used.update(names)
        return missing
