"""ExternalName services as aliases of the services they point at (spec: listeners 5.6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from meshc.model.service import Alias, Resolution, Service


def resolve_aliases(services: Iterable[Service]) -> list[Service]:
    """The services in their order, each with the aliases that lead to its host.

    Chains are followed, loops lead nowhere.
    """
    services = list(services)
    sources = [s for s in services if s.resolution is Resolution.ALIAS]
    if not sources:
        return services
    names = {s.hostname: s.external_name for s in sources}
    aliases: dict[str, list[Alias]] = {}
    for source in sorted(sources, key=lambda s: (s.namespace, s.hostname)):
        target = _concrete(source, names)
        if target is not None:
            aliases.setdefault(target, []).append(Alias(source.namespace, source.hostname))
    return [
        dataclasses.replace(s, aliases=tuple(aliases[s.hostname])) if s.hostname in aliases else s for s in services
    ]


def _concrete(source: Service, names: dict[str, str]) -> str | None:
    seen, target = {source.hostname}, source.external_name
    while target in names:
        if target in seen:
            return None
        seen.add(target)
        target = names[target]
    return target
