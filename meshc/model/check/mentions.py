"""Namespaces that objects mention and that nothing of the input is in."""

from __future__ import annotations

from collections.abc import Iterator

from meshc.model.mesh import Mesh
from meshc.resources.check.place import Place, Places
from meshc.resources.core import Namespace
from meshc.resources.load import Objects
from meshc.resources.networking import DestinationRule, Gateway, ServiceEntry, Sidecar, VirtualService
from meshc.resources.security import AuthorizationPolicy

_SPECIAL = frozenset(("", ".", "*", "~"))
_ALWAYS = ("default", "kube-system", "kube-public", "kube-node-lease")


def lint_namespaces(mesh: Mesh, objects: Objects, places: Places) -> None:
    """Follow every mention of a namespace."""
    known = {*_ALWAYS, mesh.config.root_namespace}
    known.update(thing.meta.namespace for thing in objects)
    known.update(namespace.meta.name for namespace in objects.by_kind(Namespace))
    for place, name in _mentions(objects, places):
        if not _exists(name, known):
            place.tell("MC0557", f"nothing of the input is in namespace {name}")


def _exists(name: str, known: set[str]) -> bool:
    """A namespace by name or, in policies, by its beginning or end."""
    if name in _SPECIAL or name in known:
        return True
    if name.startswith("*"):
        return any(namespace.endswith(name[1:]) for namespace in known)
    return name.endswith("*") and any(namespace.startswith(name[:-1]) for namespace in known)


def _mentions(objects: Objects, places: Places) -> Iterator[tuple[Place, str]]:
    for cls in (VirtualService, DestinationRule, ServiceEntry):
        for thing in objects.by_kind(cls):
            yield from (places.of(thing) / "spec").each("exportTo", thing.spec.export_to)  # type: ignore[attr-defined]
    for sidecar in objects.by_kind(Sidecar):
        for at, listener in (places.of(sidecar) / "spec").each("egress", sidecar.spec.egress):
            for place, host in at.each("hosts", listener.hosts):
                yield place, host.partition("/")[0]
    for gateway in objects.by_kind(Gateway):
        for at, server in (places.of(gateway) / "spec").each("servers", gateway.spec.servers):
            for place, host in at.each("hosts", server.hosts):
                yield place, host.rpartition("/")[0]
    for policy in objects.by_kind(AuthorizationPolicy):
        yield from _in_policy(policy, places.of(policy) / "spec")


def _in_policy(policy: AuthorizationPolicy, at: Place) -> Iterator[tuple[Place, str]]:
    for rule_at, rule in at.each("rules", policy.spec.rules):
        for source_at, item in rule_at.each("from", rule.from_):
            if item.source is not None:
                place = source_at / "source"
                yield from place.each("namespaces", item.source.namespaces)
                yield from place.each("notNamespaces", item.source.not_namespaces)
