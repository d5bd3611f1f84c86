"""TLS of clusters: automatic, by rule, by files and by credential."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.ir.cluster import Cluster
from meshc.ir.tls import WORKLOAD_CERTIFICATE, WORKLOAD_ROOTS, SecretSource, ServerValidation, TlsVersion, UpstreamTls
from meshc.lower.tls.credentials import credential
from tests.lower.clusters import clusters_of, pod, selecting
from tests.manifests import manifest, mesh_of

WEB = "outbound|80||web.shop.svc.cluster.local"
CLIENT = pod("client", "10.0.0.9", "app: client")
FILES = {"TLS_CLIENT_CERT_CHAIN": "/c.pem", "TLS_CLIENT_KEY": "/k.pem", "TLS_CLIENT_ROOT_CERT": "/r.pem"}


def web(
    tls: str = "", *objects: dict[str, Any], name: str = WEB, proxy: dict[str, Any] | None = None, **features: Any
) -> Cluster:
    """The cluster of a service with one pod, under a rule with these TLS settings (as YAML)."""
    rule = manifest("DestinationRule", "web", f"host: web\ntrafficPolicy: {{tls: {tls}}}" if tls else "host: web")
    made = mesh_of(CLIENT, pod("web-1", "10.0.0.1"), selecting("web"), rule, *objects, **features)
    return clusters_of(made, "client.shop", **(proxy or {}))[name]


def tls_of(cluster: Cluster) -> UpstreamTls:
    assert cluster.transport is not None and cluster.transport.tls is not None
    return cluster.transport.tls


def test_endpoints_with_a_sidecar_are_spoken_to_with_mutual_tls() -> None:
    cluster = web()
    tls = tls_of(cluster)
    assert cluster.transport is not None and cluster.transport.by_endpoint
    assert (tls.sni, tls.alpn) == ("outbound_.80_._.web.shop.svc.cluster.local", ("istio-peer-exchange", "istio"))
    assert (tls.certificate, tls.parameters.maximum) == (WORKLOAD_CERTIFICATE, TlsVersion.V1_3)
    identity = "spiffe://cluster.local/ns/shop/sa/web-1"
    assert tls.validation == ServerValidation(roots=WORKLOAD_ROOTS, san_exact=(identity,))


@pytest.mark.parametrize(
    ("scope", "plaintext"),
    [("{mtls: {mode: DISABLE}}", True), ("{mtls: {mode: DISABLE}, selector: {matchLabels: {app: web}}}", False)],
)
def test_only_a_namespace_as_a_whole_can_refuse_mutual_tls(scope: str, plaintext: bool) -> None:
    cluster = web("", manifest("PeerAuthentication", "own", scope))
    assert (cluster.transport is None) is plaintext


def test_automatic_mutual_tls_can_be_switched_off() -> None:
    assert web(config={"enableAutoMtls": False}).transport is None


def test_services_outside_of_the_mesh_are_plaintext() -> None:
    entry = manifest("ServiceEntry", "api", "{hosts: [api.example.com], resolution: STATIC}")
    entry["spec"]["ports"] = [{"number": 80, "name": "http", "protocol": "HTTP"}]
    assert web("", entry, name="outbound|80||api.example.com").transport is None


def test_headless_services_are_spoken_to_with_mutual_tls_if_all_their_pods_can() -> None:
    headless = selecting("own", "clusterIP: None")
    plain = pod("own-2", "10.0.1.2", "app: own")
    del plain["metadata"]["labels"]["security.istio.io/tlsMode"]
    able = (headless, pod("own-1", "10.0.1.1", "app: own"))
    name = "outbound|80||own.shop.svc.cluster.local"
    assert not tls_of(web("", *able, name=name)).sni.startswith("own")
    assert web("", *able, name=name).transport is not None
    assert web("", *able, plain, name=name).transport is None
    assert web("", headless, name=name).transport is None


def test_endpoints_of_entries_belong_to_the_port_of_their_number() -> None:
    rule = manifest("DestinationRule", "db", "host: db.internal\ntrafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}")
    shared = "{hosts: [db.internal], location: MESH_INTERNAL, resolution: STATIC}"
    entries = [manifest("ServiceEntry", name, shared, age=age) for age, name in enumerate(("db", "more"))]
    for entry, name in zip(entries, ("tcp", "tcp-other"), strict=True):
        entry["spec"]["ports"] = [{"number": 80, "name": name, "protocol": "TCP"}]
    entries[1]["spec"]["endpoints"] = [{"address": "10.9.9.9", "serviceAccount": "db"}]
    cluster = web("", *entries, rule, name="outbound|80||db.internal")
    assert tls_of(cluster).certificate == WORKLOAD_CERTIFICATE


def test_a_rule_leaves_no_choice_to_the_endpoints() -> None:
    cluster = web("{mode: ISTIO_MUTUAL, sni: other, subjectAltNames: [me]}")
    assert cluster.transport is not None and not cluster.transport.by_endpoint
    tls = tls_of(cluster)
    assert tls.sni == "other" and tls.validation == ServerValidation(roots=WORKLOAD_ROOTS, san_exact=("me",))


def test_simple_tls_without_names_takes_those_of_the_request_and_the_roots_of_the_system() -> None:
    cluster = web("{mode: SIMPLE}")
    tls = tls_of(cluster)
    assert tls.validation is not None and tls.validation.roots is not None
    assert (tls.validation.roots.name, tls.validation.roots.source) == ("file-root:system", SecretSource.AGENT)
    assert (tls.sni, tls.alpn, tls.certificate) == ("", (), None)
    assert cluster.http is not None and cluster.http.auto_sni and cluster.http.auto_san_validation
    assert cluster.metadata is not None and cluster.metadata.no_alpn_override


def test_verification_can_be_skipped() -> None:
    of_files = tls_of(web("{mode: SIMPLE, sni: a, insecureSkipVerify: true}"))
    assert of_files.validation == ServerValidation()
    router = {"router": True}
    of_credential = tls_of(web("{mode: SIMPLE, credentialName: c, insecureSkipVerify: true}", proxy=router))
    assert of_credential.validation is None


def test_mutual_tls_without_a_certificate_is_plaintext() -> None:
    assert web("{mode: MUTUAL, caCertificates: /ca.pem}").transport is None


def test_a_credential_is_for_gateways_and_for_sidecars_that_a_rule_selects() -> None:
    tls = "{mode: MUTUAL, credentialName: shop}"
    assert web(tls).transport is None
    made = tls_of(web(tls, proxy={"router": True}))
    assert made.certificate is not None and made.certificate.name == "kubernetes://shop"
    assert made.validation is not None and made.validation.roots is not None
    assert made.validation.roots.name == "kubernetes://shop-cacert"
    selective = manifest("DestinationRule", "a", f"host: web\ntrafficPolicy: {{tls: {tls}}}")
    selective["spec"]["workloadSelector"] = {"matchLabels": {"app": "client"}}
    assert tls_of(web("", selective)).certificate == made.certificate


@pytest.mark.parametrize(
    ("name", "socket", "secret", "source"),
    [
        ("shop", False, "kubernetes://shop", SecretSource.CONTROL_PLANE),
        ("configmap://shop/ca", False, "configmap://shop/ca", SecretSource.CONTROL_PLANE),
        ("kubernetes-gateway://shop/tls", False, "kubernetes-gateway://shop/tls", SecretSource.CONTROL_PLANE),
        ("builtin://", False, "default", SecretSource.WORKLOAD),
        ("builtin://-cacert", False, "ROOTCA", SecretSource.WORKLOAD),
        ("invalid://shop/none", False, "invalid://", SecretSource.CONTROL_PLANE),
        ("sds://vault", True, "sds://vault", SecretSource.EXTERNAL),
        ("sds://vault", False, "kubernetes://vault", SecretSource.CONTROL_PLANE),
    ],
)
def test_a_credential_name_says_who_serves_it(name: str, socket: bool, secret: str, source: SecretSource) -> None:
    reference = credential(name, socket)
    assert (reference.name, reference.source) == (secret, source)


def test_certificates_of_the_proxy_stand_for_its_identity() -> None:
    cluster = web(proxy={"metadata": FILES})
    assert cluster.transport is not None and not cluster.transport.by_endpoint
    tls = tls_of(cluster)
    assert tls.certificate is not None and tls.certificate.name == "file-cert:/c.pem~/k.pem"
    assert tls.sni == "outbound_.80_._.web.shop.svc.cluster.local"
    named = tls_of(web("{mode: ISTIO_MUTUAL}", proxy={"metadata": {**FILES, "file-credential": "true"}}))
    assert named.certificate is not None and named.certificate.source is SecretSource.AGENT_FILES
    assert named.sni == ""


def test_a_rule_for_a_service_outside_of_the_mesh_is_taken_as_it_stands_before_certificates_of_the_proxy() -> None:
    entry = manifest("ServiceEntry", "api", "{hosts: [api.example.com], resolution: STATIC, subjectAltNames: [api]}")
    entry["spec"]["ports"] = [{"number": 80, "name": "http", "protocol": "HTTP"}]
    policy = "host: api.example.com\ntrafficPolicy: {tls: {mode: ISTIO_MUTUAL, credentialName: unused}}"
    rule, name = manifest("DestinationRule", "api", policy), "outbound|80||api.example.com"
    before = tls_of(web("", entry, rule, name=name, proxy={"metadata": FILES}))
    assert (before.sni, before.certificate) == (name, WORKLOAD_CERTIFICATE)
    assert before.validation == ServerValidation(roots=WORKLOAD_ROOTS)
    without = tls_of(web("", entry, rule, name=name))
    assert without.sni == "outbound_.80_._.api.example.com"
    assert without.validation == ServerValidation(roots=WORKLOAD_ROOTS, san_exact=("api",))
    flag: dict[str, Any] = {"prefer_destinationrule_tls_for_external_services": False}
    after = tls_of(web("", entry, rule, name=name, proxy={"metadata": FILES}, **flag))
    assert after.certificate is not None and after.certificate.name == "file-cert:/c.pem~/k.pem"


def test_verification_by_the_mesh_is_never_skipped() -> None:
    wild = manifest("ServiceEntry", "wild", "{hosts: ['*.example.com'], resolution: DYNAMIC_DNS}")
    wild["spec"]["ports"] = [{"number": 80, "name": "http", "protocol": "HTTP"}]
    policy = "host: '*.example.com'\ntrafficPolicy: {tls: {mode: ISTIO_MUTUAL, insecureSkipVerify: true}}"
    cluster = web("", wild, manifest("DestinationRule", "wild", policy), name="outbound|80||*.example.com")
    assert cluster.http is not None and cluster.http.auto_san_validation
    assert cluster.forward_proxy is not None and not cluster.forward_proxy.allow_insecure


def test_a_compliance_policy_narrows_versions_and_ciphers() -> None:
    assert tls_of(web(compliance_policy="fips-140-2")).parameters.maximum is TlsVersion.V1_2
    parameters = tls_of(web("{mode: SIMPLE}", compliance_policy="pqc")).parameters
    assert (parameters.minimum, parameters.curves) == (TlsVersion.V1_3, ("X25519MLKEM768",))
    assert len(parameters.ciphers) == 4
