"""Telemetry resources: which of them apply to a workload, in the order in which they override each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshc.findings import Sink
from meshc.frozen import frozen
from meshc.model.attachment import attached, is_namespace_wide
from meshc.model.order import by_namespace
from meshc.resources.telemetry import Telemetry


@frozen
class Telemetries:
    """The Telemetry resources of the mesh: one for all of a namespace, and those of some of its workloads."""

    wide: Mapping[str, Telemetry]
    selective: Mapping[str, tuple[Telemetry, ...]]
    root_namespace: str
    selectors_on_gateways: bool

    @staticmethod
    def build(
        resources: Iterable[Telemetry], root_namespace: str, selectors_on_gateways: bool, sink: Sink
    ) -> Telemetries:
        """Index the resources. `selectors_on_gateways` is istiod's ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY."""
        wide: dict[str, Telemetry] = {}
        selective: dict[str, tuple[Telemetry, ...]] = {}
        for namespace, members in by_namespace(resources).items():
            selective[namespace] = tuple(t for t in members if not is_namespace_wide(t.spec))
            for telemetry in members:
                if is_namespace_wide(telemetry.spec) and wide.setdefault(namespace, telemetry) is not telemetry:
                    text = f"Telemetry {wide[namespace].meta.name} is older and already holds for all of {namespace}"
                    sink.add("MC0530", telemetry.origin, f"{text}; this one is ignored")
        return Telemetries(wide, selective, root_namespace, selectors_on_gateways)

    def telemetries(self, namespace: str, labels: Mapping[str, str], gateway_name: str | None) -> tuple[Telemetry, ...]:
        """What applies to a workload, later ones overriding earlier ones (spec: extensions 4.1).

        The one of the root namespace, the one of its namespace, then all that select it, oldest first.
        """
        wide = (self.wide.get(n) for n in dict.fromkeys((self.root_namespace, namespace)))
        own = self.selective.get(namespace, ())
        return (
            *(telemetry for telemetry in wide if telemetry is not None),
            *attached(own, namespace, labels, gateway_name, self.selectors_on_gateways),
        )
