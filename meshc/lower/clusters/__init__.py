"""Clusters: which ones a proxy gets, and every field of them."""
