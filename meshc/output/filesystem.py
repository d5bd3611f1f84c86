"""The `filesystem` format: a proxy's configuration in; out a bootstrap, and the files that it says Envoy watches.

Listeners and clusters are in one file each; of routes, endpoints, secrets and extensions each resource has its own, as
Envoy takes only one from such a file (spec: extensions 2.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from meshc.envoy.config import ProxyConfig, Resource, ResourceType, any_text
from meshc.envoy.encode import to_text
from meshc.envoy.sources import Files
from meshc.output.folder import Folder, file_name
from meshc.output.text import Syntax, document

_FOLDERS: Mapping[ResourceType, str] = {"routes": "rds", "endpoints": "eds", "secrets": "sds", "extensions": "ecds"}
_WHOLE: Mapping[ResourceType, str] = {"clusters": "cds", "listeners": "lds"}


def write(bootstrap: Any, config: ProxyConfig, folder: Folder, syntax: Syntax, *, agent: bool) -> None:
    """Write the files of a proxy, those that others refer to first; `bootstrap` is the message to start from.

    Paths in them begin as the folder's does. With an `agent` beside it the proxy has its identity from there.
    """

    def path(kind: ResourceType, name: str) -> str:
        return f"{folder.text}/{_FOLDERS[kind]}/{file_name(name, syntax.value)}"

    endpoints = {resource.name: resource.message for resource in config.endpoints}
    config = Files(path, endpoints, agent).rewrite(config)
    for kind, name in _FOLDERS.items():
        inside = folder.below(name)
        for resource in config.of(kind):
            inside.write(file_name(resource.name, syntax.value), _response(kind, [resource], syntax))
        inside.remove_others(f"*.{syntax.value}")
    for kind, name in _WHOLE.items():
        folder.write(f"{name}.{syntax.value}", _response(kind, config.of(kind), syntax))
    start = to_text(_from_files(bootstrap, folder, syntax))
    folder.write(f"bootstrap.{syntax.value}", document(start, syntax))


def _response(kind: ResourceType, resources: Iterable[Resource], syntax: Syntax) -> bytes:
    """A discovery response as a file has it; in JSON one resource a line."""
    lines = ",\n".join(any_text(kind, resource) for resource in resources)
    text = f'{{"version_info":"0","resources":[\n{lines}\n]}}\n'
    return text.encode() if syntax is Syntax.JSON else document(text, syntax)


def _from_files(bootstrap: Any, folder: Folder, syntax: Syntax) -> Any:
    """The bootstrap with the files in place of a control plane."""
    message = type(bootstrap)()
    message.CopyFrom(bootstrap)
    message.ClearField("dynamic_resources")
    dynamic = message.dynamic_resources
    for source, name in ((dynamic.lds_config, "lds"), (dynamic.cds_config, "cds")):
        source.path_config_source.path = f"{folder.text}/{name}.{syntax.value}"
        source.resource_api_version = 2  # V3
    return message
