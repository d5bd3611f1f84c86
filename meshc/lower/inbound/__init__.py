"""Listeners for traffic that arrives at a workload."""
