"""Lint: inputs in, everything that meshc has to say about them out. Runs the checks of all stages, decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from meshc.compile import Loaded, load_inputs, nothing_there
from meshc.envoy.patch_values import patch_value_faults
from meshc.findings import CATALOG, Finding, Origin, Severity, Sink
from meshc.findings.suppress import ANNOTATION, Identity, Outcome, Suppression, codes_of, suppress
from meshc.lower.checks import check_mesh, check_proxy
from meshc.lower.passes import lower
from meshc.model.build import build
from meshc.model.check.lint import lint_mesh
from meshc.model.mesh import Mesh
from meshc.resources.check import check_objects
from meshc.resources.check.mesh_config import check_mesh_config, check_mesh_networks
from meshc.resources.check.place import Place, Places
from meshc.resources.decode import decode_value
from meshc.resources.load import Objects
from meshc.resources.mesh_config import MeshConfig
from meshc.resources.message import Message, message
from meshc.resources.metadata import DEFAULT_NAMESPACE
from meshc.resources.networking import EnvoyFilter
from meshc.scope.discovery import proxies
from meshc.scope.scope import build_scope
from meshc.settings import Inputs, settings_document
from meshc.source import Document, Map, UnreadableError, locate, read

REPEATS: Mapping[str, frozenset[str]] = {
    "MC0523": frozenset(("MC0424",)),
    "MC0527": frozenset(("MC0404",)),
    "MC0554": frozenset(("MC0670", "MC0671", "MC0675")),
    "MC0575": frozenset(("MC0413",)),
    "MC0601": frozenset(("MC0462", "MC0463")),
    "MC0612": frozenset(("MC0413",)),
    "MC0613": frozenset(("MC0413",)),
    "MC0620": frozenset(("MC0413", "MC0455")),
    "MC0621": frozenset(("MC0424", "MC0451")),
    "MC0624": frozenset(("MC0412",)),
    "MC0635": frozenset(("MC0456",)),
    "MC0638": frozenset(("MC0410",)),
    "MC0641": frozenset(("MC0412", "MC0462", "MC0463")),
    "MC0651": frozenset(("MC0416",)),
    "MC0652": frozenset(("MC0402", "MC0410", "MC0430")),
    "MC0654": frozenset(("MC0454",)),
    "MC0678": frozenset(("MC0465",)),
}
"""A code -> codes of which one says as much or more, if it is about the same field, a part or a whole of it."""


@message
class _Rule(Message):
    """An item of a suppression file; `reason` is for its readers."""

    code: str
    object: str = "*"
    reason: str = ""


@message
class _Suppressions(Message):
    suppress: tuple[_Rule, ...] = ()


def lint(inputs: Inputs, suppressions: Path | None = None, *, per_proxy: bool = True) -> Outcome:
    """All findings about an input: of loading, of single objects, of the mesh and, if `per_proxy`, of each proxy.

    Raises `CannotLoadError` if nothing is readable, `NothingToCompileError` if there is neither an object nor an error.
    """
    sink = Sink()
    loaded = load_inputs(inputs, sink)
    if not loaded.objects and sink.worst() is not Severity.ERROR:
        raise nothing_there(inputs, sink)
    rules = _read_suppressions(suppressions, sink)
    mesh = build(loaded.objects, loaded.settings, sink)
    places = Places(loaded.documents, sink)
    check_objects(loaded.objects, mesh.features, places)
    _check_patches(loaded.objects, places)
    _check_settings(inputs, loaded, mesh, sink)
    lint_mesh(mesh, loaded.objects, places)
    check_mesh(mesh, sink)
    for proxy in proxies(mesh, sink) if per_proxy else ():
        scope = build_scope(mesh, proxy)
        check_proxy(scope, lower(scope), sink)
    return _outcome(sink, rules, loaded.documents)


def _check_patches(objects: Objects, places: Places) -> None:
    """The values of EnvoyFilter patches against Envoy's own messages."""
    for resource in objects.by_kind(EnvoyFilter):
        for entry, item in (places.of(resource) / "spec").each("configPatches", resource.spec.config_patches):
            for_waypoint = item.match is not None and item.match.context == "WAYPOINT"
            if for_waypoint or item.patch is None or item.patch.value is None or item.apply_to == "INVALID":
                continue
            at = entry / "patch" / "value"
            if not isinstance(item.patch.value, Map):
                at.tell("MC0432", "the value is no mapping")
                continue
            faults = patch_value_faults(item.apply_to, item.patch.value)
            at.judge("MC0432", faults.error)
            for doubt in faults.doubts:
                at.tell("MC0477", doubt)


