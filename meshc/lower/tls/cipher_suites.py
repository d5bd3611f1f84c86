"""Cipher suites as a user lists them in, those that istiod passes on out."""

from __future__ import annotations

from collections.abc import Iterable

_KNOWN = frozenset(
    {
        "AES128-GCM-SHA256",
        "AES128-SHA",
        "AES256-GCM-SHA384",
        "AES256-SHA",
        "DES-CBC3-SHA",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES128-SHA",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES256-SHA",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-PSK-AES128-CBC-SHA",
        "ECDHE-PSK-AES256-CBC-SHA",
        "ECDHE-PSK-CHACHA20-POLY1305",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-SHA",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-SHA",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "PSK-AES128-CBC-SHA",
        "PSK-AES256-CBC-SHA",
    }
)
"""The suites of BoringSSL."""


def usable_suites(suites: Iterable[str]) -> tuple[str, ...]:
    """The suites that are known, each once (spec: gateways 8.4). What looks like an OpenSSL expression is let through.

    >>> usable_suites(["AES128-SHA", "ROT13", "-ALL", "AES128-SHA"])
    ('AES128-SHA', '-ALL')
    """
    return tuple(dict.fromkeys(suite for suite in suites if _is_usable(suite)))


def _is_usable(suite: str) -> bool:
    return suite in _KNOWN or suite in ("", "ALL") or not suite[0].isalnum()
