"""The transport of a cluster in, Envoy's transport sockets out."""

from __future__ import annotations

from functools import cache
from typing import Any

from meshc.envoy.any import pack, struct
from meshc.envoy.schema import message_class
from meshc.envoy.sds import secret_config
from meshc.ir.cluster import ProxyProtocol, Transport
from meshc.ir.tls import ServerValidation, TlsParameters, UpstreamTls

_SOCKETS = "envoy.extensions.transport_sockets"


@cache
def transport_sockets(transport: Transport) -> dict[str, Any]:
    """The fields `transport_socket` or `transport_socket_matches` of a Cluster, as keyword values."""
    tls = None if transport.tls is None else _tls_socket(transport.tls)
    if tls is not None and transport.by_endpoint:
        return {"transport_socket_matches": _matches(tls, transport.proxy_protocol)}
    if transport.proxy_protocol is not None:
        tls = _behind_header(tls or _plain_socket("raw_buffer"), transport.proxy_protocol)
    return {} if tls is None else {"transport_socket": tls}


def _matches(tls: dict[str, Any], header: ProxyProtocol | None) -> list[dict[str, Any]]:
    """TLS where the endpoint's metadata says `tlsMode: istio`, else plaintext."""
    plain = _plain_socket("envoy.transport_sockets.raw_buffer")
    if header is not None:
        tls, plain = _behind_header(tls, header), _behind_header(plain, header)
    return [
        {"name": "tlsMode-istio", "match": struct({"tlsMode": "istio"}), "transport_socket": tls},
        {"name": "tlsMode-disabled", "match": {}, "transport_socket": plain},
    ]


def _plain_socket(name: str) -> dict[str, Any]:
    return {"name": name, "typed_config": pack(message_class(f"{_SOCKETS}.raw_buffer.v3.RawBuffer")())}


def _behind_header(inner: dict[str, Any], version: ProxyProtocol) -> dict[str, Any]:
    """A socket that sends a PROXY protocol header first."""
    upstream = message_class(f"{_SOCKETS}.proxy_protocol.v3.ProxyProtocolUpstreamTransport")
    made = upstream(config={"version": version.value}, transport_socket=inner)
    return {"name": "envoy.transport_sockets.upstream_proxy_protocol", "typed_config": pack(made)}


def _tls_socket(tls: UpstreamTls) -> dict[str, Any]:
    context = message_class(f"{_SOCKETS}.tls.v3.UpstreamTlsContext")(sni=tls.sni, common_tls_context=_common(tls))
    return {"name": "envoy.transport_sockets.tls", "typed_config": pack(context)}


def tls_parameters(parameters: TlsParameters) -> dict[str, Any]:
    """An `envoy.extensions.transport_sockets.tls.v3.TlsParameters`, as keyword values."""
    return {
        "tls_minimum_protocol_version": parameters.minimum.value,
        "tls_maximum_protocol_version": parameters.maximum.value,
        "cipher_suites": parameters.ciphers,
        "ecdh_curves": parameters.curves,
    }


def _common(tls: UpstreamTls) -> dict[str, Any]:
    common: dict[str, Any] = {"tls_params": tls_parameters(tls.parameters), "alpn_protocols": tls.alpn}
    if tls.certificate is not None:
        common["tls_certificate_sds_secret_configs"] = [secret_config(tls.certificate)]
    if tls.validation is not None:
        common.update(_validation(tls.validation))
    return common


def _validation(validation: ServerValidation) -> dict[str, Any]:
    if validation.roots is None:
        return {"validation_context": {}}
    context: dict[str, Any] = {"match_subject_alt_names": [{"exact": name} for name in validation.san_exact]}
    if validation.crl_file:
        context["crl"] = {"filename": validation.crl_file}
    combined = {
        "default_validation_context": context,
        "validation_context_sds_secret_config": secret_config(validation.roots),
    }
    return {"combined_validation_context": combined}
