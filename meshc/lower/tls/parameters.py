"""TLS parameters of any context in, those that the compliance policy allows out (spec: inbound 8)."""

from __future__ import annotations

from dataclasses import replace

from meshc.ir.tls import TlsParameters, TlsVersion

_FIPS_CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
)


def complying(parameters: TlsParameters, compliance_policy: str) -> TlsParameters:
    """The parameters under istiod's `COMPLIANCE_POLICY` (`fips-140-2`, `pqc`, or any other text for none).

    >>> complying(TlsParameters(), "fips-140-2").maximum
    <TlsVersion.V1_2: 'TLSv1_2'>
    """
    if compliance_policy == "fips-140-2":
        ciphers = tuple(c for c in parameters.ciphers if c in _FIPS_CIPHERS)
        return replace(parameters, minimum=TlsVersion.V1_2, maximum=TlsVersion.V1_2, ciphers=ciphers, curves=())
    if compliance_policy == "pqc":
        return replace(parameters, minimum=TlsVersion.V1_3, ciphers=_FIPS_CIPHERS, curves=("X25519MLKEM768",))
    return parameters
