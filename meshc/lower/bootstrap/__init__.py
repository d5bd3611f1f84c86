"""What a proxy starts with before istiod configures it."""
