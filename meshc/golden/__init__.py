"""Golden files: folders with an input and the configuration it gave, compared with what it gives now.

A case is a folder with `case.yaml` (description, proxies, and where needed `meshConfig`, `meshNetworks`, `features`,
`clusters`), `in/` (manifests), `out/<proxy>/<type>.yaml` and `findings.txt`.
"""
