"""The whole configuration of one proxy, in our nouns."""

from __future__ import annotations

from meshc.ir.bootstrap import Bootstrap
from meshc.ir.cluster import Cluster
from meshc.ir.endpoint import EndpointGroup
from meshc.ir.listener import AnyListener
from meshc.ir.node import node
from meshc.ir.route import RouteConfiguration
from meshc.ir.secret import Secret


@node
class ProxyIR:
    """What one proxy gets, per resource type, in istiod's order; `proxy` is its `<name>.<namespace>`.

    `bootstrap` is what it starts with before it gets any of this.
    """

    proxy: str
    bootstrap: Bootstrap
    listeners: tuple[AnyListener, ...] = ()
    routes: tuple[RouteConfiguration, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    endpoints: tuple[EndpointGroup, ...] = ()
    secrets: tuple[Secret, ...] = ()
