"""What istiod considers at all: the objects of a cluster in, those of discovered namespaces and its revision out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from meshc.findings import Sink
from meshc.model.label_selector import matches
from meshc.resources.core import Namespace
from meshc.resources.load import Objects
from meshc.resources.message import Object
from meshc.resources.selector import LabelSelector

REVISION_LABEL = "istio.io/rev"
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""Label that the API server gives every namespace."""

_ISTIO = ("networking.istio.io/", "security.istio.io/", "telemetry.istio.io/", "extensions.istio.io/")
_GATEWAY_API = ("gateway.networking.k8s.io/", "gateway.networking.x-k8s.io/")


def is_istio(thing: Object) -> bool:
    """An object of one of Istio's own kinds."""
    return thing.meta.api_version.startswith(_ISTIO)


def discovered(objects: Objects, selectors: Iterable[LabelSelector], revision: str, sink: Sink) -> Objects:
    """The objects without those of namespaces that no discovery selector selects, and of other revisions of Istio.

    `selectors` are the mesh's `discoverySelectors`, none of them selecting every namespace; `revision` is istiod's own,
    empty to take objects of every revision.
    """
    is_selected = _namespaces(objects, tuple(selectors))

    def considered(thing: Object) -> bool:
        namespace = thing.meta.name if isinstance(thing, Namespace) else thing.meta.namespace
        if namespace and not is_selected(namespace):
            if isinstance(thing, Namespace):
                sink.add("MC0578", thing.origin, "no discovery selector of the mesh selects it, so istiod ignores it")
            return False
        return _is_of_revision(thing, revision, sink)

    return objects.where(considered)


def _namespaces(objects: Objects, selectors: tuple[LabelSelector, ...]) -> Callable[[str], bool]:
    if not selectors:
        return lambda namespace: True
    declared = {n.meta.name: n.meta.labels for n in objects.by_kind(Namespace)}

    def is_selected(namespace: str) -> bool:
        labels = {NAMESPACE_LABEL: namespace, **declared.get(namespace, {})}
        return any(matches(selector, labels) for selector in selectors)

    return is_selected


def _is_of_revision(thing: Object, revision: str, sink: Sink) -> bool:
    wanted = thing.meta.labels.get(REVISION_LABEL)
    if not revision or wanted is None or not thing.meta.api_version.startswith((*_ISTIO, *_GATEWAY_API)):
        return True
    if wanted != revision:
        sink.add("MC0579", thing.origin, f"it is for revision {wanted}, this istiod is {revision}")
    return wanted == revision
