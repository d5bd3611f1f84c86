"""meshc: Kubernetes and Istio manifests in, the Envoy configuration that istiod would push out."""
