"""The files beside the manifests: mesh config, mesh networks, feature flags, proxy list, endpoint map."""
