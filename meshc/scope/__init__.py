"""Scope: the mesh and one proxy in, a `ProxyScope` out: what this proxy is and what it sees.

Knows nothing of Envoy. What proxies share (a namespace's view through a Sidecar) is one object for all of them.
"""
