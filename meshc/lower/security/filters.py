"""All security policies of a workload in, the filters for each kind of chain out."""

from __future__ import annotations

from meshc.lower.http.hcm_facts import NO_SECURITY, SecurityFilters
from meshc.lower.notes import Note
from meshc.lower.security.authz_filters import NetworkAuthorization, http_authorization, network_authorization
from meshc.lower.security.authz_policies import Policies
from meshc.lower.security.jwt import jwt_filter
from meshc.model.api import RequestAuthentication
from meshc.model.mesh import Mesh
from meshc.model.shared import shared
from meshc.scope.proxy import ProxyKind
from meshc.scope.scope import ProxyScope


def http_security(scope: ProxyScope) -> SecurityFilters:
    """The security filters of a proxy's HTTP connection managers; not for those of outbound traffic."""
    is_router = scope.proxy.kind is ProxyKind.ROUTER
    return _http_security(scope.mesh, scope.authorization, scope.request_authentication, is_router)


def network_security(scope: ProxyScope) -> NetworkAuthorization:
    """The security filters of a proxy's TCP chains."""
    return network_authorization(scope.mesh, scope.authorization)


def security_notes(scope: ProxyScope, *, tcp: bool) -> tuple[Note, ...]:
    """What of the policies of a proxy is lost or widened; `tcp`: also on ports that do not speak HTTP."""
    is_router = scope.proxy.kind is ProxyKind.ROUTER
    return (
        *http_authorization(scope.mesh, scope.authorization).notes,
        *(network_authorization(scope.mesh, scope.authorization).notes if tcp else ()),
        *jwt_filter(scope.mesh, scope.request_authentication, is_router).notes,
    )


@shared
def _http_security(
    mesh: Mesh, policies: Policies, tokens: tuple[RequestAuthentication, ...], is_router: bool
) -> SecurityFilters:
    if not policies and not tokens:
        return NO_SECURITY
    authorization = http_authorization(mesh, policies)
    authentication = jwt_filter(mesh, tokens, is_router).filter
    return SecurityFilters(
        custom=authorization.custom,
        authentication=(authentication,) if authentication is not None else (),
        authorization=authorization.rbac,
    )
