"""networking.istio.io ProxyConfig: settings of proxies by workload or namespace."""

from __future__ import annotations

from collections.abc import Mapping

from meshc.resources.message import Int32, Message, Object, mapping, message, resource
from meshc.resources.selector import WorkloadSelector


@message
class ProxyImage(Message):
    """Variant of the proxy image."""

    image_type: str = ""


@message
class ProxyConfigSpec(Message):
    """`spec` of a ProxyConfig; `environmentVariables` become `proxyMetadata`."""

    selector: WorkloadSelector | None = None
    concurrency: Int32 | None = None
    environment_variables: Mapping[str, str] = mapping()
    image: ProxyImage | None = None


@resource("networking.istio.io", "v1beta1")
class ProxyConfig(Object):
    """Overlay over the mesh's `defaultConfig` for the proxies it selects."""

    spec: ProxyConfigSpec = ProxyConfigSpec()
