"""A port's protocol and the mTLS it accepts in, the set of its filter chains by shape out (spec: inbound 4, 5)."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from meshc.ir.node import value
from meshc.model.mesh import Mesh
from meshc.model.policies import MtlsMode
from meshc.model.protocol import Protocol

TLS = "tls"
PLAIN = "raw_buffer"


class Alpn(enum.Enum):
    """Protocols that clients name: their sidecars in mTLS, or what the HTTP inspector finds in plaintext."""

    ANY = ()
    MESH_HTTP = ("istio-http/1.0", "istio-http/1.1", "istio-h2")
    MESH_TCP = ("istio-peer-exchange", "istio")
    MESH = ("istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2")
    PLAIN_HTTP = ("http/1.1", "h2c")

    def names(self, mesh: Mesh) -> tuple[str, ...]:
        """The protocols; HTTP/1.0 is among those in plaintext only with istiod's flag for it."""
        old = self is Alpn.PLAIN_HTTP and mesh.features.pilot_http10
        return ("http/1.0", *self.value) if old else self.value


@value
class Shape:
    """A chain of a set: which connections it takes, and whether they are requests; `mtls`: the mesh's TLS ends here."""

    transport: str
    alpn: Alpn
    http: bool
    mtls: bool = False


_MTLS_HTTP = Shape(transport=TLS, alpn=Alpn.ANY, http=True, mtls=True)
_MESH_HTTP = Shape(transport=TLS, alpn=Alpn.MESH, http=True, mtls=True)
_PLAIN_HTTP = Shape(transport=PLAIN, alpn=Alpn.ANY, http=True)
_MTLS_TCP = Shape(transport=TLS, alpn=Alpn.ANY, http=False, mtls=True)
_MESH_TCP = Shape(transport=TLS, alpn=Alpn.MESH, http=False, mtls=True)
_OPAQUE_TLS = Shape(transport=TLS, alpn=Alpn.ANY, http=False)
_PLAIN_TCP = Shape(transport=PLAIN, alpn=Alpn.ANY, http=False)
_SNIFFED_MESH_HTTP = Shape(transport=TLS, alpn=Alpn.MESH_HTTP, http=True, mtls=True)
_SNIFFED_MESH_TCP = Shape(transport=TLS, alpn=Alpn.MESH_TCP, http=False, mtls=True)
_SNIFFED_PLAIN_HTTP = Shape(transport=PLAIN, alpn=Alpn.PLAIN_HTTP, http=True)

_Shapes = Mapping[MtlsMode, tuple[Shape, ...]]

_HTTP: _Shapes = {
    MtlsMode.STRICT: (_MTLS_HTTP,),
    MtlsMode.PERMISSIVE: (_MESH_HTTP, _PLAIN_HTTP),
    MtlsMode.DISABLE: (_PLAIN_HTTP,),
}
_TCP: _Shapes = {
    MtlsMode.STRICT: (_MTLS_TCP,),
    MtlsMode.PERMISSIVE: (_MESH_TCP, _OPAQUE_TLS, _PLAIN_TCP),
    MtlsMode.DISABLE: (_PLAIN_TCP,),
}
_SNIFFED: _Shapes = {
    MtlsMode.STRICT: (_SNIFFED_MESH_HTTP, _MTLS_TCP),
    MtlsMode.PERMISSIVE: (_SNIFFED_MESH_HTTP, _SNIFFED_PLAIN_HTTP, _SNIFFED_MESH_TCP, _PLAIN_TCP, _OPAQUE_TLS),
    MtlsMode.DISABLE: (_SNIFFED_PLAIN_HTTP, _PLAIN_TCP),
}


def chain_shapes(protocol: Protocol, mode: MtlsMode) -> tuple[Shape, ...]:
    """The chains of a port, in istiod's order."""
    if protocol is Protocol.AUTO:
        return _SNIFFED[mode]
    return _HTTP[mode] if protocol.is_http else _TCP[mode]
