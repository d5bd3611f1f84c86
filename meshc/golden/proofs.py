"""What every golden case proves beyond its bytes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig
from meshc.envoy.references import dangling, duplicates
from meshc.envoy.validate import violations
from meshc.findings import Sink
from meshc.golden.case import Case
from meshc.output.dump import config_dump, read_dump
from meshc.source import read

BUILT_IN = frozenset(
    (
        "BlackHoleCluster",
        "InboundPassthroughCluster",
        "PassthroughCluster",
        "agent",
        "connect_originate",
        "prometheus_stats",
        "sds-external",
        "virtualInbound",
        "virtualOutbound",
    )
)
"""Resources that every proxy, or every one of a kind, has whatever the manifests say."""


def proofs(case: Case, configs: Sequence[ProxyConfig]) -> Iterator[str]:
    """The failures of a case, each a sentence; nothing if every proof holds."""
    yield from _order_does_not_matter(case, configs)
    yield from _references_lead_somewhere(case, configs)
    for config in configs:
        for proof in (_names_are_unique, _constraints_hold, _origins_are_known, _dump_reads_back):
            yield from (f"{config.proxy} {failure}" for failure in proof(config))


def _order_does_not_matter(case: Case, configs: Sequence[ProxyConfig]) -> Iterator[str]:
    """The same objects, one a file and in reverse, give the same configuration in the same order."""
    with tempfile.TemporaryDirectory() as folder:
        documents = [document.root for document in read([str(case.folder / "in")], Sink())]
        for number, document in enumerate(reversed(documents)):
            (Path(folder) / f"{number:04}.json").write_text(json.dumps(document), encoding="utf-8")
        again = case.compile(case.load([folder]))
    for before, after in zip(configs, again, strict=True):
        for kind in RESOURCE_TYPES:
            texts = {resource.name: resource.json for resource in after.of(kind)}
            moved = [resource.name for resource in before.of(kind) if texts.get(resource.name) != resource.json]
            if not moved and [r.name for r in before.of(kind)] != list(texts):
                moved = ["their order"]
            yield from (f"{before.proxy} {kind} {name}: depends on the order of the input" for name in moved)


def _references_lead_somewhere(case: Case, configs: Sequence[ProxyConfig]) -> Iterator[str]:
    """What a resource names exists, but for what the case lists; and what it lists is missing indeed."""
    found = dict.fromkeys(f"{config.proxy} {reference}" for config in configs for reference in dangling(config))
    yield from (f"{reference}: leads nowhere" for reference in found if reference not in case.dangling)
    yield from (
        f"{reference}: does not dangle, as case.yaml says" for reference in case.dangling if reference not in found
    )


def _names_are_unique(config: ProxyConfig) -> Iterator[str]:
    return (f"{owner}: stands twice" for owner in duplicates(config))


def _constraints_hold(config: ProxyConfig) -> Iterator[str]:
    """Envoy's own field constraints."""
    for kind, resource in config:
        yield from (f"{kind} {resource.name}: {violation}" for violation in violations(resource.message))


def _origins_are_known(config: ProxyConfig) -> Iterator[str]:
    """Every resource says which object it was made from."""
    for kind, resource in config:
        if not resource.origin.kind and resource.name not in BUILT_IN:
            yield f"{kind} {resource.name}: no origin"


def _dump_reads_back(config: ProxyConfig) -> Iterator[str]:
    """A config dump holds the same resources in the same order; maps have no order."""
    again = list(read_dump(config_dump(config)))
    if [(kind, resource.name) for kind, resource in config] != [(kind, resource.name) for kind, resource in again]:
        yield "config dump: other resources, or another order"
        return
    for (kind, resource), (_, read_back) in zip(config, again, strict=True):
        if json.loads(resource.json) != json.loads(read_back.json):
            yield f"{kind} {resource.name}: changed on its way through a config dump"
