"""Authorization services of the mesh config: a provider's name in, how to ask it out, or what is wrong with it.

Source: spec inbound 25, extensions 7.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshc.ir.conditions import TextMatch
from meshc.ir.duration import SECOND, Duration
from meshc.ir.node import node
from meshc.ir.security import CheckedBody, GrpcAuthorizer, HttpAuthorizer
from meshc.lower.security.authz_values import wildcard_match
from meshc.lower.telemetry.providers import ProviderService, provider_service
from meshc.model.api import (
    EnvoyExtAuthzGrpc,
    EnvoyExtAuthzHttp,
    ExtAuthzRequestBody,
    ExtensionProvider,
    parse_int,
)
from meshc.model.mesh import Mesh
from meshc.model.shared import shared

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)
_DEFAULT_TIMEOUT = 600 * SECOND
_PORTS = range(1, 65536)
_STATUS_CODES = frozenset(
    {0, 100, 421, 422, 423, 424, 426, 428, 429, 431, 510, 511}
    | {*range(200, 209), 226, *range(300, 306), 307, 308, *range(400, 418), *range(500, 509)}
)
"""The statuses that Envoy has a name for."""


@node
class Authorizer:
    """An authorization service and how its answers count; `ExtAuthz` has the same fields."""

    service: GrpcAuthorizer | HttpAuthorizer
    fail_open: bool
    clear_route_cache: bool
    error_status: int | None
    body: CheckedBody | None
    checked_headers: tuple[TextMatch, ...]


@shared
def authorizer(mesh: Mesh, name: str) -> Authorizer | str:
    """The service of a provider; a text that says what is wrong if it cannot be used."""
    found = [(p, c) for p in mesh.config.extension_providers if p.name == name and (c := _configuration(p)) is not None]
    if not found:
        return f"mesh config has no authorization provider `{name}`"
    provider, configuration = found[-1]
    service = provider_service(mesh, configuration.service, configuration.port)
    faults = [*_name_faults(provider.name, len(found)), *_faults(configuration)]
    if service is None:
        faults.append(f"`{configuration.service}` names no service, or several")
    if faults or service is None:
        return f"authorization provider `{name}`: {'; '.join(faults)}"
    return _authorizer(configuration, service)


def _configuration(provider: ExtensionProvider) -> EnvoyExtAuthzHttp | EnvoyExtAuthzGrpc | None:
    return provider.envoy_ext_authz_http or provider.envoy_ext_authz_grpc


def _name_faults(name: str, count: int) -> Iterator[str]:
    if count > 1:
        yield "the name is given twice"
    if not _NAME.fullmatch(name):
        yield "the name must be a DNS label (lower case letters, digits and `-`, at most 63)"


def _faults(provider: EnvoyExtAuthzHttp | EnvoyExtAuthzGrpc) -> Iterator[str]:
    if provider.port not in _PORTS:
        yield f"{provider.port} is no port"
    if provider.status_on_error and parse_int(provider.status_on_error) not in _STATUS_CODES:
        yield f"statusOnError `{provider.status_on_error}` is no known status"
    if isinstance(provider, EnvoyExtAuthzHttp):
        if provider.path_prefix and not provider.path_prefix.startswith("/"):
            yield f"pathPrefix `{provider.path_prefix}` must start with a slash"
        if any("*" in headers for headers in _header_lists(provider)):
            yield "a header list may not hold a bare `*`"


def _header_lists(provider: EnvoyExtAuthzHttp) -> tuple[tuple[str, ...], ...]:
    return (
        provider.include_request_headers_in_check,
        provider.include_headers_in_check,
        provider.headers_to_upstream_on_allow,
        provider.headers_to_downstream_on_deny,
        provider.headers_to_downstream_on_allow,
    )


def _authorizer(provider: EnvoyExtAuthzHttp | EnvoyExtAuthzGrpc, service: ProviderService) -> Authorizer:
    return Authorizer(
        service=_http(provider, service) if isinstance(provider, EnvoyExtAuthzHttp) else _grpc(provider, service),
        fail_open=provider.fail_open,
        clear_route_cache=provider.clear_route_cache,
        error_status=parse_int(provider.status_on_error) if provider.status_on_error else None,
        body=_body(provider.include_request_body_in_check),
        checked_headers=_checked_headers(provider) if isinstance(provider, EnvoyExtAuthzHttp) else (),
    )


def _grpc(provider: EnvoyExtAuthzGrpc, service: ProviderService) -> GrpcAuthorizer:
    return GrpcAuthorizer(cluster=service.cluster, authority=service.hostname, timeout=_timeout(provider.timeout))


def _http(provider: EnvoyExtAuthzHttp, service: ProviderService) -> HttpAuthorizer:
    return HttpAuthorizer(
        cluster=service.cluster,
        uri=f"http://{service.hostname}",
        timeout=_timeout(provider.timeout),
        path_prefix=provider.path_prefix,
        add_headers=tuple(sorted(provider.include_additional_headers_in_check.items())),
        upstream_headers=_patterns(provider.headers_to_upstream_on_allow),
        denied_client_headers=_patterns(provider.headers_to_downstream_on_deny),
        allowed_client_headers=_patterns(provider.headers_to_downstream_on_allow),
    )


def _timeout(timeout: Duration | None) -> Duration:
    return _DEFAULT_TIMEOUT if timeout is None else timeout


def _checked_headers(provider: EnvoyExtAuthzHttp) -> tuple[TextMatch, ...]:
    """The headers of the request that the check gets; the older field counts where the newer is empty."""
    return _patterns(provider.include_request_headers_in_check or provider.include_headers_in_check)


def _body(body: ExtAuthzRequestBody | None) -> CheckedBody | None:
    if body is None:
        return None
    return CheckedBody(
        max_bytes=body.max_request_bytes, allow_partial=body.allow_partial_message, as_bytes=body.pack_as_bytes
    )


def _patterns(headers: tuple[str, ...]) -> tuple[TextMatch, ...]:
    return tuple(wildcard_match(header, ignore_case=True) for header in headers)
