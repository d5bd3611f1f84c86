"""IR: our nouns for a proxy's configuration; no Kubernetes and no Envoy types in it.

A field enters a class only when some pass of `lower` decides it. Every node carries its origin and prints as YAML.
"""
