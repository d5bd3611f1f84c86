"""Mesh settings: what a user's layer does to the defaults, and how messages are printed."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.findings import Sink
from meshc.resources.decode import decode_value
from meshc.resources.encode import to_json
from meshc.resources.mesh_config import (
    DEFAULT_MESH_CONFIG,
    DEFAULT_PROXY_CONFIG,
    MeshConfig,
    ProxyConfig,
    overlay_mesh_config,
    overlay_proxy_config,
)
from meshc.source import documents_of_text


def mesh(text: str) -> MeshConfig:
    sink = Sink()
    root = documents_of_text(text, "mesh.yaml", sink)[0].root
    decoded = decode_value(MeshConfig, root, "mesh.yaml", sink)
    assert decoded is not None and not sink
    return overlay_mesh_config(DEFAULT_MESH_CONFIG, decoded, root)


def proxy(base: ProxyConfig, text: str) -> ProxyConfig:
    sink = Sink()
    root = documents_of_text(text, "proxy.yaml", sink)[0].root
    decoded = decode_value(ProxyConfig, root, "proxy.yaml", sink)
    assert decoded is not None and not sink
    return overlay_proxy_config(base, decoded, root)


def test_default_proxy_config() -> None:
    assert to_json(DEFAULT_PROXY_CONFIG) == {
        "binaryPath": "/usr/local/bin/envoy",
        "configPath": "./etc/istio/proxy",
        "controlPlaneAuthPolicy": "MUTUAL_TLS",
        "discoveryAddress": "istiod.istio-system.svc:15012",
        "drainDuration": "45s",
        "proxyAdminPort": 15000,
        "serviceCluster": "istio-proxy",
        "statNameLength": 189,
        "statusPort": 15020,
        "terminationDrainDuration": "5s",
    }


def test_a_field_that_is_given_replaces_the_default_also_with_zero() -> None:
    config = mesh("enableTracing: false\nconnectTimeout: 0.25s\nlocalityLbSetting: {}\ndnsRefreshRate: null\n")
    assert config.enable_tracing is False
    assert config.connect_timeout == 250_000_000
    assert config.locality_lb_setting is not None and config.locality_lb_setting.enabled is None
    assert config.dns_refresh_rate == 60_000_000_000
    assert config.proxy_listen_port == 15001
    assert config.default_config is DEFAULT_PROXY_CONFIG


def test_names_of_the_protobuf_definition_are_known_too() -> None:
    config = mesh("enable_tracing: false\ndefault_config: {status_port: 0}\nmesh_mTLS: {ecdh_curves: [P-256]}\n")
    assert config.enable_tracing is False
    assert config.default_config.status_port == 0
    assert config.default_config.proxy_admin_port == 15000
    assert config.mesh_mtls is not None and config.mesh_mtls.ecdh_curves == ("P-256",)


def test_default_providers_are_merged_list_by_list() -> None:
    config = mesh("defaultProviders: {tracing: [a], metrics: [b]}")
    assert to_json(config.default_providers) == {"tracing": ["a"], "metrics": ["b"]}
    assert DEFAULT_MESH_CONFIG.default_providers.metrics == ()


def test_extension_providers_are_merged_by_name_in_place() -> None:
    config = mesh(
        "extensionProviders:\n"
        "- {name: new, zipkin: {service: z, port: 1}}\n"
        "- {name: envoy, envoyFileAccessLog: {path: /dev/stderr}}\n"
        "- {name: new, datadog: {service: d, port: 2}}\n"
    )
    providers = config.extension_providers
    assert [provider.name for provider in providers] == ["prometheus", "stackdriver", "envoy", "new"]
    assert to_json(providers[2]) == {"name": "envoy", "envoyFileAccessLog": {"path": "/dev/stderr"}}
    assert providers[3].zipkin is None and providers[3].datadog is not None


def test_trust_domain_aliases_are_sorted_and_single() -> None:
    assert mesh("trustDomainAliases: [b, a, b]").trust_domain_aliases == ("a", "b")


HEADERS = """
proxyMetadata: {A: "1", B: "1"}
proxyHeaders:
  server: {value: mesh}
  requestId: {disabled: true}
  forwardedClientCert: SANITIZE
  xForwardedPort: {enabled: true}
  preserveHttp1HeaderCase: true
tracing: {sampling: 5, maxPathTagLength: 9}
"""


def test_proxy_config_over_proxy_config() -> None:
    base = proxy(DEFAULT_PROXY_CONFIG, HEADERS)
    over = proxy(base, "proxyMetadata: {B: '2'}\nproxyHeaders: {attemptCount: {disabled: false}}\ntracing: {}\n")
    shown = to_json(over)
    assert shown["proxyMetadata"] == {"A": "1", "B": "2"}
    assert shown["tracing"] == {}
    assert shown["proxyHeaders"] == {
        "server": {"value": "mesh"},
        "requestId": {"disabled": True},
        "attemptCount": {"disabled": False},
        "forwardedClientCert": "SANITIZE",
    }
    assert over.drain_duration == 45_000_000_000


def test_a_layer_without_headers_keeps_them_all() -> None:
    base = proxy(DEFAULT_PROXY_CONFIG, HEADERS)
    assert proxy(base, "concurrency: 0").proxy_headers is base.proxy_headers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tracingServiceName: APP_LABEL_AND_NAMESPACE", {"tracingServiceName": "APP_LABEL_AND_NAMESPACE"}),
        ("serviceCluster: x", {"serviceCluster": "x"}),
    ],
)
def test_service_cluster_and_tracing_service_name_exclude_each_other(text: str, expected: dict[str, Any]) -> None:
    shown = to_json(proxy(proxy(DEFAULT_PROXY_CONFIG, "tracingServiceName: CANONICAL_NAME_ONLY"), text))
    assert {key: shown[key] for key in ("serviceCluster", "tracingServiceName") if key in shown} == expected


def test_printing() -> None:
    config = mesh(
        "extensionProviders:\n"
        "- {name: s, stackdriver: {maxNumberOfAttributes: '5'}}\n"
        "- {name: l, envoyFileAccessLog: {logFormat: {labels: {a: {b: [1, null]}}}}}\n"
        "defaultConfig: {tracing: {sampling: 12.50}, privateKeyProvider: {qat: {pollDelay: 0.005s}}}\n"
    )
    assert to_json(config.extension_providers[3]) == {"name": "s", "stackdriver": {"maxNumberOfAttributes": "5"}}
    assert to_json(config.extension_providers[4])["envoyFileAccessLog"] == {
        "logFormat": {"labels": {"a": {"b": [1, None]}}}
    }
    shown = to_json(config.default_config)
    assert shown["tracing"] == {"sampling": 12.5}
    assert shown["privateKeyProvider"] == {"qat": {"pollDelay": "0.005s"}}
    assert type(to_json(mesh("defaultConfig: {tracing: {sampling: 5}}").default_config)["tracing"]["sampling"]) is int
