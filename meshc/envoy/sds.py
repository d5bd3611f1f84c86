"""References to secrets in, `SdsSecretConfig` fields out: where the proxy asks for each of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from meshc.ir.tls import SecretReference, SecretSource

_CLUSTERS = {
    SecretSource.WORKLOAD: "sds-grpc",
    SecretSource.AGENT: "sds-grpc",
    SecretSource.AGENT_FILES: "sds-files-grpc",
    SecretSource.EXTERNAL: "sds-external",
}
"""The clusters of the bootstrap behind which secrets are served; the control plane is asked over ADS."""


@cache
def secret_config(reference: SecretReference) -> dict[str, Any]:
    """An `envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig`, as keyword values."""
    return {"name": reference.name, "sds_config": _config_source(reference)}


def _config_source(reference: SecretReference) -> dict[str, Any]:
    source = reference.source
    if source is SecretSource.CONTROL_PLANE:
        return {"ads": {}, "resource_api_version": "V3"}
    config: dict[str, Any] = {
        "api_config_source": {
            "api_type": "GRPC",
            "transport_api_version": "V3",
            "set_node_on_first_message_only": True,
            "grpc_services": [{"envoy_grpc": {"cluster_name": reference.cluster or _CLUSTERS[source]}}],
        },
        "resource_api_version": "V3",
    }
    if source is SecretSource.WORKLOAD:
        config["initial_fetch_timeout"] = {}
    return config
