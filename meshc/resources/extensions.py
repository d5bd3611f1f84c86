"""extensions.istio.io WasmPlugin and TrafficExtension: user code in the filter chains."""

from __future__ import annotations

from typing import Literal

from meshc.resources.message import Int32, Message, Object, Struct, message, resource
from meshc.resources.selector import PolicyTargetReference, PortSelector, WorkloadMode, WorkloadSelector


@message
class EnvVar(Message):
    """`vmConfig.env[]`."""

    name: str = ""
    value_from: Literal["INLINE", "HOST"] = "INLINE"
    value: str = ""


@message
class VmConfig(Message):
    """`vmConfig`."""

    env: tuple[EnvVar, ...] = ()


@message
class TrafficSelector(Message):
    """`match[]`: the side and the ports of the proxy; UNDEFINED is both sides, no port is all ports."""

    mode: WorkloadMode = "UNDEFINED"
    ports: tuple[PortSelector, ...] = ()


PluginType = Literal["UNSPECIFIED_PLUGIN_TYPE", "HTTP", "NETWORK"]
FailStrategy = Literal["FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD"]
PullPolicy = Literal["UNSPECIFIED_POLICY", "IfNotPresent", "Always"]


@message
class WasmPluginSpec(Message):
    """`spec` of a WasmPlugin."""

    selector: WorkloadSelector | None = None
    target_ref: PolicyTargetReference | None = None
    target_refs: tuple[PolicyTargetReference, ...] = ()
    url: str = ""
    sha256: str = ""
    image_pull_policy: PullPolicy = "UNSPECIFIED_POLICY"
    image_pull_secret: str = ""
    verification_key: str = ""
    plugin_config: Struct = None
    plugin_name: str = ""
    phase: Literal["UNSPECIFIED_PHASE", "AUTHN", "AUTHZ", "STATS"] = "UNSPECIFIED_PHASE"
    priority: Int32 | None = None
    fail_strategy: FailStrategy = "FAIL_CLOSE"
    vm_config: VmConfig | None = None
    match: tuple[TrafficSelector, ...] = ()
    type: PluginType = "UNSPECIFIED_PLUGIN_TYPE"


@resource("extensions.istio.io", "v1alpha1")
class WasmPlugin(Object):
    """A Wasm module in the filter chains of the workloads it selects."""

    spec: WasmPluginSpec = WasmPluginSpec()


@message
class WasmConfig(Message):
    """`wasm` of a TrafficExtension."""

    url: str = ""
    sha256: str = ""
    image_pull_policy: PullPolicy = "UNSPECIFIED_POLICY"
    image_pull_secret: str = ""
    verification_key: str = ""
    plugin_config: Struct = None
    plugin_name: str = ""
    fail_strategy: FailStrategy = "FAIL_CLOSE"
    vm_config: VmConfig | None = None
    type: PluginType = "UNSPECIFIED_PLUGIN_TYPE"


@message
class LuaConfig(Message):
    """`lua` of a TrafficExtension."""

    inline_code: str = ""


@message
class TrafficExtensionSpec(Message):
    """`spec` of a TrafficExtension; of `wasm` and `lua` one is set."""

    selector: WorkloadSelector | None = None
    target_refs: tuple[PolicyTargetReference, ...] = ()
    phase: Literal["UNSPECIFIED", "AUTHN", "AUTHZ", "STATS"] = "UNSPECIFIED"
    priority: Int32 | None = None
    match: tuple[TrafficSelector, ...] = ()
    wasm: WasmConfig | None = None
    lua: LuaConfig | None = None


@resource("extensions.istio.io", "v1alpha1")
class TrafficExtension(Object):
    """Wasm or Lua code in the filter chains of the workloads it selects."""

    spec: TrafficExtensionSpec = TrafficExtensionSpec()
