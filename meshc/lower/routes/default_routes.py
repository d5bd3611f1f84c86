"""The route of a service that no VirtualService serves (spec: routes 7)."""

from __future__ import annotations

from meshc.ir.route import Route
from meshc.ir.route_action import Forward
from meshc.ir.route_match import ANY_PATH, RouteMatch
from meshc.lower.names import outbound_cluster_name
from meshc.lower.routes.domains import join_port
from meshc.lower.routes.hash_policy import hash_policy, service_hash
from meshc.lower.routes.retries import retry_policy
from meshc.model.destination_rules import DestinationRule
from meshc.model.mesh import Mesh
from meshc.model.service import Service
from meshc.model.shared import shared

EVERYTHING = RouteMatch(path=ANY_PATH)
"""The condition of routes that istiod makes by itself."""


@shared
def default_route(mesh: Mesh, service: Service, host: str, port: int, rule: DestinationRule | None) -> Route:
    """Everything for `host` goes to the service port. Unlike a VirtualService's, it may be retried on another host."""
    policy = hash_policy(service_hash(rule, port)) if rule is not None else None
    return Route(
        origin=service.origin,
        name="default",
        match=EVERYTHING,
        operation=f"{join_port(host, port)}/*",
        action=Forward(
            to=outbound_cluster_name(port, "", host),
            timeout=0,
            grpc_timeout_limit=0,
            retries=retry_policy(None, mesh.config.default_http_retry_policy, hashed=False),
            hash_policies=(policy,) if policy is not None else (),
        ),
    )
