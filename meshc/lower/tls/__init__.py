"""TLS: towards upstreams and from downstreams, automatic mTLS, credentials."""
