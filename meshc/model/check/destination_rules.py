"""What merging did to DestinationRules of one host and namespace: who was merged, lost something, or is never used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from meshc.findings import Origin, Sink
from meshc.frozen import frozen
from meshc.model.destination_rules import DestinationRule, HostRules, Rules
from meshc.model.mesh import Mesh
from meshc.model.visibility import PRIVATE, PUBLIC
from meshc.resources.networking.destination_rule import DestinationRule as Resource


@frozen
class Loss:
    """Something of a resource that has no effect, or was moved to another; `text` says so."""

    code: str
    origin: Origin
    text: str


def report_destination_rules(mesh: Mesh, sink: Sink) -> None:
    """Compare each consolidated rule with the resources that it was made from.

    A rule counts in its own namespace and, apart from that, in those that it is exported to; most losses are the same
    in both, and then said without naming clients.
    """
    rules = mesh.destination_rules
    for namespace in sorted({*rules.local, *rules.exported}):
        within = dict.fromkeys(_losses(rules.local.get(namespace), _at_home))
        abroad = dict.fromkeys(_losses(rules.exported.get(namespace), _overlap))
        for loss in within | abroad:
            clients = f", for clients of {namespace}" if loss not in abroad else ", for clients of other namespaces"
            sink.add(loss.code, loss.origin, loss.text + ("" if loss in within and loss in abroad else clients))
    for source in dict.fromkeys(source for rule in rules.all for source in rule.sources):
        _report_export_to(source, sink)


SeenTogether = Callable[[DestinationRule, DestinationRule], bool]


def _losses(hosts: HostRules | None, seen_together: SeenTogether) -> Iterator[Loss]:
    """The losses of one index; the second argument tells whether some client sees both of two rules."""
    for rules in hosts.values() if hosts is not None else ():
        standing = {rule.sources[0] for rule in rules}
        for rule in rules:
            for source in rule.sources[1:]:
                if source not in standing:
                    yield from _merged(rule, source)
        yield from _shadowed(rules, seen_together)


def _merged(rule: DestinationRule, source: Resource) -> Iterator[Loss]:
    """What becomes of a resource that was merged into a rule and does not stand on its own."""
    if rule.selector is not None and source.spec.workload_selector is None:
        text = f"merged into {rule.origin}, and so for no other workloads than that one selects"
        yield Loss("MC0513", source.origin, text)
    else:
        yield Loss("MC0510", source.origin, f"merged into {rule.origin}, which is for the same host and comes first")
    policy = source.spec.traffic_policy
    if policy is not None and rule.traffic_policy is not policy:
        text = f"without effect, since {rule.policy_origin()} comes first"
        yield Loss("MC0511", source.origin_of(policy, "spec.trafficPolicy"), text)
    for index, subset in enumerate(source.spec.subsets):
        older = rule.subset(subset.name)
        if older is not None and subset not in rule.subsets:
            text = f"subset {subset.name} is without effect, since {rule.subset_origin(older)} comes first"
            yield Loss("MC0512", source.origin_of(subset, f"spec.subsets[{index}]"), text)


def _shadowed(rules: Rules, seen_together: SeenTogether) -> Iterator[Loss]:
    """Of several rules without selector that a client sees, the last one counts."""
    general = [rule for rule in rules if rule.selector is None]
    for position, rule in enumerate(general):
        last = next((r for r in reversed(general[position + 1 :]) if seen_together(rule, r)), None)
        if last is not None:
            text = f"without effect where {last.origin} is visible, which is for the same host and younger"
            yield Loss("MC0514", rule.origin, text)


def _at_home(_one: DestinationRule, _other: DestinationRule) -> bool:
    """Clients of the rules' own namespace see all of its index."""
    return True


def _overlap(one: DestinationRule, other: DestinationRule) -> bool:
    """Both are exported to everyone, or to some namespace by name."""
    clients = [rule.export_to - {PRIVATE, rule.namespace} or {PUBLIC} for rule in (one, other)]
    return any(PUBLIC in names for names in clients) or bool(clients[0] & clients[1])


def _report_export_to(source: Resource, sink: Sink) -> None:
    declared = source.spec.export_to
    if source.spec.workload_selector is not None and declared and set(declared) != {PRIVATE}:
        sink.add("MC0516", source.origin, "exportTo is ignored in a rule with a workloadSelector")
