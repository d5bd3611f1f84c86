"""Credentials: Secrets and ConfigMaps of all clusters in, certificates and roots by name out (spec: gateways 8.5)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.model.names import DEFAULT_CLUSTER
from meshc.model.node import node
from meshc.resources.core import ConfigMap, Secret
from meshc.resources.load import Objects

ROOTS_SUFFIX = "-cacert"
"""What is appended to the name of a credential to ask for the roots beside it."""

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.DOTALL)

Data = Mapping[str, bytes]


@node
class Certificate:
    """A certificate chain and its key in PEM, with the OCSP response to staple if there is one."""

    chain: bytes
    key: bytes
    ocsp_staple: bytes | None
    origin: Origin


@node
class TrustedRoots:
    """Roots in PEM, and a list of revoked certificates if there is one."""

    roots: bytes
    revoked: bytes | None
    origin: Origin


@frozen
class Credentials:
    """Secrets by (cluster, namespace, name), and ConfigMaps of the configuration cluster by (namespace, name).

    With `verify` (istiod's VERIFY_SDS_CERTIFICATE) nothing counts as a certificate that cannot be read as one.
    """

    secrets: Mapping[tuple[str, str, str], Secret]
    config_maps: Mapping[tuple[str, str], ConfigMap]
    verify: bool = True

    @staticmethod
    def build(clusters: Iterable[tuple[str, Objects]], verify: bool) -> Credentials:
        """Index the objects of clusters by their ids."""
        secrets: dict[tuple[str, str, str], Secret] = {}
        config_maps: dict[tuple[str, str], ConfigMap] = {}
        for cluster, objects in clusters:
            secrets |= {(cluster, s.meta.namespace, s.meta.name): s for s in objects.by_kind(Secret)}
            if cluster == DEFAULT_CLUSTER:
                config_maps = {(m.meta.namespace, m.meta.name): m for m in objects.by_kind(ConfigMap)}
        return Credentials(secrets, config_maps, verify)

    def certificate(self, clusters: Iterable[str], namespace: str, name: str) -> Certificate | None:
        """The certificate in a Secret of the first of some clusters that has one."""
        made = (self._certificate(cluster, namespace, name) for cluster in clusters)
        return next((certificate for certificate in made if certificate is not None), None)

    def roots(self, clusters: Iterable[str], namespace: str, name: str) -> TrustedRoots | None:
        """The roots in a Secret of that name, or of the name without the suffix; in the first cluster that has some."""
        made = (self._roots_of_secret(cluster, namespace, name) for cluster in clusters)
        return next((roots for roots in made if roots is not None), None)

    def config_map_roots(self, namespace: str, name: str) -> TrustedRoots | None:
        """The roots in a ConfigMap; the suffix of the name is no part of the ConfigMap's."""
        found = self.config_maps.get((namespace, name.removesuffix(ROOTS_SUFFIX)))
        if found is None:
            return None
        return self._roots({key: text.encode() for key, text in found.data.items()}, found.origin)

    def _certificate(self, cluster: str, namespace: str, name: str) -> Certificate | None:
        secret = self.secrets.get((cluster, namespace, name))
        if secret is None:
            return None
        data = stored(secret)
        for chain, key, staple in (("cert", "key", None), ("tls.crt", "tls.key", "tls.ocsp-staple")):
            if data.get(chain) and data.get(key):
                if self.verify and not is_certificate(data[chain]):
                    return None
                return Certificate(data[chain], data[key], data.get(staple) if staple else None, secret.origin)
        return None

    def _roots_of_secret(self, cluster: str, namespace: str, name: str) -> TrustedRoots | None:
        for candidate in (name, name.removesuffix(ROOTS_SUFFIX)):
            secret = self.secrets.get((cluster, namespace, candidate))
            if secret is not None:
                return self._roots(stored(secret), secret.origin)
        return None

    def _roots(self, data: Data, origin: Origin) -> TrustedRoots | None:
        for roots, revoked in (("cacert", "crl"), ("ca.crt", "ca.crl")):
            if data.get(roots):
                if self.verify and not is_certificate(data[roots]):
                    return None
                return TrustedRoots(data[roots], data.get(revoked), origin)
        return None


def stored(secret: Secret) -> Data:
    """The data of a Secret as the API server keeps it: `stringData` over `data`."""
    return {**secret.data, **{key: text.encode() for key, text in secret.string_data.items()}}


def is_certificate(pem: bytes) -> bool:
    """The first block of a PEM text holds an X.509 certificate; whether it has expired is not asked."""
    from cryptography import x509  # costs more than all the rest of a small compilation

    for der in _blocks(pem):
        try:
            x509.load_der_x509_certificate(der)
        except ValueError:
            return False
        return True
    return False


def _blocks(pem: bytes) -> Iterator[bytes]:
    for block in _PEM.finditer(pem):
        try:
            yield base64.b64decode(b"".join(block[2].split()), validate=True)
        except binascii.Error:
            continue
