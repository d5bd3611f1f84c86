"""Secrets: the listeners and clusters of a proxy in, what istiod serves of the secrets they refer to out (SDS).

Source: spec gateways 8.5, tooling 28.2. What does not exist, or what the proxy may not have, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshc.findings import Origin
from meshc.ir.cluster import Cluster
from meshc.ir.duration import SECOND
from meshc.ir.listener import AnyListener, Listener
from meshc.ir.node import value
from meshc.ir.secret import PrivateKeyProvider, Secret, ServedCertificate, ServedRoots
from meshc.ir.tls import SecretReference, SecretSource
from meshc.lower.tls.credentials import CONFIG_MAP, GATEWAY_SECRET, KUBERNETES_SECRET, credential
from meshc.model.api import Gateway, ServerTLSSettings
from meshc.model.api import PrivateKeyProvider as ProviderSettings
from meshc.model.credentials import ROOTS_SUFFIX, Certificate, TrustedRoots
from meshc.model.gateways import servers
from meshc.model.mesh import Mesh
from meshc.model.names import DEFAULT_CLUSTER
from meshc.model.shared import shared
from meshc.scope.gateways import applying_gateways
from meshc.scope.proxy import Proxy, ProxyKind
from meshc.scope.scope import ProxyScope


@value
class SecretClient:
    """What of a proxy decides about the secrets it gets: where it runs, and who holds its private keys."""

    namespace: str
    cluster: str
    provider: PrivateKeyProvider | None


def secrets(scope: ProxyScope, listeners: tuple[AnyListener, ...], clusters: tuple[Cluster, ...]) -> tuple[Secret, ...]:
    """The secrets of a proxy, each once, in the order in which its listeners and clusters name them."""
    mesh = scope.mesh
    of_listeners = (name for listener in listeners for name in _of_listener(mesh, listener.template))
    of_clusters = (name for cluster in clusters for name in _of_cluster(mesh, cluster))
    names = dict.fromkeys((*of_listeners, *of_clusters))
    if not names:
        return ()
    client, verified = secret_client(scope.proxy), verified_names(scope)
    found = (secret(mesh, name, client, name in verified) for name in names)
    return tuple(one for one in found if one is not None)


def secret_client(proxy: Proxy) -> SecretClient:
    """The facts of one proxy."""
    return SecretClient(
        namespace=proxy.namespace, cluster=proxy.cluster_id, provider=_provider(proxy.config.private_key_provider)
    )


@shared
def _of_listener(mesh: Mesh, listener: Listener) -> tuple[str, ...]:
    return tuple(_names(reference for _, reference in references_of_listener(listener)))


def references_of_listener(listener: AnyListener) -> Iterator[tuple[Origin, SecretReference]]:
    """Every secret of a listener, with the place that asks for it."""
    for chain in listener.chains:
        if chain.tls is not None:
            yield from ((chain.origin, certificate) for certificate in chain.tls.certificates)
            if chain.tls.validation is not None and chain.tls.validation.roots is not None:
                yield chain.origin, chain.tls.validation.roots


@shared
def _of_cluster(mesh: Mesh, cluster: Cluster) -> tuple[str, ...]:
    return tuple(_names(references_of_cluster(cluster)))


def references_of_cluster(cluster: Cluster) -> Iterator[SecretReference]:
    """Every secret of a cluster."""
    tls = cluster.transport.tls if cluster.transport is not None else None
    if tls is None:
        return
    if tls.certificate is not None:
        yield tls.certificate
    if tls.validation is not None and tls.validation.roots is not None:
        yield tls.validation.roots


def _names(references: Iterable[SecretReference]) -> Iterator[str]:
    return (reference.name for reference in references if served(reference))


def served(reference: SecretReference) -> bool:
    """It is istiod that the proxy asks for the secret."""
    return reference.source is SecretSource.CONTROL_PLANE


def verified_names(scope: ProxyScope) -> frozenset[str]:
    """Credentials of servers that a gateway may have because Gateway, Secret and proxy share a namespace."""
    if scope.proxy.kind is not ProxyKind.ROUTER:
        return frozenset()
    bound = applying_gateways(scope.mesh, scope.proxy, scope.targets)
    own = tuple(gateway for gateway in bound if gateway.meta.namespace == scope.proxy.namespace)
    return _verified(scope.mesh, own, scope.proxy.namespace)


@shared
def _verified(mesh: Mesh, gateways: tuple[Gateway, ...], namespace: str) -> frozenset[str]:
    settings = (server.tls for gateway in gateways for server in servers(mesh, gateway))
    names = (name for tls in settings if tls is not None for name in _credential_names(tls))
    return frozenset(name for name in names if _place(name, namespace)[0] == namespace)


def _credential_names(tls: ServerTLSSettings) -> Iterator[str]:
    """The secrets of a server; their roots belong to them only where clients must have a certificate."""
    for written in tls.credential_names or ((tls.credential_name,) if tls.credential_name else ()):
        name = credential(written, credential_socket=False).name
        yield name
        if tls.mode == "MUTUAL":
            yield name + ROOTS_SUFFIX


@shared
def secret(mesh: Mesh, name: str, client: SecretClient, verified: bool) -> Secret | None:
    """A secret by its name; None if there is none, or none for this client."""
    namespace, plain = _place(name, client.namespace)
    credentials = mesh.credentials
    if name.startswith(CONFIG_MAP):
        return _secret(name, credentials.config_map_roots(namespace, plain), client)
    if name.startswith(GATEWAY_SECRET):
        where, allowed = [DEFAULT_CLUSTER], verified
    else:
        where = [client.cluster, DEFAULT_CLUSTER]
        allowed = name.startswith(KUBERNETES_SECRET) and namespace == client.namespace
    if not allowed:
        return None
    find = credentials.roots if plain.endswith(ROOTS_SUFFIX) else credentials.certificate
    return _secret(name, find(where, namespace, plain), client)


def _place(name: str, namespace: str) -> tuple[str, str]:
    """Namespace and name of a secret; of names without a namespace only `kubernetes://` ones mean the proxy's."""
    owner, slash, plain = name.partition("://")[2].partition("/")
    if slash:
        return owner, plain
    return namespace if name.startswith(KUBERNETES_SECRET) else "", owner


def _secret(name: str, found: Certificate | TrustedRoots | None, client: SecretClient) -> Secret | None:
    if found is None:
        return None
    content: ServedCertificate | ServedRoots
    if isinstance(found, TrustedRoots):
        content = ServedRoots(roots=found.roots, revoked=found.revoked)
    else:
        content = ServedCertificate(
            chain=found.chain, key=found.key, ocsp_staple=found.ocsp_staple, provider=client.provider
        )
    return Secret(name=name, origin=found.origin, content=content)


def _provider(settings: ProviderSettings | None) -> PrivateKeyProvider | None:
    """The provider of a ProxyConfig. Of its delay istiod passes on only what is below a second."""
    if settings is None:
        return None
    for name, found in (("cryptomb", settings.cryptomb), ("qat", settings.qat)):
        if found is not None:
            delay = found.poll_delay % SECOND if found.poll_delay is not None else 0
            return PrivateKeyProvider(name=name, poll_delay=delay, fallback=bool(found.fallback))
    return None
