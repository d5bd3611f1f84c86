"""Certificates: identities of workloads in, files of a development CA and of one certificate for each identity out."""
