"""HTTP connection managers and the order of their filters, for every kind of traffic."""
