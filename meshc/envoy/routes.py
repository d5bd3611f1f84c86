"""Route configurations in, `envoy.config.route.v3.RouteConfiguration` messages out."""

from __future__ import annotations

from typing import Any

from meshc.envoy.any import config_metadata
from meshc.envoy.encode import list_text, to_text, to_text_with
from meshc.envoy.route_actions import action, header_changes
from meshc.envoy.route_filters import per_filter_config
from meshc.envoy.route_matches import route_match
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import wrapped
from meshc.ir import route as ir


class RouteMessages:
    """Makes route configurations of one mesh: those of different namespaces have most virtual hosts in common."""

    def __init__(self) -> None:
        self._messages: dict[ir.VirtualHost, Any] = {}
        self._texts: dict[ir.VirtualHost, str] = {}
        self._json: dict[ir.RouteConfiguration, bytes] = {}

    def message(self, node: ir.RouteConfiguration) -> Any:
        """The message of a route configuration."""
        made = _without_hosts(node)
        made.virtual_hosts.extend(self._host(host) for host in node.virtual_hosts)
        return made

    def json(self, node: ir.RouteConfiguration) -> bytes:
        """Its JSON, put together from that of the virtual hosts."""
        made = self._json.get(node)
        if made is None:
            hosts = list_text(map(self._text, node.virtual_hosts))
            made = self._json[node] = to_text_with(_without_hosts(node), virtual_hosts=hosts).encode()
        return made

    def _host(self, node: ir.VirtualHost) -> Any:
        made = self._messages.get(node)
        if made is None:
            made = self._messages[node] = virtual_host(node)
        return made

    def _text(self, node: ir.VirtualHost) -> str:
        made = self._texts.get(node)
        if made is None:
            made = self._texts[node] = to_text(self._host(node))
        return made


def route_configuration(node: ir.RouteConfiguration) -> Any:
    """A route configuration."""
    return RouteMessages().message(node)


def _without_hosts(node: ir.RouteConfiguration) -> Any:
    """Clusters are never validated: Envoy may learn of them later than of the routes."""
    return message_class("envoy.config.route.v3.RouteConfiguration")(
        name=node.name,
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
        require_tls="ALL" if node.require_tls else "NONE",
        typed_per_filter_config=per_filter_config(session=node.session),
    )


def route(node: ir.Route) -> dict[str, Any]:
    """The fields of a route."""
    return {
        "name": node.name,
        "match": route_match(node.match),
        **action(node.action),
        "metadata": config_metadata(node.config),
        "decorator": {"operation": node.operation} if node.operation else None,
        "stat_prefix": node.stat_prefix,
        "typed_per_filter_config": per_filter_config(node.fault, node.cors, node.session),
        **header_changes(node.headers),
    }
