"""What must hold of every mesh: compiled twice, from documents in two orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from meshc.compile import Compiler
from meshc.envoy.config import ProxyConfig, Resource
from meshc.envoy.references import BOOTSTRAP_CLUSTERS, references
from meshc.envoy.validate import violations
from meshc.findings import Severity, Sink
from meshc.model.build import build
from meshc.model.settings import Settings
from meshc.resources.check import check_objects
from meshc.resources.check.place import Places
from meshc.resources.features import Features
from meshc.resources.load import load
from meshc.scope.scope import ProxyScope
from meshc.settings import ProxyRequest
from meshc.source import Document, documents_of_text
from tests.properties.values import BASE, PROXIES

Manifest = dict[str, Any]

BASE_DOCUMENTS: tuple[Manifest, ...] = tuple(yaml.safe_load_all(BASE))


def accepted(objects: Iterable[Manifest]) -> list[Manifest]:
    """The objects that istiod's admission would take, the first of each name."""
    kept: dict[tuple[str, str, str], Manifest] = {}
    for thing in objects:
        sink = Sink()
        documents = _documents([thing], sink)
        check_objects(load(documents, sink), Features(), Places(documents, sink))
        if sink.worst() is not Severity.ERROR:
            metadata = thing["metadata"]
            kept.setdefault((thing["kind"], metadata["namespace"], metadata["name"]), thing)
    return list(kept.values())


def prove(objects: Sequence[Manifest]) -> None:
    """Compile a mesh with these objects in it, and hold the result against what must be so."""
    everything = [*BASE_DOCUMENTS, *objects]
    compiler, again = compiler_of(everything), compiler_of(everything[::-1])
    for name in PROXIES:
        request = ProxyRequest(name=name)
        config = compiler.compile(compiler.find(request))
        moved = again.compile(again.find(request))
        assert _wires(config) == _wires(moved), "the order of documents does not matter"
        assert _repeated(config) == []
        assert _broken_rules(config) == []
        assert [f"{kind} {r.name}" for kind, r in config if r.origin is None] == []
        assert _dangling(compiler.scope(compiler.find(request)), config) == []


def compiler_of(objects: Sequence[Manifest]) -> Compiler:
    """The compiler of a mesh of manifests."""
    sink = Sink()
    loaded = load(_documents(objects, sink), sink)
    return Compiler(loaded, build(loaded, Settings(), sink), sink)


def _documents(objects: Sequence[Manifest], sink: Sink) -> list[Document]:
    text = yaml.dump_all(objects, Dumper=yaml.CSafeDumper, sort_keys=False)
    return documents_of_text(text, "in.yaml", sink)


def _wires(config: ProxyConfig) -> list[tuple[str, str, bytes]]:
    return [(kind, resource.name, resource.wire) for kind, resource in config]


def _repeated(config: ProxyConfig) -> list[str]:
    """Resources of one name. A port bound for both directions is what istiod leaves to Envoy to refuse."""
    counted = Counter(f"{kind} {r.name} {_direction(r)}".strip() for kind, r in config)
    return [name for name, times in counted.items() if times > 1]


def _direction(resource: Resource) -> str:
    return str(getattr(resource.message, "traffic_direction", ""))


def _broken_rules(config: ProxyConfig) -> list[str]:
    return [f"{kind} {r.name}: {broken}" for kind, r in config for broken in violations(r.message)]


def _dangling(scope: ProxyScope, config: ProxyConfig) -> list[str]:
    """Names that nobody answers to, but for those that istiod leaves so too."""
    known = {
        "cluster": {*BOOTSTRAP_CLUSTERS, *(r.name for r in config.clusters)},
        "endpoints": {r.name for r in config.endpoints},
        "route": {r.name for r in config.routes},
    }
    return [
        str(reference)
        for reference in references(config)
        if reference.target in known
        and reference.name not in known[reference.target]
        and not (reference.target == "cluster" and _is_left(scope, reference.name))
    ]


def _is_left(scope: ProxyScope, cluster: str) -> bool:
    """Routes may name a host, port or subset that the proxy does not see, or a DNS service without endpoints."""
    _, port, subset, host = cluster.split("|")
    service = scope.sidecar.by_host.get(host)
    if service is None or service.port(int(port)) is None or service.resolution.is_dns:
        return True
    rule = scope.destination_rule(service)
    return bool(subset) and (rule is None or rule.subset(subset) is None)
