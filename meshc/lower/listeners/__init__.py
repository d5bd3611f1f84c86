"""Listeners for traffic that leaves a workload."""
