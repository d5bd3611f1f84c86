"""JSON text in, the same document as it is delivered out: indented JSON, or YAML."""

from __future__ import annotations

import json
from enum import Enum

from meshc.envoy.encode import yaml_text


class Syntax(Enum):
    """How text is written; the value is the suffix of a file's name too."""

    JSON = "json"
    YAML = "yaml"


def document(text: str | bytes, syntax: Syntax) -> bytes:
    """A JSON text, of any layout, in the syntax wanted; JSON is indented."""
    value = json.loads(text)
    if syntax is Syntax.YAML:
        return yaml_text(value).encode()
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
