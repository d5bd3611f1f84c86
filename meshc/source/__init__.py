"""Source: paths and stdin in, `Document`s out. Knows YAML and files, nothing of Kubernetes or Istio.

Every mapping and list item keeps its line and column.
"""
