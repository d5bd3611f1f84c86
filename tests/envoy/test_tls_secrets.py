"""Secrets and QUIC listeners as messages."""

from __future__ import annotations

import json

import pytest

from meshc.envoy.encode import to_text
from meshc.envoy.listeners import listener
from meshc.envoy.tls_secrets import secret
from meshc.findings import Origin
from meshc.ir.address import Address
from meshc.ir.listener import Direction, FilterChain, Listener
from meshc.ir.secret import PrivateKeyProvider, Secret, ServedCertificate, ServedRoots
from meshc.ir.security import DownstreamTls
from meshc.ir.tls import WORKLOAD_CERTIFICATE

_PROVIDERS = "type.googleapis.com/envoy.extensions.private_key_providers"


def made(content: ServedCertificate | ServedRoots) -> dict[str, object]:
    printed: dict[str, object] = json.loads(to_text(secret(Secret(name="s", origin=Origin(), content=content))))
    return printed


def test_certificates_and_roots_stand_inline() -> None:
    assert made(ServedCertificate(chain=b"chain", key=b"key", ocsp_staple=b"staple")) == {
        "name": "s",
        "tlsCertificate": {
            "certificateChain": {"inlineBytes": "Y2hhaW4="},
            "privateKey": {"inlineBytes": "a2V5"},
            "ocspStaple": {"inlineBytes": "c3RhcGxl"},
        },
    }
    assert made(ServedRoots(roots=b"roots", revoked=b"crl")) == {
        "name": "s",
        "validationContext": {"trustedCa": {"inlineBytes": "cm9vdHM="}, "crl": {"inlineBytes": "Y3Js"}},
    }


@pytest.mark.parametrize(
    ("vendor", "message"),
    [("cryptomb", "CryptoMbPrivateKeyMethodConfig"), ("qat", "QatPrivateKeyMethodConfig")],
)
def test_a_provider_has_the_key_instead(vendor: str, message: str) -> None:
    provider = PrivateKeyProvider(name=vendor, poll_delay=10_000_000, fallback=True)
    assert made(ServedCertificate(chain=b"chain", key=b"key", provider=provider))["tlsCertificate"] == {
        "certificateChain": {"inlineBytes": "Y2hhaW4="},
        "privateKeyProvider": {
            "providerName": vendor,
            "fallback": True,
            "typedConfig": {
                "@type": f"{_PROVIDERS}.{vendor}.v3alpha.{message}",
                "privateKey": {"inlineBytes": "a2V5"},
                "pollDelay": "0.010s",
            },
        },
    }


def test_quic_listens_on_udp_with_a_transport_of_its_own() -> None:
    tls = DownstreamTls(certificates=(WORKLOAD_CERTIFICATE,), alpn=("h3",), over_quic=True)
    node = Listener(
        name="udp_0.0.0.0_443",
        origin=Origin(),
        direction=Direction.OUTBOUND,
        addresses=(Address(host="0.0.0.0", port=443), Address(host="::", port=443)),
        chains=(FilterChain(origin=Origin(), filters=(), tls=tls),),
        quic=True,
    )
    message = listener(node)
    further = message.additional_addresses[0].address.socket_address
    assert (message.address.socket_address.protocol, further.protocol) == (1, 1)
    assert message.udp_listener_config.HasField("quic_options")
    assert message.udp_listener_config.HasField("downstream_socket_config")
    assert message.filter_chains[0].transport_socket.name == "envoy.transport_sockets.quic"
