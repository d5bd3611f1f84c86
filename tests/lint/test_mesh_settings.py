"""What is said about mesh config and networks, from a file and from the ConfigMap."""

from __future__ import annotations

from pathlib import Path

import yaml

from meshc.findings import Severity
from meshc.lint import lint
from meshc.settings import Inputs

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"

MESH_CONFIG = """
proxyListenPort: 0
connectTimeout: 2h
protocolDetectionTimeout: 1.5ms
defaultConfig:
  serviceCluster: ''
  drainDuration: 1.5s
  discoveryAddress: istiod
  statsdUdpAddress: a:0
  proxyAdminPort: 70000
  tracing: {zipkin: {address: '$(HOST_IP):9411'}, lightstep: {address: a_b:1}}
  privateKeyProvider: {cryptomb: {}}
  proxyMetadata: {ISTIO_META_DNS_AUTO_ALLOCATE: 'true'}
localityLbSetting: {failover: [{from: a, to: a}]}
serviceSettings: [{hosts: [a_b]}]
trustDomain: a_b
trustDomainAliases: ['']
meshMTLS: {ecdhCurves: [P-256]}
tlsDefaults: {ecdhCurves: [P-256, x, P-256]}
extensionProviders:
- {name: A, zipkin: {service: a, port: 0}}
- {name: b, prometheus: {}, zipkin: {service: a_b/x, port: 1}}
- name: ext
  envoyExtAuthzHttp: {service: a, port: 1, pathPrefix: x, statusOnError: '999', includeRequestHeadersInCheck: ['*', a]}
- {name: ext}
"""

EXPECTED = [
    "2 MC0402 proxyListenPort: 0 is no port number",
    "3 MC0401 connectTimeout: connectTimeout 7200s is above an hour",
    "4 MC0401 protocolDetectionTimeout: protocolDetectionTimeout is not a whole number of milliseconds",
    "6 MC0412 defaultConfig.serviceCluster: serviceCluster is missing",
    "7 MC0401 defaultConfig.drainDuration: drainDuration is not a whole number of seconds",
    "8 MC0410 defaultConfig.discoveryAddress: 'istiod' is not of the form host:port",
    "9 MC0410 defaultConfig.statsdUdpAddress: 'a:0' is not of the form host:port",
    "10 MC0402 defaultConfig.proxyAdminPort: 70000 is no port number",
    "11 MC0412 defaultConfig.tracing.lightstep.accessToken: the access token is missing",
    "11 MC0410 defaultConfig.tracing.lightstep.address: 'a_b' is no host name: label 'a_b' is malformed",
    "12 MC0412 defaultConfig.privateKeyProvider.cryptomb.pollDelay: pollDelay is missing or zero",
    "13 MC0451 defaultConfig.proxyMetadata.ISTIO_META_DNS_AUTO_ALLOCATE: ISTIO_META_DNS_AUTO_ALLOCATE is deprecated",
    "14 MC0425 localityLbSetting.failover[0]: failover from 'a' to 'a' leads nowhere",
    "15 MC0404 serviceSettings[0].hosts[0]: 'a_b' is no host name: label 'a_b' is malformed",
    "16 MC0431 trustDomain: 'a_b' is no trust domain: a DNS name",
    "17 MC0431 trustDomainAliases[0]: the trust domain is empty",
    "18 MC0423 meshMTLS.ecdhCurves: the curves of mutual TLS cannot be chosen",
    "19 MC0457 tlsDefaults.ecdhCurves[1]: curve x is unknown and ignored",
    "19 MC0457 tlsDefaults.ecdhCurves[2]: curve P-256 stands twice",
    "21 MC0476 extensionProviders[0].name: 'A' is no name of a provider: lower case, digits and inner -",
    "21 MC0476 extensionProviders[0].zipkin.port: 0 is no port number",
    "22 MC0476 extensionProviders[1]: provider 'b' has 2 kinds of settings, not one",
    "22 MC0476 extensionProviders[1].zipkin.service: 'a_b/x' names no namespace",
    "24 MC0476 extensionProviders[2].envoyExtAuthzHttp.includeRequestHeadersInCheck[0]: '*' is no name of a header",
    "24 MC0476 extensionProviders[2].envoyExtAuthzHttp.pathPrefix: 'x' does not begin with /",
    "24 MC0476 extensionProviders[2].envoyExtAuthzHttp.statusOnError: '999' is no status of HTTP",
    "25 MC0476 extensionProviders[3].name: provider 'ext' stands twice",
    "25 MC0476 extensionProviders[3]: provider 'ext' has 0 kinds of settings, not one",
]

NETWORKS = """
networks:
  one:
    endpoints: [{fromCidr: 1.2.3.4/33}, {fromRegistry: a_b}]
    gateways: [{address: a_b, port: 0}, {registryServiceName: x_, port: 1}]
"""


EXPECTED_OF_NETWORKS = [
    "4 MC0410 networks[one].endpoints[0].fromCidr: '1.2.3.4/33' is neither an IP address nor a CIDR range",
    "4 MC0403 networks[one].endpoints[1].fromRegistry: 'a_b' is no DNS label: letters, digits and inner - (at most 63)",
    "5 MC0410 networks[one].gateways[0].address: 'a_b' is no host name: label 'a_b' is malformed",
    "5 MC0402 networks[one].gateways[0].port: 0 is no port number",
    "5 MC0404 networks[one].gateways[1].registryServiceName: 'x_' is no host name: label 'x_' is malformed",
]


def said(folder: Path, manifests: str = NAMESPACE, mesh_config: str = "", mesh_networks: str = "") -> list[str]:
    """The findings about mesh settings, in the order of their lines."""
    given = {"in": manifests, "config": mesh_config, "networks": mesh_networks}
    paths = {name: folder / f"{name}.yaml" for name, text in given.items() if text}
    for name, path in paths.items():
        path.write_text(given[name])
    outcome = lint(Inputs([str(paths["in"])], paths.get("config"), paths.get("networks")))
    return [
        f"{f.location.line if f.location else 0} {f.code} {f.origin.field}: {f.message}"
        for f in outcome.findings
        if f.origin.kind in ("MeshConfig", "MeshNetworks") and f.code.startswith("MC04")
    ]


def test_mesh_config(tmp_path: Path) -> None:
    assert sorted(said(tmp_path, mesh_config=MESH_CONFIG)) == sorted(EXPECTED)


def test_mesh_config_of_the_config_map(tmp_path: Path) -> None:
    config_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "istio", "namespace": "istio-system"},
        "data": {"mesh": MESH_CONFIG, "meshNetworks": NETWORKS},
    }
    found = said(tmp_path, manifests=yaml.safe_dump(config_map))
    assert [line for line in sorted(found) if line in EXPECTED] == sorted(EXPECTED)
    assert len(found) == len(EXPECTED) + len(EXPECTED_OF_NETWORKS)


def test_networks(tmp_path: Path) -> None:
    assert said(tmp_path, mesh_networks=NETWORKS) == EXPECTED_OF_NETWORKS


def test_defaults_hold(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text(NAMESPACE)
    assert [f for f in lint(Inputs([str(tmp_path / "in.yaml")])).findings if f.severity > Severity.INFO] == []
