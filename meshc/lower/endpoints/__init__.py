"""Endpoints: which ones a proxy sees behind each cluster, in which groups and of which priority."""
