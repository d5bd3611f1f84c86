"""Model: typed objects in, one immutable `Mesh` out, indexed, with what a cluster would have added.

Whatever does not depend on who is asking is decided here: services, endpoints, workloads, merged virtual services and
destination rules, policies by namespace and selector.
"""
