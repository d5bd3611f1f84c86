"""Discovery: which proxies a mesh has, and which one a name means."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable, Mapping
from typing import Any

from meshc.findings import Sink
from meshc.model import names
from meshc.model.label_index import selects
from meshc.model.mesh import Mesh
from meshc.model.workloads import Workload
from meshc.scope.proxy import Proxy, ProxyKind, make_proxy

PROXY_CONTAINER = "istio-proxy"

_DEFAULT_NAMESPACE = "default"
_GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name"
_TEMPLATES = "inject.istio.io/templates"
_GATEWAY_LABELS = frozenset({"ingressgateway", "egressgateway", "eastwestgateway"})


class Sign(enum.Enum):
    """What shows that a pod has a proxy; the value says it in words."""

    ARGUMENTS = "istio-proxy runs as a router"
    GATEWAY_LABEL = "label of a gateway"
    GATEWAY_TEMPLATE = "gateway template"
    GATEWAY_SELECTOR = "selected by a Gateway"
    CONTAINER = "container istio-proxy"
    TLS_MODE = "label security.istio.io/tlsMode"


_SIGNS_OF_A_SIDECAR = (Sign.CONTAINER, Sign.TLS_MODE)


class UnknownProxyError(LookupError):
    """No workload of that name; the text names what comes near.

    >>> import meshc
    >>> try:
    ...     meshc.load("examples/bookinfo").compile("productpage")
    ... except meshc.UnknownProxyError as error:
    ...     print(error)
    no proxy productpage; did you mean productpage-v1.default or productpage-v1-0.default?
    """


def proxies(mesh: Mesh, sink: Sink | None = None) -> tuple[Proxy, ...]:
    """Every proxy of the mesh, by namespace and name: the pods with a sidecar, and those of gateways."""
    sink = sink if sink is not None else Sink()
    pods = (w for w in mesh.workloads.all if w.is_pod)
    found = ((pod, kind) for pod in pods if (kind := kind_of(mesh, pod)) is not None)
    return tuple(make_proxy(mesh, pod, kind, pod.cluster_id, {}, sink) for pod, kind in found)


def kind_of(mesh: Mesh, pod: Workload) -> ProxyKind | None:
    """What proxy a pod has; None for none."""
    sign = sign_of(mesh, pod)
    if sign is None:
        return None
    return ProxyKind.SIDECAR if sign in _SIGNS_OF_A_SIDECAR else ProxyKind.ROUTER


def sign_of(mesh: Mesh, pod: Workload) -> Sign | None:
    """What shows that a pod has a proxy, signs of a gateway first; None if nothing does."""
    gateway = _gateway_sign(mesh, pod)
    if gateway is not None:
        return gateway
    if PROXY_CONTAINER in pod.containers:
        return Sign.CONTAINER
    return Sign.TLS_MODE if is_injected(pod) else None


def is_injected(pod: Workload) -> bool:
    """The pod has been through the sidecar injector."""
    return pod.tls_mode == "istio" or PROXY_CONTAINER in pod.containers


def find(
    mesh: Mesh,
    name: str,
    kind: ProxyKind | None = None,
    metadata: Mapping[str, Any] | None = None,
    cluster: str | None = None,
    sink: Sink | None = None,
) -> Proxy:
    """The proxy `<pod>.<namespace>` or `<workload>.<namespace>` (its first pod); no namespace means `default`.

    Without a `cluster` the configuration cluster is searched first. A pod that only another cluster's objects hold is a
    machine of the configuration cluster's mesh unless it has been injected. `metadata` replaces whole keys of the node
    metadata. Raises `UnknownProxyError`.
    """
    workload = _find_workload(mesh, name, cluster)
    own = cluster or (workload.cluster_id if is_injected(workload) else names.DEFAULT_CLUSTER)
    kind = kind or kind_of(mesh, workload) or ProxyKind.SIDECAR
    return make_proxy(mesh, workload, kind, own, metadata or {}, sink if sink is not None else Sink())


def _find_workload(mesh: Mesh, name: str, cluster: str | None) -> Workload:
    for own_name, namespace in _readings(name):
        here = [w for w in mesh.workloads.of_namespace(namespace) if cluster in (None, w.cluster_id)]
        here.sort(key=lambda w: (not w.is_pod, w.cluster_id != names.DEFAULT_CLUSTER))
        for test in (_is_named, _is_of_workload):
            found = next((w for w in here if test(w, own_name)), None)
            if found is not None:
                return found
    raise UnknownProxyError(_unknown(name, (w for w in mesh.workloads.all if cluster in (None, w.cluster_id))))


def _readings(name: str) -> list[tuple[str, str]]:
    """What a name may mean, as (name, namespace): names of pods may hold dots, those of namespaces may not."""
    first, _, last = name.rpartition(".")
    return [(first, last), (name, _DEFAULT_NAMESPACE)] if first else [(name, _DEFAULT_NAMESPACE)]


def _is_named(workload: Workload, name: str) -> bool:
    return workload.name == name


def _is_of_workload(workload: Workload, name: str) -> bool:
    return name in (workload.owner, workload.workload_name)


def _unknown(name: str, candidates: Iterable[Workload]) -> str:
    known = dict.fromkeys(f"{n}.{w.namespace}" for w in candidates for n in (w.name, w.owner) if n)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if not known:
        return f"no proxy {name}: the input has no pods"
    hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(sorted(known)[:5])} and so on"
    return f"no proxy {name}{hint}"


def _gateway_sign(mesh: Mesh, pod: Workload) -> Sign | None:
    """What makes a pod a gateway; a container `istio-proxy` with arguments leaves no room for other signs."""
    if pod.arguments:
        return Sign.ARGUMENTS if "router" in pod.arguments else None
    if _GATEWAY_NAME in pod.labels or pod.labels.get("istio") in _GATEWAY_LABELS:
        return Sign.GATEWAY_LABEL
    if pod.annotations.get(_TEMPLATES) == "gateway":
        return Sign.GATEWAY_TEMPLATE
    selectors = (gateway.spec.selector for gateway in mesh.gateways)
    selected = not is_injected(pod) and any(selector and selects(selector, pod.labels) for selector in selectors)
    return Sign.GATEWAY_SELECTOR if selected else None
