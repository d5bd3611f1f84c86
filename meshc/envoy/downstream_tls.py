"""TLS that a filter chain terminates in, its transport socket out."""

from __future__ import annotations

from functools import cache
from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.rbac import string_matcher
from meshc.envoy.schema import message_class
from meshc.envoy.sds import secret_config
from meshc.envoy.upstream_tls import tls_parameters
from meshc.ir.security import ClientValidation, DownstreamTls


@cache
def transport_socket(tls: DownstreamTls) -> dict[str, Any]:
    """An `envoy.config.core.v3.TransportSocket`, as keyword values."""
    context = message_class("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext")(
        common_tls_context={
            "tls_params": None if tls.parameters is None else tls_parameters(tls.parameters),
            "alpn_protocols": tls.alpn,
            "tls_certificate_sds_secret_configs": [secret_config(certificate) for certificate in tls.certificates],
            **({} if tls.validation is None else _validation(tls.validation)),
        },
        require_client_certificate={"value": tls.require_client_certificate},
    )
    if tls.over_quic:
        quic = message_class("envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport")
        return {"name": "envoy.transport_sockets.quic", "typed_config": pack(quic(downstream_tls_context=context))}
    return {"name": "envoy.transport_sockets.tls", "typed_config": pack(context)}


def _validation(validation: ClientValidation) -> dict[str, Any]:
    context = {
        "match_subject_alt_names": [string_matcher(name) for name in validation.names],
        "verify_certificate_spki": validation.public_keys,
        "verify_certificate_hash": validation.hashes,
        "crl": {"filename": validation.crl_file} if validation.crl_file else None,
    }
    if validation.roots is None:
        return {"validation_context": context}
    combined = {
        "default_validation_context": context,
        "validation_context_sds_secret_config": secret_config(validation.roots),
    }
    return {"combined_validation_context": combined}
