"""The mesh config: its messages, istiod's defaults, and the overlay of a user's settings over them."""

from meshc.resources.mesh_config.defaults import DEFAULT_MESH_CONFIG, DEFAULT_PROXY_CONFIG
from meshc.resources.mesh_config.mesh import MeshConfig
from meshc.resources.mesh_config.networks import MeshNetworks
from meshc.resources.mesh_config.overlay import overlay_mesh_config, overlay_proxy_config, set_fields
from meshc.resources.mesh_config.providers import ExtensionProvider
from meshc.resources.mesh_config.proxy import ProxyConfig

__all__ = [
    "DEFAULT_MESH_CONFIG",
    "DEFAULT_PROXY_CONFIG",
    "ExtensionProvider",
    "MeshConfig",
    "MeshNetworks",
    "ProxyConfig",
    "overlay_mesh_config",
    "overlay_proxy_config",
    "set_fields",
]
