"""The compiler: inputs in, the configuration of each proxy asked for out. Runs the stages in order, decides nothing."""

from __future__ import annotations

from dataclasses import field

from meshc.envoy.config import ProxyConfig
from meshc.envoy.emit import Emitter
from meshc.findings import Sink
from meshc.frozen import frozen
from meshc.ir.proxy import ProxyIR
from meshc.lower.passes import lower
from meshc.model.build import build
from meshc.model.mesh import Mesh
from meshc.model.settings import Settings
from meshc.resources.load import Objects, load
from meshc.scope.discovery import find, proxies
from meshc.scope.proxy import Proxy, ProxyKind
from meshc.scope.scope import ProxyScope, build_scope
from meshc.settings import Inputs, ProxyRequest, read_settings
from meshc.source import Document, UnreadableError, read


class CannotLoadError(Exception):
    """Nothing of the input could be read: the text says what was looked at, `findings` why.

    >>> import meshc
    >>> try:
    ...     meshc.load("no-such-folder")
    ... except meshc.CannotLoadError as error:
    ...     print(error, [finding.code for finding in error.findings])
    nothing could be read of no-such-folder ['MC0102']
    """

    def __init__(self, message: str, findings: Sink) -> None:
        super().__init__(message)
        self.findings = findings


class NothingToCompileError(CannotLoadError):
    """The input could be read and holds no Kubernetes or Istio object."""


@frozen
class Compiler:
    """A loaded mesh; compiling a second proxy shares everything that the first one made."""

    objects: Objects
    mesh: Mesh
    findings: Sink
    emitter: Emitter = field(default_factory=Emitter)

    def proxies(self) -> tuple[Proxy, ...]:
        """Every proxy of the mesh, by namespace and name."""
        return proxies(self.mesh, self.findings)

    def find(self, request: ProxyRequest) -> Proxy:
        """The proxy of that name; `UnknownProxyError` with the near misses if there is none."""
        kind = ProxyKind(request.type) if request.type else None
        return find(self.mesh, request.name, kind, request.metadata, request.cluster or None, self.findings)

    def scope(self, proxy: Proxy) -> ProxyScope:
        """What the proxy sees and is."""
        return build_scope(self.mesh, proxy)

    def lower(self, proxy: Proxy) -> ProxyIR:
        """The proxy's configuration in our nouns."""
        return lower(self.scope(proxy))

    def compile(self, proxy: Proxy) -> ProxyConfig:
        """The proxy's configuration as Envoy messages, as istiod would push it."""
        return self.emitter.emit(self.lower(proxy))


@frozen
class Loaded:
    """What the files of an input say, before any of it is put together."""

    documents: tuple[Document, ...]
    objects: Objects
    settings: Settings


def load_inputs(inputs: Inputs, sink: Sink) -> Loaded:
    """Read and decode everything; lesser trouble becomes findings. Raises `CannotLoadError` if nothing is readable."""
    try:
        documents = read(inputs.paths, sink)
        settings = read_settings(inputs, sink)
    except UnreadableError as error:
        raise CannotLoadError(str(error), sink) from None
    return Loaded(tuple(documents), load(documents, sink), settings)


def nothing_there(inputs: Inputs, sink: Sink) -> NothingToCompileError:
    """What to raise for an input without objects."""
    return NothingToCompileError(
        f"nothing to compile: no Kubernetes or Istio object in {', '.join(inputs.paths)}", sink
    )


def load_compiler(inputs: Inputs) -> Compiler:
    """Read and index everything.

    Raises what `load_inputs` raises, and `NothingToCompileError` if there is no object.
    """
    sink = Sink()
    loaded = load_inputs(inputs, sink)
    if not loaded.objects:
        raise nothing_there(inputs, sink)
    return Compiler(loaded.objects, build(loaded.objects, loaded.settings, sink), sink)
