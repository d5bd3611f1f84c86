"""A release of Istio as a value: the behaviours by which releases differ, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meshc.frozen import frozen


class UnknownReleaseError(ValueError):
    """No profile of that name; the text lists those there are."""


@frozen
class Profile:
    """The named behaviours of a release; passes ask for a behaviour, never for a version."""

    name: str
    istio_version: str
    flag_defaults: Mapping[str, str]
    """Flags of istiod that have another default than in 1.30, as its environment would set them."""
    endpoint_tls_mode_beside_client_tls: bool
    """Endpoints tell their tlsMode also where a DestinationRule sets TLS of its own."""

    @staticmethod
    def named(name: str) -> Profile:
        """The profile of a release, as `1.30`. Raises `UnknownReleaseError`."""
        if name not in _PROFILES:
            raise UnknownReleaseError(f"no profile for Istio {name}; there is {', '.join(_PROFILES)}")
        return _PROFILES[name]


_PROFILES = {
    "1.30": Profile(
        name="1.30",
        istio_version="1.30.3",
        flag_defaults=MappingProxyType({}),
        endpoint_tls_mode_beside_client_tls=True,
    ),
}
