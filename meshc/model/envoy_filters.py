"""EnvoyFilters: which of them apply to a workload, in the order in which they are applied (spec: extensions 5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshc.frozen import frozen
from meshc.model.attachment import is_selected, is_target
from meshc.model.created import created
from meshc.model.order import by_namespace
from meshc.model.service import Created
from meshc.resources.networking import EnvoyFilter

REFERENCED_SERVICES = "envoyfilter.istio.io/referenced-services"
"""Annotation: services that patches send traffic to, as `host` or `namespace/host` with commas between them."""


@frozen
class EnvoyFilters:
    """The EnvoyFilters of the mesh by namespace, oldest first."""

    by_namespace: Mapping[str, tuple[EnvoyFilter, ...]]
    root_namespace: str
    selectors_on_gateways: bool

    @staticmethod
    def build(resources: Iterable[EnvoyFilter], root_namespace: str, selectors_on_gateways: bool) -> EnvoyFilters:
        """Index the resources. `selectors_on_gateways` is istiod's ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY."""
        return EnvoyFilters(by_namespace(resources), root_namespace, selectors_on_gateways)

    def applying(self, namespace: str, labels: Mapping[str, str], gateway_name: str | None) -> tuple[EnvoyFilter, ...]:
        """What applies to a workload, by priority, then the root namespace's before its own, then by age.

        `gateway_name` is the workload's Gateway, None for any other workload.
        """
        namespaces = dict.fromkeys((self.root_namespace, namespace))
        candidates = (resource for name in namespaces for resource in self.by_namespace.get(name, ()))
        found = [r for r in candidates if self._applies(r, namespace, labels, gateway_name)]
        return tuple(sorted(found, key=self._rank))

    def _applies(
        self, resource: EnvoyFilter, namespace: str, labels: Mapping[str, str], gateway_name: str | None
    ) -> bool:
        spec = resource.spec
        if spec.target_refs:
            return resource.meta.namespace == namespace and is_target(spec.target_refs, namespace, gateway_name)
        selector = spec.workload_selector.labels if spec.workload_selector is not None else {}
        return is_selected(selector, labels, gateway_name, self.selectors_on_gateways)

    def _rank(self, resource: EnvoyFilter) -> tuple[int, bool, Created, bytes]:
        meta = resource.meta
        whole_name = f"{meta.name}.{meta.namespace}".encode()
        return resource.spec.priority, meta.namespace != self.root_namespace, created(meta), whole_name


def referenced_services(resource: EnvoyFilter) -> tuple[str, ...]:
    """The services that an EnvoyFilter says its patches send traffic to, as `host` or `namespace/host`."""
    named = resource.meta.annotations.get(REFERENCED_SERVICES, "").split(",")
    return tuple(name.strip() for name in named if name.strip())
