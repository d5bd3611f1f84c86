"""Gateway proxies: their scope in; out the listeners and routes that the servers of their Gateways ask for.

`merging` decides which servers share a listener, `listeners` and `routes` make the resources of what is left of them.
"""
