"""Resources: documents in, typed objects out, one frozen class per kind, grouped by API.

Every error of a document is a finding with its field path. Knows nothing of other objects.
"""

from meshc.resources.decode import decode_value
from meshc.resources.load import Objects, load
from meshc.resources.message import Message, Meta, Object

__all__ = ["Message", "Meta", "Object", "Objects", "decode_value", "load"]
