"""The endpoint map: which endpoints move, where to, and what is said of names that nothing has."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
import yaml

from meshc.compile import load_compiler
from meshc.findings import Sink
from meshc.model import endpoint_map as module
from meshc.model.endpoint_map import parse_address
from meshc.settings import Inputs, ProxyRequest

BOOKINFO = Path(__file__).parents[2] / "examples" / "bookinfo"
EXTERNAL = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
"""


def moved(tmp_path: Path, given: dict[str, object]) -> tuple[dict[str, list[str]], Sink]:
    """Addresses of the endpoints by cluster, as far as they are not assumed ones."""
    file, more = tmp_path / "map.yaml", tmp_path / "more.yaml"
    file.write_text(yaml.safe_dump(given))
    more.write_text(EXTERNAL)
    compiler = load_compiler(Inputs([str(BOOKINFO), str(more)], endpoint_map=file))
    config = compiler.compile(compiler.find(ProxyRequest(name="productpage-v1")))
    found: dict[str, list[str]] = {}
    for resource in config.endpoints:
        _, _, subset, host = resource.name.split("|")
        name = f"{host.split('.')[0]}{f'-{subset}' if subset else ''}"
        for group in resource.message.endpoints:  # type: ignore[attr-defined]
            for endpoint in group.lb_endpoints:
                at = endpoint.endpoint.address.socket_address
                if not at.address.startswith("10.244."):
                    found.setdefault(name, []).append(f"{at.address}:{at.port_value}")
    return found, compiler.findings


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"ratings-v1": "127.0.0.1:1"}, {"ratings": ["127.0.0.1:1"]}),
        ({"ratings-v1-0.default": "db"}, {"ratings": ["db:9080"]}),
        ({"reviews-v2": ["a:1", "b"]}, {"reviews": ["a:1", "b:9080"], "reviews-v2": ["a:1", "b:9080"]}),
        (
            {"reviews.default.svc.cluster.local": "a:1", "reviews-v1": "b:2", "reviews-v2-0": "c:3"},
            {
                "reviews": ["b:2", "c:3", "a:1"],
                "reviews-v1": ["b:2"],
                "reviews-v2": ["c:3"],
                "reviews-v3": ["a:1"],
            },
        ),
        ({"api.example.com": ["1.2.3.4", "1.2.3.5:81"]}, {"api": ["1.2.3.4:80", "1.2.3.5:81"]}),
        ({"empty.shop": "1.2.3.4"}, {"empty": ["1.2.3.4:8080"]}),
    ],
)
def test_endpoints_move(tmp_path: Path, given: dict[str, object], expected: dict[str, list[str]]) -> None:
    found, sink = moved(tmp_path, given)
    assert found == expected
    assert [f.code for f in sink if f.origin.kind == "EndpointMap"] == []


def test_names_and_addresses_that_are_wrong(tmp_path: Path) -> None:
    found, sink = moved(tmp_path, {"reviws-v1": "a:1", "ratings": "b:nope", "details": 7, "empty": "c:1"})
    assert found == {}
    said = sorted((f.code, f.origin.name, f.hint) for f in sink if f.origin.kind == "EndpointMap")
    assert [(code, name) for code, name, _ in said] == [
        ("MC0202", "details"),
        ("MC0205", "ratings"),
        ("MC0317", "empty"),
        ("MC0317", "reviws-v1"),
    ]
    assert said[3][2] == "did you mean reviews-v1?"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a", ("a", 0)),
        ("a:1", ("a", 1)),
        ("::1", ("::1", 0)),
        ("[::1]", ("::1", 0)),
        ("[::1]:2", ("::1", 2)),
        ("a:", None),
        (":1", None),
        ("[::1", None),
        ("a:0", None),
        ("a:65536", None),
        ("a b", None),
    ],
)
def test_addresses(text: str, address: tuple[str, int] | None) -> None:
    assert parse_address(text) == address


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0
