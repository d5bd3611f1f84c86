"""Tests of files, text and YAML."""
