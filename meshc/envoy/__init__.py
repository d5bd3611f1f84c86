"""Envoy: IR in, protobuf messages of Envoy's API out, field by field. Decides nothing about Istio."""
