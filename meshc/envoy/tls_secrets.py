"""Secrets in, `envoy.extensions.transport_sockets.tls.v3.Secret` messages out."""

from __future__ import annotations

from typing import Any

from meshc.envoy.any import pack
from meshc.envoy.schema import message_class
from meshc.envoy.wrappers import duration
from meshc.ir import secret as ir

_PROVIDERS = "envoy.extensions.private_key_providers"
_METHODS = {
    "cryptomb": f"{_PROVIDERS}.cryptomb.v3alpha.CryptoMbPrivateKeyMethodConfig",
    "qat": f"{_PROVIDERS}.qat.v3alpha.QatPrivateKeyMethodConfig",
}


def secret(node: ir.Secret) -> Any:
    """A secret."""
    content = node.content
    if isinstance(content, ir.ServedRoots):
        fields = {"validation_context": {"trusted_ca": _inline(content.roots), "crl": _inline(content.revoked)}}
    else:
        fields = {"tls_certificate": {"certificate_chain": _inline(content.chain), **_key(content)}}
    return message_class("envoy.extensions.transport_sockets.tls.v3.Secret")(name=node.name, **fields)


def _key(content: ir.ServedCertificate) -> dict[str, Any]:
    provider = content.provider
    if provider is None:
        return {"private_key": _inline(content.key), "ocsp_staple": _inline(content.ocsp_staple)}
    method = message_class(_METHODS[provider.name])(
        private_key=_inline(content.key), poll_delay=duration(provider.poll_delay)
    )
    return {
        "private_key_provider": {
            "provider_name": provider.name,
            "typed_config": pack(method),
            "fallback": provider.fallback,
        }
    }


def _inline(data: bytes | None) -> dict[str, bytes] | None:
    return None if data is None else {"inline_bytes": data}
