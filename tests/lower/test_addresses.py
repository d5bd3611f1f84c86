"""Which addresses of services proxies use."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lower.listeners import listeners, pod, port
from tests.manifests import mesh_of

ALLOCATED = {"value": "240.240.0.7", "host": "tcp-0.example.com"}


@pytest.mark.parametrize(
    ("by_status", "metadata", "address"),
    [
        (True, {}, "0.0.0.0"),
        (True, {"DNS_CAPTURE": "true"}, "240.240.0.7"),
        (True, {"DNS_CAPTURE": "yes"}, "0.0.0.0"),
        (True, {"DNS_AUTO_ALLOCATE": "true"}, "0.0.0.0"),
        (False, {"DNS_CAPTURE": "true"}, "0.0.0.0"),
        (False, {"DNS_CAPTURE": "true", "DNS_AUTO_ALLOCATE": "true"}, "240.240.206.82"),
    ],
)
def test_allocated_addresses_are_for_proxies_that_capture_dns(
    by_status: bool, metadata: dict[str, Any], address: str
) -> None:
    entry = {**port("TCP"), "status": {"addresses": [ALLOCATED]}}
    mesh = mesh_of(pod(), entry, pilot_enable_ip_autoallocate=by_status)
    assert f"{address}_5000" in listeners(mesh, **metadata)
