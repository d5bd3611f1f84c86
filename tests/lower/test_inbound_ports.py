"""Which ports of a workload get chains, and which listeners there are, by services, Sidecar and interception."""

from __future__ import annotations

from typing import Any

from meshc.ir.address import Address
from meshc.ir.conditions import TextKind, TextMatch
from meshc.ir.listener import Inspector
from meshc.ir.security import ClientValidation
from meshc.ir.tls import SecretReference, SecretSource, TlsParameters, TlsVersion
from tests.lower.inbound import WEB, chain_text, chains, inbound, remarks, sidecar, web_service
from tests.lower.listeners import pod
from tests.manifests import manifest, mesh_of

OFF = manifest("PeerAuthentication", "off", {"mtls": {"mode": "DISABLE"}})
HTTP = web_service(("http", 80, 8080))


def ingress(number: int, protocol: str = "HTTP", **fields: Any) -> dict[str, Any]:
    return {"port": {"number": number, "protocol": protocol, "name": "main"}, **fields}


def names(*objects: dict[str, Any], **metadata: Any) -> list[str]:
    """The names of the chains that are of single ports, in plaintext."""
    mesh = mesh_of(WEB, OFF, *objects)
    return list(dict.fromkeys(text.split()[0] for text in chains(mesh, **metadata) if text.split()[1] != "*"))


def test_the_oldest_service_names_the_traffic_of_a_port() -> None:
    younger = web_service(("tcp-admin", 81, 8080), name="admin", age=1)
    mesh = mesh_of(WEB, OFF, younger, HTTP)
    assert chains(mesh)[-1] == "0.0.0.0_8080 8080 raw_buffer"
    assert inbound(mesh)["virtualInbound"].chains[-1].filters[-1].stat_prefix == "inbound_0.0.0.0_8080;"  # type: ignore[attr-defined]
    assert remarks(mesh, "MC0661") == [
        "MC0661 Service shop/admin: port 81 of admin.shop.svc.cluster.local leads to port 8080, which Service shop/web "
        "has; it does not name the traffic there"
    ]


def test_ports_of_the_proxy_itself_are_left_out() -> None:
    taken = web_service(("http-status", 80, 15021), ("http-in", 81, 15006), ("http-more", 82, 8080))
    assert names(taken) == ["0.0.0.0_8080"]
    assert [text.split(": ")[-1] for text in remarks(mesh_of(WEB, taken), "MC0660")] == [
        "port 15021 is the proxy's",
        "port 15006 is the proxy's",
    ]


def test_what_a_sidecar_declares_replaces_services() -> None:
    declared = sidecar(ingress(9080), ingress(9443, "HTTPS", bind="127.0.0.5"), ingress(9080, "TCP"))
    found = inbound(mesh_of(WEB, OFF, HTTP, declared))["virtualInbound"].chains
    assert [chain_text(chain) for chain in found[3:]] == [
        "10.244.0.9_9080 9080 raw_buffer",
        "127.0.0.5_9443 9443 raw_buffer",
    ]
    assert found[-1].config == "/apis/networking.istio.io/v1/namespaces/shop/sidecar/own"
    assert found[-1].origin.field == "spec.ingress[1]"


def test_what_a_sidecar_declares_joins_services_under_a_flag() -> None:
    mesh = mesh_of(WEB, OFF, HTTP, sidecar(ingress(9080)), pilot_allow_sidecar_service_inbound_listener_merge=True)
    assert [text.split()[0] for text in chains(mesh)[2:]] == ["0.0.0.0_8080", "10.244.0.9_9080"]


def test_ports_that_a_sidecar_declares_must_be_free() -> None:
    everywhere = ingress(15021, "TCP", bind="0.0.0.0")
    mesh = mesh_of(
        WEB, OFF, sidecar(everywhere, ingress(15090), ingress(15021, "TCP"), ingress(80, captureMode="NONE"))
    )
    assert names(sidecar(everywhere, ingress(15090), ingress(15021, "TCP"))) == ["10.244.0.9_15021"]
    assert [text.split(": ")[-1] for text in remarks(mesh, "MC0660", UNPRIVILEGED_POD="true")] == [
        "port 15021 is the proxy's",
        "port 15090 is the proxy's",
        "port 80 is privileged",
    ]


def test_a_socket_is_bound_where_nothing_is_captured() -> None:
    mesh = mesh_of(WEB, OFF, sidecar(ingress(9080, captureMode="NONE"), ingress(7000, "")))
    found = inbound(mesh)
    assert list(found) == ["virtualInbound", "10.244.0.9_9080"]
    bound = found["10.244.0.9_9080"]
    assert bound.addresses == (Address(host="10.244.0.9", port=9080),)
    assert bound.listener_filters == ()
    assert list(inbound(mesh, INTERCEPTION_MODE="NONE")) == ["10.244.0.9_7000", "10.244.0.9_9080"]
    sniffed = inbound(mesh, INTERCEPTION_MODE="NONE")["10.244.0.9_7000"].listener_filters
    assert [f.inspector for f in sniffed] == [Inspector.HTTP]


def test_without_interception_services_are_not_listened_for() -> None:
    assert inbound(mesh_of(WEB, HTTP), INTERCEPTION_MODE="NONE") == {}


def test_transparent_interception_keeps_the_address_of_clients() -> None:
    listener = inbound(mesh_of(WEB, HTTP), INTERCEPTION_MODE="TPROXY", INBOUND_LISTENER_EXACT_BALANCE="true")[
        "virtualInbound"
    ]
    assert (listener.transparent, listener.exact_balance) == (True, True)
    assert [f.inspector for f in listener.listener_filters[:2]] == [Inspector.ORIGINAL_DST, Inspector.ORIGINAL_SRC]


