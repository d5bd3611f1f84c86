"""Names under which a service may be called, as seen from different DNS domains."""

from __future__ import annotations

import pytest

from meshc.lower.routes.domains import bracketed, join_port, short_names

REVIEWS = "reviews.default.svc.cluster.local"


@pytest.mark.parametrize(
    ("host", "domain", "names"),
    [
        (REVIEWS, "default.svc.cluster.local", ("reviews", "reviews.default.svc", "reviews.default")),
        (REVIEWS, "mesh.svc.cluster.local", ("reviews.default", "reviews.default.svc")),
        ("a.b.ns.svc.cluster.local", "ns.svc.cluster.local", ("a.b.ns", "a.b.ns.svc")),
        ("foo.svc.cluster.local", "default.svc.cluster.local", ()),
        ("api.example.com", "default.svc.cluster.local", ()),
        (REVIEWS, "default.svc.other.domain", ()),
        ("*.ns.svc.cluster.local", "ns.svc.cluster.local", ("*", "*.ns.svc", "*.ns")),
        ("foo.local.campus.net", "remote.campus.net", ("foo.local", "foo.local.campus")),
        ("foo.local.campus.net", "local.campus.net", ("foo",)),
        ("foo.example.com", "local.campus.net", ()),
        ("campus.net", "local.campus.net", ()),
    ],
)
def test_short_names(host: str, domain: str, names: tuple[str, ...]) -> None:
    assert short_names(host, domain) == names


def test_ipv6_addresses_are_bracketed() -> None:
    assert bracketed("2001:db8::1") == "[2001:db8::1]"
    assert join_port("2001:db8::1", 80) == "[2001:db8::1]:80"
    assert join_port("a.example.com", 80) == "a.example.com:80"
