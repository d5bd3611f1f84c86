"""Extension providers of the mesh config in, those that istiod leaves out out (spec: tooling 32, inbound 25)."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from meshc.resources.check.names import fqdn_fault, is_dns_label
from meshc.resources.check.numbers import HTTP_STATUSES, MAX_PORT
from meshc.resources.check.place import Fault, Place
from meshc.resources.mesh_config.providers import (
    EnvoyExtAuthzGrpc,
    EnvoyExtAuthzHttp,
    ExtensionProvider,
    OpenTelemetryProvider,
    SDSProvider,
)
from meshc.resources.message import json_name

_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")


def check_providers(at: Place, providers: tuple[ExtensionProvider, ...]) -> None:
    """Providers by name; istiod logs what is wrong with one, and who refers to it gets nothing."""
    seen: set[str] = set()
    for entry, provider in at.each("extensionProviders", providers):
        if not _NAME.fullmatch(provider.name):
            (entry / "name").tell(
                "MC0476", f"{provider.name!r} is no name of a provider: lower case, digits and inner -"
            )
        elif provider.name in seen:
            (entry / "name").tell("MC0476", f"provider {provider.name!r} stands twice")
        seen.add(provider.name)
        _check_kind(entry, provider)


def _check_kind(at: Place, provider: ExtensionProvider) -> None:
    kinds = [field for field in dataclasses.fields(provider) if field.name not in ("at", "name")]
    given = [(json_name(field), getattr(provider, field.name)) for field in kinds]
    present = [(name, settings) for name, settings in given if settings is not None]
    if len(present) != 1:
        at.tell("MC0476", f"provider {provider.name!r} has {len(present)} kinds of settings, not one")
    for name, settings in present:
        _check_service(at / name, settings)
        if isinstance(settings, EnvoyExtAuthzHttp | EnvoyExtAuthzGrpc):
            _check_authorizer(at / name, settings)


def _check_service(at: Place, settings: Any) -> None:
    """Most providers are a service and a port; OpenTelemetry and secrets may be reached otherwise."""
    service, port = getattr(settings, "service", None), getattr(settings, "port", None)
    if service is None or port is None or (isinstance(settings, OpenTelemetryProvider | SDSProvider) and not service):
        return
    (at / "service").judge("MC0476", _service_fault(service))
    if not 1 <= port <= MAX_PORT:
        (at / "port").tell("MC0476", f"{port} is no port number")


def _service_fault(service: str) -> Fault:
    """A service as `[namespace/]host`."""
    namespace, slash, host = service.rpartition("/")
    if slash and not is_dns_label(namespace):
        return f"{service!r} names no namespace"
    return fqdn_fault(host)


def _check_authorizer(at: Place, settings: EnvoyExtAuthzHttp | EnvoyExtAuthzGrpc) -> None:
    status = settings.status_on_error
    if status and status not in HTTP_STATUSES:
        (at / "statusOnError").tell("MC0476", f"{status!r} is no status of HTTP")
    if not isinstance(settings, EnvoyExtAuthzHttp):
        return
    if settings.path_prefix and not settings.path_prefix.startswith("/"):
        (at / "pathPrefix").tell("MC0476", f"{settings.path_prefix!r} does not begin with /")
    lists = {
        "includeHeadersInCheck": settings.include_headers_in_check,
        "includeRequestHeadersInCheck": settings.include_request_headers_in_check,
        "headersToUpstreamOnAllow": settings.headers_to_upstream_on_allow,
        "headersToDownstreamOnDeny": settings.headers_to_downstream_on_deny,
        "headersToDownstreamOnAllow": settings.headers_to_downstream_on_allow,
    }
    for field, names in lists.items():
        for entry, name in at.each(field, names):
            entry.judge("MC0476", "'*' is no name of a header" if name == "*" else "")
