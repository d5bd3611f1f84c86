"""Lower: a `ProxyScope` in, a `ProxyIR` out. Every decision of Istio about a proxy is taken here.

Knows the model and the scope, nothing of files and nothing of protobuf.
"""
