"""Resources: documents in, typed objects out, one frozen class per kind, grouped by API.

Every error of a document is a finding with its field path. Knows nothing of other objects.
"""
