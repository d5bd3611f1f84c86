"""Source: paths and stdin in, `Document`s out. Knows YAML and files, nothing of Kubernetes or Istio.

Every mapping and list item keeps its line and column.
"""

from meshc.source.document import Document, Map, Mark, Seq, locate, mark
from meshc.source.files import UnreadableError, documents_of, documents_of_text, read

__all__ = [
    "Document",
    "Map",
    "Mark",
    "Seq",
    "UnreadableError",
    "documents_of",
    "documents_of_text",
    "locate",
    "mark",
    "read",
]
