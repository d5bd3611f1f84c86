"""What the names of route configurations mean."""

from __future__ import annotations

import pytest

from meshc.lower.routes.routes import RouteName, parse_name


@pytest.mark.parametrize(
    ("name", "port", "sniffed"),
    [
        ("9080", 9080, False),
        ("reviews.default.svc.cluster.local:9080", 9080, True),
        ("unix://var/run/app.sock", 0, False),
        ("http_proxy", 0, False),
    ],
)
def test_route_names(name: str, port: int, sniffed: bool) -> None:
    assert parse_name(name) == RouteName(port=port, sniffed=sniffed)


@pytest.mark.parametrize("name", ["http.8080", "a:b:80", "", "reviews"])
def test_names_that_istiod_does_not_know(name: str) -> None:
    assert parse_name(name) is None
