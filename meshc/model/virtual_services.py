"""VirtualServices: resources in; out the routing rules with full names and merged delegates, found for a namespace."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.model.created import created
from meshc.model.delegates import Merged, Place, merge_delegates
from meshc.model.node import node
from meshc.model.order import oldest_first
from meshc.model.service import Created
from meshc.model.short_names import MESH_GATEWAY, resolve_short_names
from meshc.model.visibility import Audience, audience
from meshc.resources.message import Message
from meshc.resources.networking.virtual_service import HTTPRoute, TCPRoute, TLSRoute
from meshc.resources.networking.virtual_service import VirtualService as Resource

SEMANTICS_ANNOTATION = "internal.istio.io/route-semantics"


_IN_HTTP_ROUTE = re.compile(r"spec\.http\[(\d+)\]")


class RouteSemantics(enum.Enum):
    """Whose rules a VirtualService follows: Istio's, or those of the API that it was generated from."""

    ISTIO = ""
    GATEWAY = "gateway"
    INGRESS = "ingress"


def semantics(resource: Resource) -> RouteSemantics:
    """The semantics that istiod's generators note in an annotation."""
    noted = resource.meta.annotations.get(SEMANTICS_ANNOTATION, "")
    return next((s for s in RouteSemantics if s.value == noted), RouteSemantics.ISTIO)


@node
class VirtualService:
    """Routing rules for hosts. All names are full; `gateways` is never empty: `mesh` for sidecars, or `namespace/name`.

    `http` holds the delegates' routes in place of the routes that delegate. `parts` are the places of those parts that
    do not stand in `resource` where this node has them.
    """

    name: str
    namespace: str
    created: Created
    hosts: tuple[str, ...]
    gateways: tuple[str, ...]
    http: tuple[HTTPRoute, ...]
    tls: tuple[TLSRoute, ...]
    tcp: tuple[TCPRoute, ...]
    semantics: RouteSemantics
    audience: Audience
    resource: Resource
    origin: Origin
    parts: Mapping[Message, Place]

    def origin_of(self, part: Message, field: str) -> Origin:
        """Where a part stands; `field` is its path in this node, as `spec.http[0].match[1]`."""
        known = self.parts.get(part)
        if known is not None:
            return known.origin_of(part)
        inside = _IN_HTTP_ROUTE.match(field) if self.parts else None
        if inside is None:
            return self.resource.origin_of(part, field)
        return self.parts[self.http[int(inside[1])]].origin_of(part, field[inside.end() :])


Group = tuple[VirtualService, ...]
Key = tuple[str, str]


@frozen
class VirtualServices:
    """All VirtualServices but delegates, oldest first; by audience and gateway."""

    all: Group
    private: Mapping[Key, Group]
    exported: Mapping[Key, Group]
    public: Mapping[str, Group]

    @staticmethod
    def build(resources: Iterable[Resource], default_export_to: Collection[str], sink: Sink) -> VirtualServices:
        """Complete names, merge delegates and index (spec: routes 4.3, 8).

        `default_export_to` is the mesh's `defaultVirtualServiceExportTo`.
        """
        resolved = [_resolve(resource) for resource in oldest_first(resources)]
        index = _Index()
        merged = merge_delegates(resolved, default_export_to, sink)
        for one in merged:
            index.add(_node(one, default_export_to))
        return index.freeze()

    def groups(self, namespace: str, gateway: str = MESH_GATEWAY) -> tuple[Group, Group, Group]:
        """What a client of a namespace sees at a gateway: private to it, exported to it, public; each oldest first."""
        key = namespace, gateway
        return self.private.get(key, ()), self.exported.get(key, ()), self.public.get(gateway, ())

    def visible(self, namespace: str, gateway: str = MESH_GATEWAY) -> Group:
        """What a client of a namespace sees at a gateway, in the order in which istiod looks at it.

        Among the public ones those made from Gateway API routes of the client's own namespace come first.
        """
        private, exported, public = self.groups(namespace, gateway)
        return (*private, *exported, *own_routes_first(public, namespace))


def own_routes_first(group: Group, namespace: str) -> Group:
    """Gateway API routes of a namespace before everything else, else in the order given (spec: routes 4.3)."""
    own = [vs for vs in group if vs.semantics is RouteSemantics.GATEWAY and vs.namespace == namespace]
    if not own:
        return group
    return (*own, *(vs for vs in group if vs not in own))


def _resolve(resource: Resource) -> Resource:
    """Full names, but for what comes from Gateway API, whose names are full already."""
    return resource if semantics(resource) is RouteSemantics.GATEWAY else resolve_short_names(resource)


def _node(merged: Merged, default_export_to: Collection[str]) -> VirtualService:
    resource, meta, spec = merged.resource, merged.resource.meta, merged.resource.spec
    return VirtualService(
        name=meta.name,
        namespace=meta.namespace,
        created=created(meta),
        hosts=spec.hosts,
        gateways=spec.gateways or (MESH_GATEWAY,),
        http=merged.http,
        tls=spec.tls,
        tcp=spec.tcp,
        semantics=semantics(resource),
        audience=audience(spec.export_to, meta.namespace, default_export_to),
        resource=resource,
        origin=resource.origin,
        parts=merged.parts,
    )


@dataclass(slots=True)
class _Index:
    """The index while it grows."""

    all: list[VirtualService] = field(default_factory=list)
    private: dict[Key, list[VirtualService]] = field(default_factory=dict)
    exported: dict[Key, list[VirtualService]] = field(default_factory=dict)
    public: dict[str, list[VirtualService]] = field(default_factory=dict)

    def add(self, vs: VirtualService) -> None:
        self.all.append(vs)
        for gateway in dict.fromkeys(vs.gateways):
            if vs.audience.public:
                self.public.setdefault(gateway, []).append(vs)
            if vs.audience.private:
                self.private.setdefault((vs.namespace, gateway), []).append(vs)
            for namespace in vs.audience.namespaces:
                self.exported.setdefault((namespace, gateway), []).append(vs)

    def freeze(self) -> VirtualServices:
        return VirtualServices(
            all=tuple(self.all),
            private={key: tuple(group) for key, group in self.private.items()},
            exported={key: tuple(group) for key, group in self.exported.items()},
            public={gateway: tuple(group) for gateway, group in self.public.items()},
        )
