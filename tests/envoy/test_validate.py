"""Validation rules: what Envoy would refuse is found, with its place; what istiod sends passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from meshc.envoy.encode import from_value
from meshc.envoy.schema import POOL, _roots
from meshc.envoy.validate import _plan, violations
from tests.oracle import recorded

NAMES = {
    "Bootstrap": "envoy.config.bootstrap.v3.Bootstrap",
    "Cluster": "envoy.config.cluster.v3.Cluster",
    "Compressor": "envoy.extensions.filters.http.compressor.v3.Compressor",
    "DnsCache": "envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig",
    "HeaderValue": "envoy.config.core.v3.HeaderValue",
    "HitsAddend": "envoy.config.route.v3.RateLimit.HitsAddend",
    "HttpStatus": "envoy.type.v3.HttpStatus",
    "Listener": "envoy.config.listener.v3.Listener",
    "LoadAssignment": "envoy.config.endpoint.v3.ClusterLoadAssignment",
    "OutlierDetection": "envoy.config.cluster.v3.OutlierDetection",
    "RouteMatch": "envoy.config.route.v3.RouteMatch",
    "TcpProxy": "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    "VirtualHost": "envoy.config.route.v3.VirtualHost",
    "WeightedCluster": "envoy.config.route.v3.WeightedCluster",
}

KNOWN = {
    "typedConfig.config.vmConfig.code.remote.sha256: value length must be at least 1 characters",
    "httpService.httpUri.timeout: value is required",
}
"""What istiod sends against the rules: Wasm modules without a checksum, OpenTelemetry over HTTP without a timeout."""


def broken(kind: str, value: dict[str, Any]) -> list[str]:
    return [str(found) for found in violations(from_value(NAMES[kind], value))]


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("Cluster", {"name": "a"}, []),
        ("Cluster", {}, ["name: value length must be at least 1 characters"]),
        ("Cluster", {"name": "a", "lbPolicy": 77}, ["lbPolicy: value must be one of the defined enum values"]),
        ("Cluster", {"name": "a", "connectTimeout": "0s"}, ["connectTimeout: value must be greater than 0s"]),
        ("HttpStatus", {}, ["code: value must not be in list [0]"]),
        ("RouteMatch", {}, ["path_specifier: value is required"]),
        ("RouteMatch", {"safeRegex": {"regex": "a"}}, []),
        ("RouteMatch", {"safeRegex": {}}, ["safeRegex.regex: value length must be at least 1 characters"]),
        (
            "RouteMatch",
            {"pathSeparatedPrefix": "/a/"},
            ['pathSeparatedPrefix: value does not match regex pattern "^[^?#]+[^?#/]$"'],
        ),
        ("RouteMatch", {"pathSeparatedPrefix": "/a\n"}, []),
        ("VirtualHost", {"name": "a"}, ["domains: value must contain at least 1 item(s)"]),
        (
            "VirtualHost",
            {"name": "a", "domains": ["b", "c\n"]},
            [r'domains[1]: value does not match regex pattern "^[^\x00\x0a\x0d]*$"'],
        ),
        ("HeaderValue", {"key": "a" * 16385}, ["key: value length must be at most 16384 bytes"]),
        ("HitsAddend", {"format": "%A%"}, []),
        ("HitsAddend", {"format": ""}, []),
        ("HitsAddend", {"format": "A%"}, ['format: value does not have prefix "%"']),
        ("HitsAddend", {"number": 1_000_000_001}, ["number: value must be less than or equal to 1e+09"]),
        (
            "OutlierDetection",
            {"maxEjectionPercent": 101},
            ["maxEjectionPercent: value must be less than or equal to 100"],
        ),
        ("OutlierDetection", {"maxEjectionPercent": 0}, []),
        ("Bootstrap", {"statsFlushOnAdmin": True}, []),
        (
            "Compressor",
            {"responseDirectionConfig": {"uncompressibleResponseCodes": [200, 200, 600]}},
            [
                "compressorLibrary: value is required",
                "responseDirectionConfig.uncompressibleResponseCodes: repeated value must contain unique items",
                "responseDirectionConfig.uncompressibleResponseCodes[2]: value must be inside range [200, 600)",
            ],
        ),
        (
            "LoadAssignment",
            {"clusterName": "a", "namedEndpoints": {"k": {"address": {"pipe": {}}}}},
            ["namedEndpoints[k].address.pipe.path: value length must be at least 1 characters"],
        ),
    ],
)
def test_rules(kind: str, value: dict[str, Any], wanted: list[str]) -> None:
    assert broken(kind, value) == wanted


def test_packed_messages_are_checked_too() -> None:
    packed = {"@type": f"type.googleapis.com/{NAMES['TcpProxy']}", "cluster": "a"}
    listener = {"name": "l", "filterChains": [{"filters": [{"name": "f", "typedConfig": packed}]}]}
    assert broken("Listener", listener) == [
        "filterChains[0].filters[0].typedConfig.statPrefix: value length must be at least 1 characters"
    ]


def test_every_rule_of_envoys_api_is_known() -> None:
    """Compiling raises on a rule without a test."""
    root = _roots()[0]
    for path in sorted(root.glob("envoy/**/v3/*_pb2.py")):
        name = str(path.relative_to(root)).removesuffix("_pb2.py") + ".proto"
        waiting = list(POOL.FindFileByName(name).message_types_by_name.values())
        while waiting:
            found = waiting.pop()
            _plan(found)
            waiting += found.nested_types


def test_what_istiod_sent_breaks_no_rule(oracle: Path) -> None:
    found = {
        str(violation)
        for name, resource in recorded(oracle, "[c-g]*")
        for violation in violations(from_value(name, resource))
    }
    assert [text for text in sorted(found) if not text.endswith(tuple(KNOWN))] == []
