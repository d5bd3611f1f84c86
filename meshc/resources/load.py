"""Loading: documents in, the objects of the kinds that meshc reads out, each once, and the other kinds counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.resources import apps, core, discovery, extensions, networking, security, telemetry
from meshc.resources.decode import decode_part
from meshc.resources.decoding import Decoding, Dialect, near_miss
from meshc.resources.message import CLUSTER_SCOPED, RESOURCES, VERSIONS, Object
from meshc.resources.metadata import DEFAULT_NAMESPACE, decode_metadata
from meshc.source import Document, Map

APIS = (core, discovery, apps, networking, security, telemetry, extensions)
"""The modules whose import fills `RESOURCES`."""

_UNTRANSLATED_GROUPS = ("gateway.networking.k8s.io", "gateway.networking.x-k8s.io")
_UNTRANSLATED_KINDS = frozenset({("networking.k8s.io", "Ingress")})
"""What istiod makes configuration of, and meshc does not read."""

_SLIP = 0.85
"""Similarity from which on an API group is a misspelled one of Istio and not somebody else's."""

R = TypeVar("R", bound=Object)

_Identity = tuple[str, str, str, str]
"""(API group, kind, namespace, name)."""


@frozen
class Objects:
    """The objects of an input. `foreign` counts, by `group/Kind`, what meshc does not read."""

    _by_kind: Mapping[type[Object], tuple[Object, ...]]
    foreign: Mapping[str, int]

    def by_kind(self, cls: type[R]) -> tuple[R, ...]:
        """The objects of a class, by namespace and name."""
        return cast("tuple[R, ...]", self._by_kind.get(cls, ()))

    def where(self, test: Callable[[Object], bool]) -> Objects:
        """The objects that pass a test."""
        return Objects({cls: tuple(filter(test, found)) for cls, found in self._by_kind.items()}, self.foreign)

    def __iter__(self) -> Iterator[Object]:
        for objects in self._by_kind.values():
            yield from objects

    def __len__(self) -> int:
        return sum(map(len, self._by_kind.values()))


def load(documents: Iterable[Document], sink: Sink) -> Objects:
    """Decode every document. What is wrong with one becomes findings and leaves it out, the others are loaded.

    Of two documents with the same identity the first one counts, by file name and place in the file, so that the order
    in which files are named does not matter.
    """
    loader = _Loader(sink)
    for document in sorted(documents, key=lambda document: (document.file, document.index)):
        loader.add(document)
    return loader.objects()


@dataclass(slots=True)
class _Loader:
    sink: Sink
    loaded: dict[_Identity, tuple[Object, Document]] = field(default_factory=dict)
    foreign: Counter[str] = field(default_factory=Counter)

    def add(self, document: Document) -> None:
        """Decode a document if it is of a known kind, and keep its object if it is the first with that identity."""
        root = document.root
        version, kind = root.get("apiVersion"), root.get("kind")
        if not (isinstance(version, str) and isinstance(kind, str) and version and kind and version.count("/") <= 1):
            missing = "apiVersion" if not isinstance(version, str) else "kind" if not isinstance(kind, str) else ""
            sentence = f"no {missing}" if missing else "apiVersion and kind name no API"
            self.sink.add("MC0211", Origin(location=document.location()), f"not a Kubernetes object: {sentence}")
            return
        group, _, release = version.rpartition("/")
        cls = RESOURCES.get((group, kind))
        if cls is None:
            self._foreign(group, kind, document)
        elif release not in VERSIONS[group, kind]:
            self._unserved(group, kind, release, document)
        else:
            made = decode_object(cls, group, document, self.sink)
            if made is not None:
                self._keep((group, kind, made.meta.namespace, made.meta.name), made, document)

    def objects(self) -> Objects:
        """What was kept, and in one finding what was not."""
        if self.foreign:
            counted = ", ".join(f"{count} {name}" for name, count in sorted(self.foreign.items()))
            self.sink.add("MC0212", Origin(), f"objects of kinds that meshc does not read: {counted}")
        by_kind: dict[type[Object], list[Object]] = {}
        for identity in sorted(self.loaded):
            made, _ = self.loaded[identity]
            by_kind.setdefault(type(made), []).append(made)
        return Objects({cls: tuple(made) for cls, made in by_kind.items()}, dict(sorted(self.foreign.items())))

    def _keep(self, identity: _Identity, made: Object, document: Document) -> None:
        first = self.loaded.setdefault(identity, (made, document))
        if first[0] is made:
            return
        place = first[1].location()
        if first[1].root == document.root:
            self.sink.add("MC0210", made.origin, f"the same object stands at {place} already")
        else:
            self.sink.add("MC0209", made.origin, f"another object of this name stands at {place} and counts")

    def _foreign(self, group: str, kind: str, document: Document) -> None:
        """Count a kind that meshc does not read; one of an Istio API, or nearly so, is a slip of the pen."""
        groups = sorted({known for known, name in RESOURCES if known.endswith("istio.io") and name == kind})
        kinds = sorted(name for known, name in RESOURCES if known == group and group.endswith("istio.io"))
        hint = near_miss(kind, kinds) or near_miss(group, groups, _SLIP)
        if hint:
            at = Origin(kind, location=document.location())
            self.sink.add("MC0213", at, f"there is no kind {kind} in the API group {group!r}", hint)
        elif group in _UNTRANSLATED_GROUPS or (group, kind) in _UNTRANSLATED_KINDS:
            self.sink.add("MC0214", _raw_origin(kind, True, document), f"no configuration is made of {group}/{kind}")
        else:
            self.foreign[f"{group}/{kind}" if group else kind] += 1

    def _unserved(self, group: str, kind: str, release: str, document: Document) -> None:
        served = ", ".join(VERSIONS[group, kind])
        sentence = f"version {release} of {kind} is not served; {group or 'the core API'} serves {served}"
        self.sink.add("MC0208", _raw_origin(kind, (group, kind) not in CLUSTER_SCOPED, document), sentence)


def decode_object(cls: type[R], group: str, document: Document, sink: Sink) -> R | None:
    """The object of a document; None if something was wrong with it."""
    root = document.root
    namespaced = (group, root["kind"]) not in CLUSTER_SCOPED
    origin = _raw_origin(root["kind"], namespaced, document)
    strict = Decoding(document.file, sink, origin, Dialect.KUBERNETES)
    meta = decode_metadata(root, namespaced, strict)
    dialect = Dialect.ISTIO if group.endswith("istio.io") else Dialect.KUBERNETES
    decoding = Decoding(document.file, sink, origin, dialect)
    made = decode_part(cls, root, decoding, meta=meta)
    return None if strict.failed or decoding.failed else made


def _raw_origin(kind: str, namespaced: bool, document: Document) -> Origin:
    """The object as it names itself, before anything about it was checked."""
    metadata = document.root.get("metadata")
    known = metadata if isinstance(metadata, Map) else {}
    name, namespace = known.get("name"), known.get("namespace")
    shown_namespace = namespace if isinstance(namespace, str) and namespace else DEFAULT_NAMESPACE
    return Origin(
        kind,
        shown_namespace if namespaced else "",
        name if isinstance(name, str) else "",
        location=document.location(),
    )
