"""Output: a `ProxyConfig` in, bytes out (files, stdout); and a config dump read back. Does not know how it was made."""