def test_addresses_of_both_families_with_the_flag_for_it() -> None:
    ips = "10.244.0.9,2001:db8::9"
    both = inbound(mesh_of(WEB, HTTP, istio_dual_stack=True), INSTANCE_IPS=ips)["virtualInbound"]
    assert [address.host for address in both.addresses] == ["0.0.0.0", "::"]
    one = inbound(mesh_of(WEB, HTTP), INSTANCE_IPS="2001:db8::9")["virtualInbound"]
    assert [address.host for address in one.addresses] == ["::"]


def test_replicas_share_their_listener() -> None:
    mesh = mesh_of(pod("one", ip="10.244.0.1", app="web"), pod("two", ip="10.244.0.2", app="web"), HTTP)
    assert inbound(mesh, "one.shop")["virtualInbound"] is inbound(mesh, "two.shop")["virtualInbound"]


OWN_TLS = ingress(
    9443,
    "HTTPS",
    tls={
        "mode": "MUTUAL",
        "serverCertificate": "/certs/cert.pem",
        "privateKey": "/certs/key.pem",
        "caCertificates": "/certs/ca.pem",
        "subjectAltNames": ["client.example.com"],
        "minProtocolVersion": "TLSV1_2",
        "cipherSuites": ["AES128-SHA", "ROT13", "AES128-SHA"],
    },
)


def test_a_mode_for_the_port_of_a_service_is_likely_meant_for_the_target_port() -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "portLevelMtls": {"80": {"mode": "STRICT"}, "81": {}}}
    mesh = mesh_of(WEB, HTTP, manifest("PeerAuthentication", "web", spec))
    assert remarks(mesh, "MC0663") == [
        "MC0663 PeerAuthentication shop/web: portLevelMtls is for port 80 of the workload, and that of "
        "web.shop.svc.cluster.local leads to its port 8080"
    ]


def test_tls_of_a_sidecar_counts_where_the_mesh_has_none() -> None:
    mesh = mesh_of(WEB, OFF, sidecar(OWN_TLS), enable_tls_on_sidecar_ingress=True)
    chain = inbound(mesh)["virtualInbound"].chains[-1]
    assert chain_text(chain) == "10.244.0.9_9443 9443 tls +mtls"
    assert chain.tls is not None
    assert chain.tls.certificates[0].name == "file-cert:/certs/cert.pem~/certs/key.pem"
    assert chain.tls.parameters == TlsParameters(
        minimum=TlsVersion.V1_2, maximum=TlsVersion.AUTO, ciphers=("AES128-SHA",)
    )
    assert chain.tls.validation == ClientValidation(
        roots=SecretReference(name="file-root:/certs/ca.pem", source=SecretSource.AGENT),
        names=(TextMatch(kind=TextKind.EXACT, text="client.example.com"),),
    )


def test_tls_of_a_sidecar_is_ignored_elsewhere() -> None:
    remark = "MC0662 Sidecar shop/own spec.ingress[0]: `tls` has no effect: "
    assert remarks(mesh_of(WEB, OFF, sidecar(OWN_TLS)), "MC0662") == [
        remark + "istiod runs without ENABLE_TLS_ON_SIDECAR_INGRESS"
    ]
    mesh = mesh_of(WEB, sidecar(OWN_TLS), enable_tls_on_sidecar_ingress=True)
    assert remarks(mesh, "MC0662") == [remark + "the mesh's own TLS is not off for port 9443"]
    assert inbound(mesh)["virtualInbound"].chains[-1].match.transport_protocol == "raw_buffer"  # type: ignore[union-attr]


def test_tls_of_a_sidecar_without_a_mode_has_no_parameters() -> None:
    bare = ingress(9443, "HTTPS", tls={"minProtocolVersion": "TLSV1_3"})
    mesh = mesh_of(WEB, OFF, sidecar(bare), config={"tlsDefaults": {}}, enable_tls_on_sidecar_ingress=True)
    tls = inbound(mesh)["virtualInbound"].chains[-1].tls
    assert tls is not None and tls.parameters is None and tls.validation is None


def test_mesh_tls_by_mesh_config_and_metadata() -> None:
    config = {
        "trustDomain": "td",
        "trustDomainAliases": ["old", "older"],
        "caCertificates": [{"pem": "x", "trustDomains": ["partner", "old"]}],
        "meshMTLS": {"minProtocolVersion": "TLSV1_3", "cipherSuites": ["AES128-SHA"]},
    }
    files = {"TLS_SERVER_CERT_CHAIN": "/c", "TLS_SERVER_KEY": "/k", "TLS_SERVER_ROOT_CERT": "/r"}
    mesh = mesh_of(WEB, HTTP, config=config)
    tls = inbound(mesh, **files, **{"file-credential": "true"})["virtualInbound"].chains[1].tls
    assert tls is not None
    assert tls.validation is not None
    assert [name.text for name in tls.validation.names] == [f"spiffe://{d}/" for d in ("td", "old", "older", "partner")]
    assert tls.certificates == (SecretReference(name="file-cert:/c~/k", source=SecretSource.AGENT_FILES),)
    assert tls.validation.roots == SecretReference(name="file-root:/r", source=SecretSource.AGENT_FILES)
    assert tls.parameters == TlsParameters(minimum=TlsVersion.V1_3, ciphers=("AES128-SHA",))
