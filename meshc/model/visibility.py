"""Visibility: the `exportTo` of an object in, the namespaces that may see it out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from meshc.frozen import frozen
from meshc.model.service import Service

PUBLIC = "*"
PRIVATE = "."
NOBODY = "~"


@frozen
class Audience:
    """Who sees a VirtualService: everyone, its own namespace, and further namespaces by name."""

    public: bool = False
    private: bool = False
    namespaces: tuple[str, ...] = ()


def audience(export_to: Sequence[str], namespace: str, default: Collection[str]) -> Audience:
    """The audience of an object of `namespace` (spec: routes 4.3).

    `*` beats everything, `~` everything else. `default` is the mesh's list for objects that say nothing; only `.` and
    `*` count in it, the former first.
    """
    if not export_to:
        private = PRIVATE in default
        return Audience(public=not private and PUBLIC in default, private=private)
    if PUBLIC in export_to:
        return Audience(public=True)
    if NOBODY in export_to:
        return Audience()
    own = (PRIVATE, namespace)
    others = dict.fromkeys(name for name in export_to if name not in own)
    return Audience(private=any(name in own for name in export_to), namespaces=tuple(others))


def is_exported(export_to: Collection[str], owner: str, client: str) -> bool:
    """Whether a list that is not empty shows an object of namespace `owner` to namespace `client`."""
    return PUBLIC in export_to or client in export_to or (PRIVATE in export_to and owner == client)


def is_visible(service: Service, namespace: str) -> bool:
    """Whether a service is exported to a namespace."""
    return is_exported(service.export_to, service.namespace, namespace)
