"""Filters made of AuthorizationPolicies: actions in order, dry runs, and authorization services."""

from __future__ import annotations

from typing import Any

import pytest

from meshc.lower.security.filters import http_security, network_security
from tests.lower.inbound import WEB, remarks, scope_of, web_service
from tests.lower.listeners import pod
from tests.lower.policies import dry_run, http_filters, network_filters, policy
from tests.manifests import manifest, mesh_of

NAME = "ns[shop]-policy[p]-rule[0]"
EVERYTHING = "[{}]"


def config(*policies: dict[str, Any]) -> list[dict[str, Any]]:
    """The configurations of the HTTP filters."""
    return [made["typedConfig"] for made in http_filters(mesh_of(WEB, *policies))]


def test_actions_in_order() -> None:
    made = config(*(policy(EVERYTHING, action, name=action.lower()) for action in ("ALLOW", "DENY", "AUDIT")))
    assert [filter["rules"].get("action") for filter in made] == ["LOG", "DENY", None]
    assert {filter["shadowRulesStatPrefix"] for filter in made} == {"istio_dry_run_allow_"}


@pytest.mark.parametrize(
    ("action", "prefix"),
    [("ALLOW", "istio_dry_run_allow_"), ("DENY", "istio_dry_run_deny_"), ("AUDIT", None)],
)
def test_dry_runs(action: str, prefix: str | None) -> None:
    tried = dry_run(policy(EVERYTHING, action))
    (alone,) = config(tried)
    assert "rules" not in alone
    assert list(alone["shadowRules"]["policies"]) == [NAME]
    assert alone.get("shadowRulesStatPrefix") == prefix
    (both,) = config(tried, policy(EVERYTHING, action, name="q"))
    assert list(both["rules"]["policies"]) == ["ns[shop]-policy[q]-rule[0]"]


def test_a_policy_without_rules_never_matches() -> None:
    (made,) = config(policy("[]"))
    assert made["rules"]["policies"][NAME] == {
        "permissions": [{"notRule": {"any": True}}],
        "principals": [{"notId": {"any": True}}],
    }


def test_policies_of_the_root_namespace_and_of_the_workload_join() -> None:
    others = (policy(EVERYTHING, namespace="istio-system"), policy(EVERYTHING, namespace="bank"))
    (made,) = config(policy(EVERYTHING), *others)
    assert list(made["rules"]["policies"]) == ["ns[istio-system]-policy[p]-rule[0]", NAME]


def test_workloads_with_the_same_policies_share_the_filters() -> None:
    mesh = mesh_of(WEB, pod("other"), policy(EVERYTHING))
    one, other = scope_of(mesh), scope_of(mesh, "other.shop")
    assert http_security(one) is http_security(other)
    assert network_security(one) is network_security(other)


SERVICE = manifest("Service", "authz", {"clusterIP": "10.96.0.2", "ports": [{"name": "grpc", "port": 9000}]})
HOST = "authz.shop.svc.cluster.local"


def checked(*providers: dict[str, Any], policies: tuple[dict[str, Any], ...] = (), **features: object) -> Any:
    """A mesh with authorization services and policies that ask them; by default one that asks `ext`."""
    chosen = policies or (custom("ext"),)
    return mesh_of(
        WEB,
        SERVICE,
        web_service(("tcp", 80, 9000)),
        *chosen,
        config={"extensionProviders": list(providers)},
        **features,
    )


def custom(provider: str, name: str = "p") -> dict[str, Any]:
    return policy("[{to: [{operation: {ports: ['80']}}]}]", "CUSTOM", name=name, provider={"name": provider})


def grpc(name: str = "ext", **fields: Any) -> dict[str, Any]:
    return {"name": name, "envoyExtAuthzGrpc": {"service": HOST, "port": 9000, **fields}}


def http(name: str = "ext", **fields: Any) -> dict[str, Any]:
    return {"name": name, "envoyExtAuthzHttp": {"service": HOST, "port": 9000, **fields}}


def test_a_grpc_service_is_asked_about_requests_and_connections() -> None:
    mesh = checked(grpc(failOpen=True, statusOnError="401", timeout="2s"))
    rbac, ext = (made["typedConfig"] for made in http_filters(mesh))
    assert rbac["shadowRulesStatPrefix"] == "istio_ext_authz_"
    assert list(rbac["shadowRules"]["policies"]) == [f"istio-ext-authz-ext-{NAME}"]
    assert ext["grpcService"] == {
        "envoyGrpc": {"clusterName": f"outbound|9000||{HOST}", "authority": HOST},
        "timeout": "2s",
    }
    assert ext["statusOnError"] == {"code": "Unauthorized"}
    assert ext["filterEnabledMetadata"]["value"] == {"stringMatch": {"prefix": "istio-ext-authz-ext"}}
    network, asked = (made["typedConfig"] for made in network_filters(mesh))
    assert (network["statPrefix"], asked["statPrefix"]) == ("tcp.", "tcp.")
    assert asked["failureModeAllow"]
    assert "statusOnError" not in asked


