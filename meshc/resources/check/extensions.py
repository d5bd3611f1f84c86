"""WasmPlugins and TrafficExtensions in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from meshc.resources.check.names import check_distinct
from meshc.resources.check.numbers import check_port
from meshc.resources.check.place import Fault, Place
from meshc.resources.check.selectors import check_attachment
from meshc.resources.extensions import (
    TrafficExtension,
    TrafficSelector,
    VmConfig,
    WasmConfig,
    WasmPlugin,
    WasmPluginSpec,
)

SCHEMES = ("", "file", "http", "https", "oci")
MAX_SECRET = 253
MAX_NAME = 256
MAX_CODE = 65536

_SHA256 = re.compile(r"(?:[a-f0-9]{64})?")


def check_wasm_plugin(plugin: WasmPlugin, root: Place) -> None:
    """Selector or targets, the module and the traffic it is for."""
    at = root / "spec"
    check_attachment(at, plugin.spec)
    _check_module(at, plugin.spec)
    _check_match(at, plugin.spec.match)


def check_traffic_extension(extension: TrafficExtension, root: Place) -> None:
    """Selector or targets, and either a Wasm module or Lua code."""
    at, spec = root / "spec", extension.spec
    check_attachment(at, spec)
    _check_match(at, spec.match)
    if spec.wasm is not None:
        _check_module(at / "wasm", spec.wasm)
    if spec.lua is not None:
        code = at / "lua" / "inlineCode"
        size = len(spec.lua.inline_code.encode())
        if code.need(size, "the code") and size > MAX_CODE:
            code.tell("MC0427", f"{size} bytes of code; {MAX_CODE} are allowed")
    if spec.wasm is None and spec.lua is None:
        at.tell("MC0412", "wasm or lua is missing")


def _check_module(at: Place, module: WasmPluginSpec | WasmConfig) -> None:
    if (at / "url").need(module.url, "url"):
        (at / "url").judge("MC0417", _url_fault(module.url))
    if not _SHA256.fullmatch(module.sha256):
        (at / "sha256").tell("MC0427", f"{module.sha256!r} is no checksum: 64 digits of a-f and 0-9")
    for field, text, most in (
        ("imagePullSecret", module.image_pull_secret, MAX_SECRET),
        ("pluginName", module.plugin_name, MAX_NAME),
    ):
        if len(text) > most:
            (at / field).tell("MC0427", f"{len(text)} characters; {most} are allowed")
    if module.vm_config is not None:
        _check_environment(at / "vmConfig", module.vm_config)


def _url_fault(url: str) -> Fault:
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return f"{url!r} is no URL"
    # `registry/image:tag` has no scheme, but `localhost:5000/image` is of scheme `localhost`, to Go as well.
    return "" if scheme in SCHEMES else f"{url!r} is of scheme {scheme}: oci, http, https or file"


def _check_environment(at: Place, config: VmConfig) -> None:
    for entry, variable in at.each("env", config.env):
        if (entry / "name").need(variable.name, "the name of the variable") and len(variable.name) > MAX_NAME:
            (entry / "name").tell("MC0427", f"{len(variable.name)} characters; {MAX_NAME} are allowed")
        if variable.value_from != "INLINE" and variable.value:
            (entry / "value").tell("MC0424", f"a value does not fit valueFrom {variable.value_from}")
    check_distinct(at, "env", [variable.name for variable in config.env], "variable")


def _check_match(at: Place, selectors: tuple[TrafficSelector, ...]) -> None:
    for entry, selector in at.each("match", selectors):
        for place, port in entry.each("ports", selector.ports):
            check_port(place / "number", port.number)
