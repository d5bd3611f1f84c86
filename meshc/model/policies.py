"""Security policies: resources in; out the mTLS mode, and the policies that apply, by namespace and labels."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.model.attachment import attached
from meshc.model.label_index import selects
from meshc.model.node import node
from meshc.model.order import by_namespace
from meshc.resources.security import (
    AuthorizationPolicy,
    MutualTLS,
    PeerAuthentication,
    PeerAuthenticationSpec,
    RequestAuthentication,
)


class MtlsMode(enum.Enum):
    """What a workload accepts: plaintext, both, or mutual TLS alone."""

    DISABLE = "DISABLE"
    PERMISSIVE = "PERMISSIVE"
    STRICT = "STRICT"


@node
class PeerPolicy:
    """mTLS of a workload: `mode`, and the modes of single ports, which are ports of the workload and not of a service.

    `origin` is the policy that decided; a built-in one if none did.
    """

    mode: MtlsMode
    ports: Mapping[int, MtlsMode]
    origin: Origin

    def at(self, port: int) -> MtlsMode:
        """The mode of a port of the workload."""
        return self.ports.get(port, self.mode)


@frozen
class NamespacePeers:
    """PeerAuthentication of a namespace: what holds for all its workloads, and the policies of some, oldest first."""

    default: PeerPolicy
    selective: tuple[tuple[Mapping[str, str], PeerPolicy], ...] = ()


@frozen
class Policies:
    """The security policies of the mesh; authorization and request authentication by namespace, oldest first."""

    peers: Mapping[str, NamespacePeers]
    mesh_peer: PeerPolicy
    authorizations: Mapping[str, tuple[AuthorizationPolicy, ...]]
    request_authentications: Mapping[str, tuple[RequestAuthentication, ...]]
    root_namespace: str
    selectors_on_gateways: bool

    @staticmethod
    def build(
        peers: Iterable[PeerAuthentication],
        authorizations: Iterable[AuthorizationPolicy],
        request_authentications: Iterable[RequestAuthentication],
        root_namespace: str,
        selectors_on_gateways: bool,
        sink: Sink,
    ) -> Policies:
        """Index the policies. `selectors_on_gateways` is istiod's ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY."""
        sorted_peers = by_namespace(peers)
        of_root = sorted_peers.pop(root_namespace, ())
        mesh_peer = _default(of_root, _PERMISSIVE, sink)
        _report_selectors(of_root, sink)
        return Policies(
            peers={ns: _namespace_peers(policies, mesh_peer, sink) for ns, policies in sorted_peers.items()},
            mesh_peer=mesh_peer,
            authorizations=by_namespace(authorizations),
            request_authentications=by_namespace(request_authentications),
            root_namespace=root_namespace,
            selectors_on_gateways=selectors_on_gateways,
        )

    def peer(self, namespace: str, labels: Mapping[str, str]) -> PeerPolicy:
        """What a workload accepts (spec: inbound 17). The same policies give the same object."""
        peers = self.peers.get(namespace)
        if peers is None:
            return self.mesh_peer
        return next((policy for selector, policy in peers.selective if selects(selector, labels)), peers.default)

    def namespace_mode(self, namespace: str) -> MtlsMode:
        """What clients expect of the services of a namespace (spec: inbound 18); single workloads do not count."""
        peers = self.peers.get(namespace)
        return self.mesh_peer.mode if peers is None else peers.default.mode

    def authorization(
        self, namespace: str, labels: Mapping[str, str], gateway_name: str | None, service_namespace: str = ""
    ) -> tuple[AuthorizationPolicy, ...]:
        """The AuthorizationPolicies of a workload: of the root namespace, then of its own (spec: inbound 16).

        `service_namespace` is that of a service which the workload calls, where those of its namespace count as well.
        """
        namespaces = dict.fromkeys((self.root_namespace, namespace, service_namespace))
        candidates = tuple(policy for name in namespaces for policy in self.authorizations.get(name, ()))
        return attached(candidates, namespace, labels, gateway_name, self.selectors_on_gateways)

    def request_authentication(
        self, namespace: str, labels: Mapping[str, str], gateway_name: str | None
    ) -> tuple[RequestAuthentication, ...]:
        """The RequestAuthentications of a workload: of its own namespace, then of the root (spec: inbound 16)."""
        candidates = self.request_authentications.get(namespace, ())
        if namespace != self.root_namespace:
            candidates = (*candidates, *self.request_authentications.get(self.root_namespace, ()))
        return attached(candidates, namespace, labels, gateway_name, self.selectors_on_gateways)


_PERMISSIVE = PeerPolicy(MtlsMode.PERMISSIVE, {}, Origin())


def _mode(mtls: MutualTLS | None, inherited: MtlsMode) -> MtlsMode:
    """The mode set, or the inherited one."""
    return inherited if mtls is None or mtls.mode == "UNSET" else MtlsMode(mtls.mode)


def _selector(spec: PeerAuthenticationSpec) -> Mapping[str, str]:
    return spec.selector.match_labels if spec.selector is not None else {}


def _default(policies: tuple[PeerAuthentication, ...], inherited: PeerPolicy, sink: Sink) -> PeerPolicy:
    """What the oldest policy without a selector makes of the inherited one; ports do not count in it."""
    wide = [policy for policy in policies if not _selector(policy.spec)]
    for policy in wide:
        if policy.spec.port_level_mtls:
            sink.add("MC0523", policy.origin, "portLevelMtls has no effect in a policy without a selector")
    for ignored in wide[1:]:
        text = f"PeerAuthentication {wide[0].meta.name} is older and already holds for all of {wide[0].meta.namespace}"
        sink.add("MC0520", ignored.origin, f"{text}; this one is ignored")
    if not wide or wide[0].spec.mtls is None or wide[0].spec.mtls.mode == "UNSET":
        return inherited
    return PeerPolicy(_mode(wide[0].spec.mtls, inherited.mode), {}, wide[0].origin)


def _namespace_peers(policies: tuple[PeerAuthentication, ...], mesh_peer: PeerPolicy, sink: Sink) -> NamespacePeers:
    default = _default(policies, mesh_peer, sink)
    selective = ((_selector(policy.spec), _selective(policy, default)) for policy in policies)
    return NamespacePeers(default, tuple((selector, policy) for selector, policy in selective if selector))


def _selective(policy: PeerAuthentication, default: PeerPolicy) -> PeerPolicy:
    """A policy of some workloads: what it leaves open, ports included, is as for the namespace."""
    mode = _mode(policy.spec.mtls, default.mode)
    levels = policy.spec.port_level_mtls.items()
    ports = {int(port): _mode(mtls, mode) for port, mtls in levels if port.isascii() and port.isdigit()}
    return PeerPolicy(mode, ports, policy.origin)


def _report_selectors(policies: tuple[PeerAuthentication, ...], sink: Sink) -> None:
    """Say that the root namespace has no policies of single workloads."""
    for policy in policies:
        if _selector(policy.spec):
            sink.add("MC0521", policy.origin, "a PeerAuthentication with a selector is ignored in the root namespace")
