"""Access logs, metrics and tracing, as Telemetry and the mesh config ask for them."""
