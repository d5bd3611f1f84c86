"""Delegates: VirtualServices in; those with hosts out, the routes of their delegates in place of the references."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.model.delegate_match import combine_matches, joined_name
from meshc.model.visibility import is_exported
from meshc.resources.message import Message
from meshc.resources.networking.virtual_service import Delegate, HTTPRoute, VirtualService

Key = tuple[str, str]
"""(namespace, name)."""

_INHERITED = {
    "rewrite": "rewrite",
    "direct_response": "directResponse",
    "timeout": "timeout",
    "retries": "retries",
    "fault": "fault",
    "mirror": "mirror",
    "mirrors": "mirrors",
    "mirror_percent": "mirrorPercent",
    "mirror_percentage": "mirrorPercentage",
    "cors_policy": "corsPolicy",
    "headers": "headers",
}
"""What a delegate's route takes from the root's when it says nothing itself, with the name in the manifest."""


@frozen
class Place:
    """The VirtualService that a part was written in, and the field."""

    resource: VirtualService
    field: str

    def below(self, field: str) -> Place:
        """A field of the part."""
        return Place(self.resource, f"{self.field}.{field}")

    def origin_of(self, part: Message, suffix: str = "") -> Origin:
        """The part, or what stands below it, as an origin."""
        return self.resource.origin_of(part, self.field + suffix)


Places = dict[Message, Place]


@frozen
class Merged:
    """A VirtualService and its merged routes; `parts` are the places of what does not stand where `http` has it."""

    resource: VirtualService
    http: tuple[HTTPRoute, ...]
    parts: Mapping[Message, Place]


def merge_delegates(
    resources: Sequence[VirtualService], default_export_to: Collection[str], sink: Sink
) -> list[Merged]:
    """The VirtualServices that have hosts, in the order given (spec: routes 8.2). Names must be full already.

    A route whose delegate is missing or not exported to the root's namespace disappears, as does a delegate's route
    that contradicts the matches of the root.
    """
    delegates = {(r.meta.namespace, r.meta.name): r for r in resources if not r.spec.hosts}
    roots = frozenset((r.meta.namespace, r.meta.name) for r in resources if r.spec.hosts)
    merger = _Merger(delegates, roots, default_export_to, sink)
    merged = [merger.merge(r) for r in resources if r.spec.hosts]
    merger.report_unused()
    return merged


def is_root(resource: VirtualService) -> bool:
    """Some route of it delegates."""
    return any(route.delegate is not None for route in resource.spec.http)


@dataclasses.dataclass(slots=True)
class _Merger:
    """Merges one root after the other. `with_hosts` are those that cannot be delegates."""

    delegates: Mapping[Key, VirtualService]
    with_hosts: frozenset[Key]
    default_export_to: Collection[str]
    sink: Sink
    used: set[Key] = dataclasses.field(default_factory=set)

    def merge(self, resource: VirtualService) -> Merged:
        if not is_root(resource):
            return Merged(resource, resource.spec.http, {})
        parts: Places = {}
        routes: list[HTTPRoute] = []
        for index, route in enumerate(resource.spec.http):
            place = Place(resource, f"spec.http[{index}]")
            if route.delegate is None:
                parts[route] = place
                routes.append(route)
            elif (delegate := self._delegate(place, route.delegate)) is not None:
                routes.extend(self._expand(_Root(route, place), delegate, parts))
        return Merged(resource, tuple(routes), parts)

    def _delegate(self, place: Place, reference: Delegate) -> VirtualService | None:
        root = place.resource
        namespace = reference.namespace or root.meta.namespace
        key = namespace, reference.name
        where = place.below("delegate").origin_of(reference)
        found = self.delegates.get(key)
        if found is None:
            missing = "has hosts and is no delegate" if key in self.with_hosts else "does not exist"
            self.sink.add("MC0501", where, f"VirtualService {'/'.join(key)} {missing}; the route is dropped")
            return None
        self.used.add(key)
        export_to = found.spec.export_to or self.default_export_to
        if not is_exported(export_to, namespace, root.meta.namespace):
            text = f"delegate VirtualService {'/'.join(key)} is not exported to {root.meta.namespace}"
            self.sink.add("MC0502", where, f"{text}; the route is dropped")
            return None
        return found

    def _expand(self, root: _Root, delegate: VirtualService, parts: Places) -> Iterable[HTTPRoute]:
        for index, route in enumerate(delegate.spec.http):
            place = Place(delegate, f"spec.http[{index}]")
            if route.delegate is not None:
                self.sink.add("MC0505", place.origin_of(route), "the delegate of a delegate is not followed")
            merged = root.merge(route, place, parts)
            if merged is None:
                text = f"no match fits any of {root.place.origin_of(root.route)}; the route is dropped"
                self.sink.add("MC0503", place.origin_of(route), text)
            else:
                yield merged

    def report_unused(self) -> None:
        """Say which delegates no root refers to."""
        for key, delegate in self.delegates.items():
            if key not in self.used:
                self.sink.add("MC0504", delegate.origin, "no VirtualService delegates to this one, which has no hosts")


@frozen
class _Root:
    """A route that delegates."""

    route: HTTPRoute
    place: Place

    def merge(self, route: HTTPRoute, place: Place, parts: Places) -> HTTPRoute | None:
        """A delegate's route under this one, its places noted in `parts`; None if their matches contradict each other.

        `route` and `redirect` are the delegate's alone. Messages are taken as a whole, not merged field by field.
        """
        combined = combine_matches(self.route.match, route.match)
        if combined is None:
            return None
        inherited = {name: getattr(self.route, name) for name in _INHERITED if _is_unset(getattr(route, name))}
        merged = dataclasses.replace(
            route,
            match=tuple(combined),
            name=joined_name(self.route.name, route.name),
            delegate=None,
            **inherited,
        )
        parts[merged] = place
        places = {match: place.below(f"match[{index}]") for index, match in enumerate(route.match)}
        places |= {match: self.place.below(f"match[{index}]") for index, match in enumerate(self.route.match)}
        parts.update((match, places[source]) for match, source in combined.items())
        for name, value in inherited.items():
            if isinstance(value, Message):
                parts[value] = self.place.below(_INHERITED[name])
        return merged


def _is_unset(value: object) -> bool:
    return value is None or value == ()