def test_an_http_service_is_asked_about_requests_alone() -> None:
    mesh = checked(
        http(
            pathPrefix="/check",
            includeHeadersInCheck=["x-a*", "*-b"],
            includeAdditionalHeadersInCheck={"z": "1", "a": "2"},
            headersToDownstreamOnDeny=["x-Why"],
            includeRequestBodyInCheck={"maxRequestBytes": 10, "packAsBytes": True},
        )
    )
    _, ext = (made["typedConfig"] for made in http_filters(mesh))
    assert ext["allowedHeaders"]["patterns"] == [
        {"prefix": "x-a", "ignoreCase": True},
        {"suffix": "-b", "ignoreCase": True},
    ]
    assert ext["withRequestBody"] == {"maxRequestBytes": 10, "packAsBytes": True}
    assert ext["httpService"] == {
        "pathPrefix": "/check",
        "serverUri": {"uri": f"http://{HOST}", "cluster": f"outbound|9000||{HOST}", "timeout": "600s"},
        "authorizationRequest": {"headersToAdd": [{"key": "a", "value": "2"}, {"key": "z", "value": "1"}]},
        "authorizationResponse": {"allowedClientHeaders": {"patterns": [{"exact": "x-Why", "ignoreCase": True}]}},
    }
    assert network_filters(mesh) == []
    assert len(remarks(mesh, "MC0656")) == 1


def test_a_dry_run_is_enforced_where_a_service_is_asked() -> None:
    mesh = checked(grpc(), policies=(dry_run(custom("ext")),))
    rbac = http_filters(mesh)[0]["typedConfig"]
    assert list(rbac["rules"]["policies"]) == [f"istio-ext-authz-ext-{NAME}"]
    assert rbac["shadowRules"] == {"action": "DENY"}
    assert remarks(mesh, "MC0658") == [
        "MC0658 AuthorizationPolicy shop/p: istiod does not try a CUSTOM policy: what it matches is denied"
    ]


@pytest.mark.parametrize(
    ("provider", "fault"),
    [
        (grpc("other"), "mesh config has no authorization provider `ext`"),
        (grpc(service="nobody.example.com"), "`nobody.example.com` names no service, or several"),
        (grpc(port=0), "0 is no port"),
        (grpc(statusOnError="499"), "statusOnError `499` is no known status"),
        (http(pathPrefix="check"), "pathPrefix `check` must start with a slash"),
        (http(headersToUpstreamOnAllow=["*"]), "a header list may not hold a bare `*`"),
    ],
)
def test_what_cannot_be_asked_is_denied(provider: dict[str, Any], fault: str) -> None:
    mesh = checked(provider)
    denied = f"istio-ext-authz-ext-{NAME}-deny-due-to-bad-CUSTOM-action"
    for made in (http_filters(mesh), network_filters(mesh)):
        (rbac,) = made
        assert list(rbac["typedConfig"]["rules"]["policies"]) == [denied]
        assert "shadowRules" not in rbac["typedConfig"]
    (remark,) = remarks(mesh, "MC0655")
    assert fault in remark


def test_names_of_providers_are_dns_labels() -> None:
    for name in ("Ext", "ext.authz", "-ext", "e" * 64):
        mesh = checked(grpc(name), policies=(custom(name),))
        assert "the name must be a DNS label" in remarks(mesh, "MC0655")[0]


def test_several_providers_need_a_flag() -> None:
    providers, policies = (grpc("b"), http("a")), (custom("b"), custom("a", name="q"))
    refused = checked(*providers, policies=policies)
    assert [made["name"] for made in http_filters(refused)] == ["envoy.filters.http.rbac"] * 2
    assert len(remarks(refused, "MC0655")) == 2
    asked = http_filters(checked(*providers, policies=policies, pilot_enable_multiple_custom_authz_providers=True))
    assert [made["name"].rpartition(".")[2] for made in asked] == ["rbac", "ext_authz"] * 2
    assert "httpService" in asked[1]["typedConfig"]
