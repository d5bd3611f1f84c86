"""Route configurations in, `envoy.config.route.v3.RouteConfiguration` messages out."""

from __future__ import annotations

from typing import Any

from meshc.envoy.route_actions import action, header_changes
from meshc.envoy.route_filters import per_filter_config
from meshc.envoy.route_matches import route_match
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import wrapped
from meshc.ir import route as ir


def route_configuration(node: ir.RouteConfiguration, made: dict[ir.VirtualHost, Any] | None = None) -> Any:
    """A route configuration. Clusters are never validated: Envoy may learn of them later than of the routes.

    `made` keeps the messages of virtual hosts for further configurations, which mostly have the same ones.
    """
    made = {} if made is None else made
    for host in node.virtual_hosts:
        if host not in made:
            made[host] = virtual_host(host)
    return message_class("envoy.config.route.v3.RouteConfiguration")(
        name=node.name,
        virtual_hosts=[made[host] for host in node.virtual_hosts],
        validate_clusters=wrapped(False),
        max_direct_response_body_size_bytes=wrapped(node.direct_response_limit),
        ignore_port_in_host_matching=node.ignore_port,
    )


def virtual_host(node: ir.VirtualHost) -> Any:
    """A virtual host."""
    return message_class("envoy.config.route.v3.VirtualHost")(
        name=node.name,
        domains=node.domains,
        routes=[route(r) for r in node.routes],
        include_request_attempt_count=node.attempt_count,
        typed_per_filter_config=per_filter_config(session=node.session),
    )


def route(node: ir.Route) -> dict[str, Any]:
    """The fields of a route."""
    return {
        "name": node.name,
        "match": route_match(node.match),
        **action(node.action),
        "metadata": _metadata(node.config) if node.config else None,
        "decorator": {"operation": node.operation} if node.operation else None,
        "stat_prefix": node.stat_prefix,
        "typed_per_filter_config": per_filter_config(node.fault, node.cors, node.session),
        **header_changes(node.headers),
    }


def _metadata(config: str) -> dict[str, Any]:
    """Where the route comes from, as istiod notes it for logs and dashboards."""
    return {"filter_metadata": {"istio": {"fields": {"config": {"string_value": config}}}}}
