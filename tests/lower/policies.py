"""Short ways to write security policies in tests, and to get at the filters made of them."""

from __future__ import annotations

from typing import Any

import yaml

from meshc.envoy.encode import to_value
from meshc.envoy.http_filters import http_filter
from meshc.envoy.network_filters import network_filter
from meshc.lower.security.filters import http_security, network_security
from meshc.model.mesh import Mesh
from tests.lower.inbound import WEB, scope_of
from tests.manifests import manifest, mesh_of


def policy(
    rules: str, action: str = "ALLOW", name: str = "p", namespace: str = "shop", age: int = 0, **fields: Any
) -> dict[str, Any]:
    """An AuthorizationPolicy; `rules` as YAML."""
    spec = {"action": action, "rules": yaml.safe_load(rules), **fields}
    return manifest("AuthorizationPolicy", name, spec, namespace, age)


def dry_run(of: dict[str, Any]) -> dict[str, Any]:
    """The same policy, tried only."""
    return {**of, "metadata": {**of["metadata"], "annotations": {"istio.io/dry-run": "true"}}}


def http_filters(mesh: Mesh) -> list[dict[str, Any]]:
    """The security filters of HTTP, as Envoy gets them."""
    made = http_security(scope_of(mesh))
    return [to_value(http_filter(f)) for f in (*made.custom, *made.authentication, *made.authorization)]


def network_filters(mesh: Mesh) -> list[dict[str, Any]]:
    """The security filters of TCP, as Envoy gets them."""
    made = network_security(scope_of(mesh))
    return [to_value(network_filter(f)) for f in (*made.custom, *made.rbac)]


def rule(text: str, action: str = "ALLOW", tcp: bool = False, **config: Any) -> dict[str, Any] | None:
    """The only rule of a policy with one, as Envoy gets it; None if it is left out."""
    mesh = mesh_of(WEB, policy(f"[{text}]", action), config=config or None)
    (rbac,) = network_filters(mesh) if tcp else http_filters(mesh)
    policies = rbac["typedConfig"]["rules"].get("policies", {})
    found: dict[str, Any] | None = policies.get("ns[shop]-policy[p]-rule[0]")
    return found


def permissions(text: str, action: str = "ALLOW", tcp: bool = False) -> list[dict[str, Any]]:
    """The conjunction of the only permission of a rule."""
    made = rule(text, action, tcp)
    assert made is not None
    (permission,) = made["permissions"]
    return permission["andRules"]["rules"]  # type: ignore[no-any-return]


def principals(text: str, action: str = "ALLOW", tcp: bool = False, **config: Any) -> list[dict[str, Any]]:
    """The conjunction of the only principal of a rule."""
    made = rule(text, action, tcp, **config)
    assert made is not None
    (principal,) = made["principals"]
    return principal["andIds"]["ids"]  # type: ignore[no-any-return]