def _check_settings(inputs: Inputs, loaded: Loaded, mesh: Mesh, sink: Sink) -> None:
    """Mesh config and networks as they are in force, at the places of what was given."""
    document = settings_document(inputs, loaded.objects, "mesh")
    check_mesh_config(_as_listed(mesh.config, document), _settings_place("MeshConfig", document, sink))
    networks = _settings_place("MeshNetworks", settings_document(inputs, loaded.objects, "meshNetworks"), sink)
    check_mesh_networks(mesh.networks, networks, mesh.features.resolve_hostname_gateways)


def _as_listed(config: MeshConfig, document: Document | None) -> MeshConfig:
    """The mesh config in force, with those lists as they were given that istiod's defaults are mixed into."""
    given = decode_value(MeshConfig, document.root, document.file, Sink()) if document is not None else None
    if given is None:
        return config
    return replace(
        config, extension_providers=given.extension_providers, trust_domain_aliases=given.trust_domain_aliases
    )


def _settings_place(kind: str, document: Document | None, sink: Sink) -> Place:
    if document is None:
        return Place(Origin(kind), Map(), "", sink)
    return Place(Origin(kind, location=document.location()), document.root, document.file, sink)


# Suppressions


def _read_suppressions(file: Path | None, sink: Sink) -> tuple[Suppression, ...]:
    if file is None:
        return ()
    made: list[Suppression] = []
    try:
        documents = read([str(file)], sink)
    except UnreadableError:
        return ()
    for document in documents:
        decoded = decode_value(_Suppressions, document.root, document.file, sink, "Suppressions")
        for index, item in enumerate(decoded.suppress if decoded is not None else ()):
            origin = Origin("Suppressions", "", "", f"suppress[{index}]", locate(document.file, item.at))
            made.append(Suppression(item.code, item.object, origin))
    for rule in made:
        if not rule.names_a_code():
            sink.add("MC0290", rule.origin, f"there is no code {rule.code}")
    return tuple(made)


@dataclass(slots=True)
class _Annotated:
    """The codes that objects name in their annotation, also objects that could not be decoded."""

    codes: dict[Identity, frozenset[str]] = field(default_factory=dict)

    def add(self, document: Document, sink: Sink) -> None:
        """Note the annotation of a document, and say which of its codes do not exist."""
        root = document.root
        metadata = root.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, Map) else None
        text = annotations.get(ANNOTATION) if isinstance(annotations, Map) else None
        if not isinstance(text, str) or not isinstance(metadata, Map) or not isinstance(annotations, Map):
            return
        kind, name = str(root.get("kind")), str(metadata.get("name"))
        namespace = str(metadata.get("namespace") or DEFAULT_NAMESPACE)
        codes = codes_of(text)
        self.codes[kind, namespace, name] = self.codes[kind, "", name] = codes
        for code in sorted(codes - CATALOG.keys()):
            place = document.location(annotations.marks[ANNOTATION])
            origin = Origin(kind, namespace, name, f"metadata.annotations[{ANNOTATION}]", place)
            sink.add("MC0290", origin, f"there is no code {code}")


def _outcome(sink: Sink, rules: tuple[Suppression, ...], documents: Iterable[Document]) -> Outcome:
    """The findings without repetitions and without what is suppressed; rules that suppress nothing are findings too."""
    annotated = _Annotated()
    for document in documents:
        annotated.add(document, sink)
    outcome = suppress(_without_repetitions(sink), rules, annotated.codes)
    for rule in outcome.idle:
        if rule.names_a_code():
            sink.add("MC0291", rule.origin, f"there is no finding {rule.code} about {rule.object}")
    return suppress(_without_repetitions(sink), rules, annotated.codes) if outcome.idle else outcome


def _without_repetitions(sink: Sink) -> Iterator[Finding]:
    """The findings but for those that `REPEATS` says are in others."""
    findings = list(sink)
    telling = frozenset().union(*REPEATS.values())
    said: dict[Origin, list[tuple[str, str]]] = {}
    for finding in findings:
        if finding.code in telling:
            said.setdefault(_object(finding.origin), []).append((finding.code, finding.origin.field))
    for finding in findings:
        codes, about = REPEATS.get(finding.code, frozenset()), finding.origin
        if not any(code in codes and _overlap(field, about.field) for code, field in said.get(_object(about), ())):
            yield finding


def _object(origin: Origin) -> Origin:
    """The object alone, without field and place."""
    return Origin(origin.kind, origin.namespace, origin.name)


def _overlap(one: str, other: str) -> bool:
    """One field is the other, or a part of it."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))
