"""The compiler: inputs in, and for each proxy asked for its configuration out. Runs the stages in order, decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meshc.envoy.config import ProxyConfig
from meshc.envoy.emit import Emitter
from meshc.findings import Sink
from meshc.ir.proxy import ProxyIR
from meshc.lower import lower
from meshc.model.build import build
from meshc.model.mesh import Mesh
from meshc.model.settings import Settings
from meshc.resources.load import Objects, load
from meshc.resources.settings import read_settings
from meshc.scope.discovery import find, proxies
from meshc.scope.proxy import Proxy
from meshc.scope.proxy_list import ProxyRequest
from meshc.scope.scope import ProxyScope, build_scope
from meshc.source import Document, read


class NothingToCompileError(Exception):
    """The input holds no Kubernetes or Istio object; the text says what was looked at."""


class UnreadableError(Exception):
    """Nothing of the input could be read; the findings say why."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to compile: files, folders, globs or `-`, and the files that set up the mesh.

    `clusters` gives the objects of further clusters by cluster name, `endpoint_map` real addresses for static deployments.
    """

    paths: Sequence[str]
    mesh_config: Path | None = None
    mesh_networks: Path | None = None
    features: Path | None = None
    clusters: Mapping[str, str] = field(default_factory=dict)
    endpoint_map: Path | None = None


@dataclass(frozen=True, slots=True)
class Compiler:
    """A loaded mesh; compiling a second proxy shares everything that the first one made."""

    objects: Objects
    mesh: Mesh
    findings: Sink
    emitter: Emitter = field(default_factory=Emitter)

    def proxies(self) -> tuple[Proxy, ...]:
        """Every proxy of the mesh, by namespace and name."""
        return proxies(self.mesh)

    def find(self, request: ProxyRequest) -> Proxy:
        """The proxy of that name; `UnknownProxyError` with the near misses if there is none."""
        return find(self.mesh, request)

    def scope(self, proxy: Proxy) -> ProxyScope:
        """What the proxy sees and is."""
        return build_scope(self.mesh, proxy)

    def lower(self, proxy: Proxy) -> ProxyIR:
        """The proxy's configuration in our nouns."""
        return lower(self.scope(proxy))

    def compile(self, proxy: Proxy) -> ProxyConfig:
        """The proxy's configuration as Envoy messages, as istiod would push it."""
        return self.emitter.emit(self.lower(proxy))


def load_compiler(inputs: Inputs) -> Compiler:
    """Read and index everything. Raises `UnreadableError` or `NothingToCompileError`; lesser trouble becomes findings."""
    sink = Sink()
    documents = _documents(inputs.paths, sink)
    objects = load(documents, sink)
    if not objects:
        raise NothingToCompileError(f"nothing to compile: no Kubernetes or Istio object in {', '.join(inputs.paths)}")
    settings: Settings = read_settings(inputs, sink)
    return Compiler(objects, build(objects, settings, sink), sink)


def _documents(paths: Sequence[str], sink: Sink) -> list[Document]:
    return read(paths, sink)
